/** The fields that split what matches, best first: click a value to include it, Alt-click to exclude it. */
import { type MouseEvent, useState } from 'react'
import type { FieldRow, Value as FieldValue, Signal } from '../../model/api'
import { splitting } from '../../model/facets'
import { hasTerm, term, toggleTerm } from '../../model/filter'
import { count, plural } from '../../model/number'
import { valueText } from '../../model/values'
import { useRange } from '../frame/range'
import { useFields, useValues } from '../questions'
import { Skeleton } from './notice'
import { Dot } from './service'

/** Open from the beginning; each is a question to the server. */
const OPEN = 4
const SHOWN = 14
const MOST_VALUES = 10
const MANY_VALUES = 200

interface Props {
  signal: Signal
  filter: string
  apply: (filter: string) => void
}

/** `ready`: the list that they stand beside has been answered; until then the rows go first. */
export function Facets({ signal, filter, apply, ready }: Props & { ready: boolean }) {
  const [range] = useRange()
  const { data } = useFields(signal, filter, range, ready)
  const [all, setAll] = useState(false)
  const fields = splitting(data?.fields ?? [])
  const shown = all ? fields : fields.slice(0, SHOWN)
  return (
    <aside className="facets" aria-label={`Values in these ${signal === 'logs' ? 'records' : 'traces'}`}>
      {!data && <Skeleton rows={12} silent />}
      {shown.map((field, i) => (
        <Field
          key={field.name}
          field={field}
          start={i < OPEN}
          ready={ready}
          signal={signal}
          filter={filter}
          apply={apply}
        />
      ))}
      {fields.length > shown.length && (
        <button type="button" className="facet dim" onClick={() => setAll(true)}>
          {fields.length - shown.length} more fields
        </button>
      )}
    </aside>
  )
}

type FieldProps = Props & { field: FieldRow; start: boolean; ready: boolean }

function Field({ field, start, ready, signal, filter, apply }: FieldProps) {
  const [chosen, setChosen] = useState<boolean | null>(null)
  const open = chosen ?? start
  const [range] = useRange()
  const [more, setMore] = useState(false)
  const { data } = useValues(signal, field.name, filter, range, more ? MANY_VALUES : MOST_VALUES, open && ready)
  const values = data?.values ?? []
  const of = signal === 'logs' ? 'record' : 'span'
  return (
    <section>
      <h2>
        <button
          type="button"
          className="facet-head"
          aria-expanded={open}
          title={field.name}
          onClick={() => setChosen(!open)}
        >
          <span className="cut">{field.name}</span>
          <span aria-hidden="true">{open ? '▾' : '▸'}</span>
        </button>
      </h2>
      {open && (
        <ul>
          {!data && (
            <li>
              <Skeleton rows={3} silent />
            </li>
          )}
          {values.map(({ value, count }) => (
            <li key={JSON.stringify(value)}>
              <Value field={field.name} of={of} value={value} count={count} filter={filter} apply={apply} />
            </li>
          ))}
          {data?.truncated && !more && (
            <li>
              <button type="button" className="facet dim" onClick={() => setMore(true)}>
                more values
              </button>
            </li>
          )}
        </ul>
      )}
    </section>
  )
}

interface ValueProps {
  field: string
  /** What is counted: a list of traces is filtered by their spans. */
  of: string
  value: FieldValue
  count: number
  filter: string
  apply: (filter: string) => void
}

function Value({ field, of, value, count: n, filter, apply }: ValueProps) {
  const text = value === null ? '' : valueText(value)
  const included = hasTerm(filter, term(field, text))
  const excluded = hasTerm(filter, `-${term(field, text)}`)
  const onClick = (event: MouseEvent) => apply(toggleTerm(filter, field, text, event.altKey))
  return (
    <button
      type="button"
      className={`facet ${excluded ? 'excluded' : ''}`}
      aria-pressed={included || excluded}
      title={`${text}: ${plural(n, of)}\nClick: only these. Alt-click: without them.`}
      onClick={onClick}
    >
      {field === 'service' && <Dot service={text} />}
      <span className={`cut ${text === 'error' || text === 'fatal' ? 'error' : ''}`}>{text || '(empty)'}</span>
      <span className="number dim">{count(n)}</span>
    </button>
  )
}
