/** One trace in the list. */
import { Link } from '@tanstack/react-router'
import { memo } from 'react'
import type { TraceRow } from '../../model/api'
import { logShare } from '../../model/facets'
import { count, duration, percent } from '../../model/number'
import { keepRange } from '../frame/frame'
import { Moment } from '../parts/moment'
import { Service, useSlots } from '../parts/service'

interface Props {
  trace: TraceRow
  index: number
  top: number
  chosen: boolean
  marked: boolean
  choose: (id: string) => void
  /** Shortest and longest duration of the list. */
  extremes: [number, number]
}

export const TraceLine = memo(function TraceLine({ trace, index, top, chosen, marked, choose, extremes }: Props) {
  const failed = trace.status === 'error'
  return (
    <div
      role="row"
      tabIndex={-1}
      className={`trace-line ${chosen ? 'chosen' : ''} ${marked ? 'is-marked' : ''}`}
      aria-rowindex={index + 2}
      aria-selected={chosen}
      style={{ transform: `translateY(${top}px)` }}
    >
      <span role="cell">
        <Moment at={trace.start} as="narrow" />
      </span>
      <span role="cell" className="root">
        <Service name={trace.service} />
        <Link
          to="/traces/$id"
          params={{ id: trace.trace_id }}
          search={keepRange}
          className={`cut cover ${failed ? 'error' : ''}`}
          title={trace.name}
          onClick={() => choose(trace.trace_id)}
        >
          {trace.name || '(no name)'}
        </Link>
        {marked && <span className="tag">marked</span>}
        {trace.running && (
          <span className="tag" title="Something in it has not ended; its duration is as of its last report.">
            running
          </span>
        )}
        {!trace.complete && !trace.running && <span className="tag">incomplete</span>}
      </span>
      <span role="cell" className="length">
        <span className="bar-lane">
          <span
            className={`bar ${failed ? 'bar-error' : ''}`}
            style={{ width: `${100 * logShare(trace.duration, ...extremes)}%` }}
          />
        </span>
        <span className="number right">{duration(trace.duration)}</span>
      </span>
      <span role="cell" className="number right">
        {count(trace.spans)}
      </span>
      <span role="cell" className={`number right ${trace.errors ? 'error' : 'dim'}`}>
        {trace.errors ? count(trace.errors) : ''}
      </span>
      <span role="cell">
        <Strip services={trace.services} />
      </span>
      <span role="cell" className="number right dim">
        {trace.logs ? count(trace.logs) : ''}
      </span>
    </div>
  )
})

/** Each service's share of self time; of spans, where self time is not known. */
function Strip({ services }: Pick<TraceRow, 'services'>) {
  const slots = useSlots(services.map(service => service.name))
  // Where nothing took any time of its own, at least who took part.
  const timed = services.some(service => service.self_time)
  const shares = services.map(({ name, self_time, spans }) => ({ name, value: timed ? (self_time ?? 0) : spans }))
  const total = shares.reduce((sum, share) => sum + share.value, 0) || 1
  const sorted = shares.sort((a, b) => b.value - a.value)
  return (
    <span className="shares" title={sorted.map(share => `${share.name} ${percent(share.value / total)}`).join('\n')}>
      {sorted.map(share => (
        <span
          key={share.name}
          style={{ flexGrow: share.value / total, background: `var(--service-${slots.get(share.name)})` }}
        />
      ))}
    </span>
  )
}
