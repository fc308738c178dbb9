/** One trace in the list. */
import { Link } from '@tanstack/react-router'
import { memo, useEffect, useState } from 'react'
import type { TraceRow } from '../../model/api'
import { logShare } from '../../model/facets'
import { count, duration, percent } from '../../model/number'
import { serverNowNs } from '../ask'
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
  const lasts = useLasts(trace)
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
        {trace.running && <Unfinished root={trace.root_state} />}
        {!trace.complete && !trace.running && <span className="tag">incomplete</span>}
      </span>
      <span role="cell" className="length">
        <span className="bar-lane">
          <span
            className={`bar ${failed ? 'bar-error' : ''}`}
            style={{ width: `${100 * logShare(lasts, ...extremes)}%` }}
          />
        </span>
        <span className="number right">{duration(lasts)}</span>
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

const TOLD = {
  ended: ['running', 'Something in it has not ended.'],
  running: ['running', 'It has not ended: this is how long it has taken so far.'],
  lost: ['lost', 'It never ended, and its process is gone: this is how long it was heard of.'],
} as const

function Unfinished({ root }: { root: TraceRow['root_state'] }) {
  const [word, title] = TOLD[root]
  return (
    <span className={`tag ${root === 'lost' ? 'error' : ''}`} title={title}>
      {word}
    </span>
  )
}

const TICK_MS = 1000

/** How long a trace's root took; of one that runs, until now. */
function useLasts({ root_state, start, duration }: TraceRow): number {
  const runs = root_state === 'running'
  const [, tick] = useState(0)
  useEffect(() => {
    if (!runs) return
    const timer = setInterval(() => tick(n => n + 1), TICK_MS)
    return () => clearInterval(timer)
  }, [runs])
  return runs ? Math.max(duration, Number(serverNowNs() - BigInt(start))) : duration
}

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
