/** Go to a page, open a trace by its id, switch the theme: by typing. */
import { Dialog } from '@base-ui/react/dialog'
import { useNavigate } from '@tanstack/react-router'
import { type KeyboardEvent, useState } from 'react'
import { rangeLabel, readRange } from '../../model/range'
import { serverNow } from '../ask'
import { useKnownServices } from '../data'
import { activeKeys, keyName } from '../keys'
import { copyText } from '../parts/clipboard'
import { chooseTheme, otherTheme } from '../theme'
import { keepRange, PAGES } from './frame'
import { useRange } from './range'

interface Command {
  title: string
  hint: string
  run: () => void
}

export function Palette({ open, close }: { open: boolean; close: () => void }) {
  return (
    <Dialog.Root open={open} onOpenChange={next => !next && close()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="backdrop" />
        <Dialog.Popup className="dialog palette" aria-label="Commands">
          <Commands close={close} />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

/** Typed text that means something by itself: an id, a stretch of time, a filter. */
function useMeant(typed: string): Command[] {
  const navigate = useNavigate()
  const [, setRange] = useRange()
  const text = typed.trim()
  if (!text) return []
  const id = text.toLowerCase()
  if (/^[0-9a-f]{32}$/.test(id)) {
    return [{ title: `Open trace ${id}`, hint: '', run: () => void navigate({ to: '/traces/$id', params: { id } }) }]
  }
  const range = readRange(text, serverNow())
  const search = (before: { range?: string }) => ({ ...keepRange(before), filter: text })
  return [
    ...(range ? [{ title: `Show ${rangeLabel(range)}`, hint: 'range', run: () => setRange(range) }] : []),
    { title: `Traces with ${text}`, hint: 'filter', run: () => void navigate({ to: '/traces', search }) },
    { title: `Logs with ${text}`, hint: 'filter', run: () => void navigate({ to: '/logs', search }) },
  ]
}

function useCommands(typed: string): Command[] {
  const navigate = useNavigate()
  const meant = useMeant(typed)
  const services = useKnownServices() ?? []
  // As they were when the palette opened: it has no keys of its own.
  const [keys] = useState(() => activeKeys().filter(scope => scope.title !== 'Everywhere' && scope.title !== 'List'))
  const wanted = typed.trim().toLowerCase()
  const all: Command[] = [
    ...PAGES.map(page => ({
      title: page.title,
      hint: `g ${page.key}`,
      run: () => void navigate({ to: page.to, search: keepRange }),
    })),
    ...keys.flatMap(({ bindings }) =>
      bindings.map(({ does, keys, run }) => ({
        title: does,
        hint: keys.split(' ').map(keyName).join(' '),
        run: () => run(new KeyboardEvent('keydown')),
      })),
    ),
    { title: `Switch to the ${otherTheme()} theme`, hint: '', run: () => chooseTheme(otherTheme()) },
    { title: "Follow the system's theme", hint: '', run: () => chooseTheme('system') },
    { title: 'Copy a link to exactly this', hint: '', run: () => void copyText(location.href) },
    ...services.map(name => ({
      title: `Service ${name}`,
      hint: 'service',
      run: () => void navigate({ to: '/services/$name', params: { name }, search: keepRange }),
    })),
  ]
  if (/^[0-9a-f]{32}$/.test(wanted)) return meant
  return [...all.filter(command => command.title.toLowerCase().includes(wanted)), ...meant]
}

function Commands({ close }: { close: () => void }) {
  const [typed, setTyped] = useState('')
  const [chosen, setChosen] = useState(0)
  const commands = useCommands(typed)
  const run = (command: Command | undefined) => {
    if (!command) return
    close()
    command.run()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key] ?? 0
    if (step) event.preventDefault()
    if (step) setChosen((chosen + step + commands.length) % commands.length)
    if (event.key === 'Enter') run(commands[chosen])
  }
  return (
    <>
      <input
        // biome-ignore lint/a11y/noAutofocus: the palette is opened to type
        autoFocus
        role="combobox"
        aria-expanded="true"
        aria-controls="commands"
        aria-activedescendant={`command-${chosen}`}
        aria-label="Go to, or a trace id"
        placeholder="Go to, or paste a trace id"
        value={typed}
        onKeyDown={onKeyDown}
        onChange={event => {
          setTyped(event.target.value)
          setChosen(0)
        }}
      />
      <div role="listbox" id="commands" aria-label="Commands">
        {commands.map((command, i) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the input above has the focus and takes the keys
          <div
            key={`${command.title} ${command.hint}`}
            id={`command-${i}`}
            role="option"
            tabIndex={-1}
            aria-selected={i === chosen}
            onPointerMove={() => setChosen(i)}
            onClick={() => run(command)}
          >
            <span className="cut">{command.title}</span>
            <span className="dim">{command.hint}</span>
          </div>
        ))}
      </div>
    </>
  )
}
