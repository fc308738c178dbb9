/** The rows, virtual: only what is on screen is in the document. */
import { useNavigate } from '@tanstack/react-router'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useMemo, useRef, useState } from 'react'
import type { TraceRow } from '../../model/api'
import type { Order } from '../data'
import { keepRange } from '../frame/frame'
import { useKeys } from '../keys'
import { TraceLine } from './line'

const ROW = 24
const AHEAD = 30

interface Props {
  traces: TraceRow[]
  order: Order
  setOrder: (order: Order) => void
  more: () => void
  /** What is shown answers the question before this one. */
  stale: boolean
  again: () => void
  /** Names the list: who comes back to it finds it as it was left. */
  place: string
}

/** Where each list was left. */
const left = new Map<string, { chosen: number; scroll: number }>()

export function TraceTable({ traces, order, setOrder, more, stale, again, place }: Props) {
  const scroller = useRef<HTMLDivElement>(null)
  const [chosen, setChosen] = useState(() => left.get(place)?.chosen ?? 0)
  const navigate = useNavigate()
  const rows = useVirtualizer({
    count: traces.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    initialOffset: left.get(place)?.scroll ?? 0,
    overscan: 8,
  })
  useEffect(() => {
    left.set(place, { chosen, scroll: rows.scrollOffset ?? 0 })
  }, [place, chosen, rows.scrollOffset])
  const extremes = useMemo(() => extremesOf(traces), [traces])
  const last = rows.getVirtualItems().at(-1)?.index ?? 0
  useEffect(() => {
    if (last + AHEAD > traces.length) more()
  }, [last, traces.length, more])
  const open = (id: string) => void navigate({ to: '/traces/$id', params: { id }, search: keepRange })
  const move = (step: number) => {
    const next = Math.max(0, Math.min(traces.length - 1, chosen + step))
    setChosen(next)
    rows.scrollToIndex(next)
  }
  useKeys('List', [
    { keys: 'j', does: 'Next', run: () => move(1) },
    { keys: 'k', does: 'Previous', run: () => move(-1) },
    { keys: 'ArrowDown', does: 'Next', run: () => move(1) },
    { keys: 'ArrowUp', does: 'Previous', run: () => move(-1) },
    { keys: 'PageDown', does: 'A page down', run: () => move(20) },
    { keys: 'PageUp', does: 'A page up', run: () => move(-20) },
    { keys: 'r', does: 'Ask again', run: again },
    { keys: 'Enter', does: 'Open', run: () => open(traces[Math.min(chosen, traces.length - 1)].trace_id) },
  ])
  return (
    <div className={`table ${stale ? 'stale' : ''}`} role="table" aria-label="Traces" aria-rowcount={traces.length + 1}>
      <Head order={order} setOrder={setOrder} />
      <div className="scroller" ref={scroller} role="rowgroup" tabIndex={0} aria-label="Rows">
        <div className="spacer" style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map(({ index, start }) => (
            <TraceLine
              key={traces[index].trace_id}
              trace={traces[index]}
              index={index}
              top={start}
              chosen={index === chosen}
              choose={setChosen}
              extremes={extremes}
            />
          ))}
        </div>
      </div>
    </div>
  )
}

function extremesOf(traces: TraceRow[]): [number, number] {
  const all = traces.map(trace => trace.duration)
  return [Math.min(...all), Math.max(...all)]
}

function Head({ order, setOrder }: Pick<Props, 'order' | 'setOrder'>) {
  const sorted = (wanted: Order, title: string) => (
    <button type="button" className="sort" aria-pressed={order === wanted} onClick={() => setOrder(wanted)}>
      {title} {order === wanted ? '▾' : ''}
    </button>
  )
  return (
    <div className="trace-line head" role="row" tabIndex={-1}>
      <span role="columnheader">{sorted('newest', 'Time')}</span>
      <span role="columnheader">Root</span>
      <span role="columnheader">{sorted('slowest', 'Duration')}</span>
      <span role="columnheader" className="right">
        Spans
      </span>
      <span role="columnheader" className="right">
        {sorted('errors', 'Errors')}
      </span>
      <span role="columnheader">Self time</span>
      <span role="columnheader" className="right">
        Logs
      </span>
    </div>
  )
}
