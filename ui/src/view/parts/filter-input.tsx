/** The filter's text: completed while it is written, applied on Enter, wrong words underlined where they stand. */
import { type FormEvent, type KeyboardEvent, useEffect, useId, useRef, useState } from 'react'
import type { Signal } from '../../model/api'
import { accept, type Option } from '../../model/complete'
import { asProblem } from '../ask'
import { useKeys } from '../keys'
import { useOptions } from './options'

interface Props {
  signal: Signal
  filter: string
  apply: (filter: string) => void
  error: unknown
  placeholder: string
}

export function FilterInput({ signal, filter, apply, error, placeholder }: Props) {
  const [text, setText] = useState(filter)
  const [caret, setCaret] = useState(0)
  const [open, setOpen] = useState(false)
  const [chosen, setChosen] = useState(-1)
  const input = useRef<HTMLInputElement>(null)
  const id = useId()
  useEffect(() => setText(filter), [filter])
  useKeys('Filter', [{ keys: '/', does: 'Write a filter; Tab completes a word', run: () => input.current?.select() }])
  const { wanted, options } = useOptions(signal, text, caret, open, filter)
  const at = text === filter && error ? asProblem(error).at : null
  const take = (option: Option | undefined) => {
    if (!option) return
    const done = accept(text, wanted, option)
    setText(done.text)
    setCaret(done.caret)
    setChosen(-1)
    // The caret can only be set once the text is there.
    requestAnimationFrame(() => input.current?.setSelectionRange(done.caret, done.caret))
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setOpen(false)
    apply(text.trim())
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const shown = open && options.length > 0
    if (event.key === 'Escape') return shown ? setOpen(false) : input.current?.blur()
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step) {
      event.preventDefault()
      setOpen(true)
      return setChosen(
        (chosen + step + options.length + 1) % (options.length + 1) || (step > 0 ? 0 : options.length - 1),
      )
    }
    const takes = shown && ((event.key === 'Enter' && chosen >= 0) || (event.key === 'Tab' && !event.shiftKey))
    if (!takes) return
    event.preventDefault()
    take(options[Math.max(0, chosen)])
  }
  return (
    <form className="filter" onSubmit={submit}>
      {at !== null && <Wrong text={text} at={at} input={input.current} />}
      <input
        ref={input}
        className="code"
        role="combobox"
        aria-label="Filter"
        aria-expanded={open && options.length > 0}
        aria-controls={id}
        aria-autocomplete="list"
        aria-activedescendant={open && chosen >= 0 ? `${id}-${chosen}` : undefined}
        aria-invalid={at !== null}
        aria-describedby={at !== null ? 'filter-problem' : undefined}
        placeholder={placeholder}
        spellCheck={false}
        autoComplete="off"
        value={text}
        onChange={event => {
          setText(event.target.value)
          setCaret(event.target.selectionStart ?? 0)
          setChosen(-1)
          setOpen(true)
        }}
        onSelect={event => setCaret(event.currentTarget.selectionStart ?? 0)}
        onBlur={() => setOpen(false)}
        onKeyDown={onKeyDown}
      />
      {(filter || text) && (
        <button
          type="button"
          className="quiet"
          aria-label="Clear the filter"
          onClick={() => {
            setText('')
            if (filter) apply('')
          }}
        >
          ✕
        </button>
      )}
      <Options id={id} options={open ? options : []} chosen={chosen} take={take} />
    </form>
  )
}

/** A wavy line from the place that the server points at to the end of its word, under the text itself. */
function Wrong({ text, at, input }: { text: string; at: number; input: HTMLInputElement | null }) {
  const rest = text.slice(at)
  const length = Math.max(1, /^\S*/.exec(rest)?.[0].length ?? 0)
  return (
    <div className="underline code" aria-hidden="true" style={{ translate: `${-(input?.scrollLeft ?? 0)}px` }}>
      {text.slice(0, at)}
      <span>{rest.slice(0, length) || '\u00a0\u00a0'}</span>
    </div>
  )
}

interface OptionsProps {
  id: string
  options: readonly Option[]
  chosen: number
  take: (option: Option) => void
}

function Options({ id, options, chosen, take }: OptionsProps) {
  return (
    <div id={id} role="listbox" aria-label="What may come next" className="options" hidden={!options.length}>
      {options.map((option, i) => (
        <div
          key={option.text}
          id={`${id}-${i}`}
          role="option"
          tabIndex={-1}
          aria-selected={i === chosen}
          // Before the text loses the focus, and with it the list.
          onPointerDown={event => {
            event.preventDefault()
            take(option)
          }}
        >
          <span className="code cut">{option.text}</span>
          <span className="dim number">{option.hint}</span>
        </div>
      ))}
    </div>
  )
}
