import { Popover } from '@base-ui/react/popover'
import { type FormEvent, useId } from 'react'
import { useRange } from '../frame/range'
import { useKeys } from '../keys'
import { useFields } from '../questions'
import type { LogsSearch } from '../router'

interface Props {
  columns: string[]
  wrap: boolean
  change: (changes: LogsSearch) => void
}

/** Which columns there are, and whether long lines are folded. */
export function LogOptions({ columns, wrap, change }: Props) {
  const id = useId()
  const [range] = useRange()
  const fields = useFields('logs', undefined, range).data?.fields ?? []
  const turn = () => change({ wrap: wrap ? undefined : 'on' })
  useKeys('Lines', [{ keys: 'w', does: 'Fold long lines, or not', run: turn }])
  const set = (all: string[]) => change({ columns: all.join(',') || undefined })
  const add = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const name = String(new FormData(event.currentTarget).get('column')).trim()
    if (name && !columns.includes(name)) set([...columns, name])
    event.currentTarget.reset()
  }
  return (
    <>
      <button type="button" className="quiet" aria-pressed={wrap} onClick={turn}>
        {wrap ? 'Unwrap' : 'Wrap'}
      </button>
      <Popover.Root>
        <Popover.Trigger className="quiet">Columns{columns.length ? ` ${columns.length}` : ''} ▾</Popover.Trigger>
        <Popover.Portal>
          <Popover.Positioner sideOffset={4} align="end" className="above">
            <Popover.Popup className="popup" aria-label="Columns">
              <form onSubmit={add}>
                <input
                  name="column"
                  list={id}
                  aria-label="Add a column"
                  placeholder="Any field: http.route, job.id"
                  autoComplete="off"
                />
                <p className="hint">Enter adds it.</p>
                <datalist id={id}>
                  {fields.map(field => (
                    <option key={field.name} value={field.name} />
                  ))}
                </datalist>
              </form>
              <ul>
                {columns.map(name => (
                  <li key={name} className="row">
                    <span className="code">{name}</span>
                    <button
                      type="button"
                      className="quiet"
                      aria-label={`Remove ${name}`}
                      onClick={() => set(columns.filter(each => each !== name))}
                    >
                      ✕
                    </button>
                  </li>
                ))}
              </ul>
            </Popover.Popup>
          </Popover.Positioner>
        </Popover.Portal>
      </Popover.Root>
    </>
  )
}
