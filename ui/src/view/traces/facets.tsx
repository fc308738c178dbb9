/** Which values these traces have: click to include, Alt-click to exclude. */
import { type MouseEvent, useState } from 'react'
import type { TraceRow } from '../../model/api'
import { type Facet, facetsOf } from '../../model/facets'
import { hasTerm, term, toggleTerm } from '../../model/filter'
import { count } from '../../model/number'
import { Dot } from '../parts/service'

const MOST = 12

interface Props {
  traces: TraceRow[]
  filter: string
  apply: (filter: string) => void
}

export function Facets({ traces, filter, apply }: Props) {
  return (
    <aside className="facets" aria-label="Values in these traces">
      {facetsOf(traces).map(facet => (
        <Values key={facet.field} facet={facet} filter={filter} apply={apply} />
      ))}
    </aside>
  )
}

function Values({ facet, filter, apply }: { facet: Facet } & Pick<Props, 'filter' | 'apply'>) {
  const [all, setAll] = useState(false)
  const shown = all ? facet.values : facet.values.slice(0, MOST)
  return (
    <section>
      <h2>{facet.field}</h2>
      <ul>
        {shown.map(({ value, count }) => (
          <li key={value}>
            <Value field={facet.field} value={value} count={count} filter={filter} apply={apply} />
          </li>
        ))}
      </ul>
      {shown.length < facet.values.length && (
        <button type="button" className="facet dim" onClick={() => setAll(true)}>
          {facet.values.length - shown.length} more
        </button>
      )}
    </section>
  )
}

function Value(props: {
  field: string
  value: string
  count: number
  filter: string
  apply: (filter: string) => void
}) {
  const { field, value, filter } = props
  const included = hasTerm(filter, term(field, value))
  const excluded = hasTerm(filter, `-${term(field, value)}`)
  const onClick = (event: MouseEvent) => props.apply(toggleTerm(filter, field, value, event.altKey))
  return (
    <button
      type="button"
      className={`facet ${excluded ? 'excluded' : ''}`}
      aria-pressed={included || excluded}
      title={`${value}\nClick: only these. Alt-click: without them.`}
      onClick={onClick}
    >
      {field === 'service' && <Dot service={value} />}
      <span className={`cut ${field === 'status' && value === 'error' ? 'error' : ''}`}>{value || '(empty)'}</span>
      <span className="number dim">{count(props.count)}</span>
    </button>
  )
}
