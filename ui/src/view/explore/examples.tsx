/** Traces from exactly the place that was clicked. */
import { Link } from '@tanstack/react-router'
import { duration, plural } from '../../model/number'
import type { Spot } from '../../model/question'
import { writeRange } from '../../model/range'
import { clock } from '../../model/time'
import { useTraces } from '../data'
import { keepRange } from '../frame/frame'
import { Moment } from '../parts/moment'
import { Service } from '../parts/service'

const SHOWN = 8

interface Props {
  spot: Spot
  signal: 'traces' | 'logs'
  close: () => void
}

export function Examples({ spot, signal, close }: Props) {
  const time = (ms: number) => clock(BigInt(Math.round(ms)) * 1_000_000n).slice(0, 8)
  const search = { range: writeRange({ from: spot.from, to: spot.to }), filter: spot.filter }
  return (
    <section className="examples">
      <h2 className="row">
        Examples from {time(spot.from)} – {time(spot.to)}
        <Link to={signal === 'logs' ? '/logs' : '/traces'} search={search}>
          all of them
        </Link>
        <button type="button" className="quiet" aria-label="Close the examples" onClick={close}>
          ✕
        </button>
      </h2>
      {signal === 'traces' && <ExampleTraces spot={spot} />}
    </section>
  )
}

function ExampleTraces({ spot }: { spot: Spot }) {
  const { data, isPending } = useTraces({
    range: { from: spot.from, to: spot.to },
    filter: spot.filter,
    order: 'slowest',
  })
  if (isPending) return <p className="dim">asking …</p>
  const traces = data?.pages[0]?.traces.slice(0, SHOWN) ?? []
  if (!traces.length) return <p className="dim">No trace is stored from there.</p>
  return (
    <ul>
      {traces.map(trace => (
        <li key={trace.trace_id} className="row">
          <Moment at={trace.start} as="clock" />
          <Service name={trace.service} />
          <Link
            to="/traces/$id"
            params={{ id: trace.trace_id }}
            search={keepRange}
            className={trace.status === 'error' ? 'error' : ''}
          >
            {trace.name}
          </Link>
          <span className="number">{duration(trace.duration)}</span>
          <span className="dim">{plural(trace.spans, 'span')}</span>
        </li>
      ))}
    </ul>
  )
}
