/** The rows, virtual: only what is on screen is in the document. */
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useMemo, useRef, useState } from 'react'
import type { TraceRow } from '../../model/api'
import type { Order } from '../data'
import { keepRange } from '../frame/frame'
import { useKeys } from '../keys'
import { useListKeys } from '../parts/list-keys'
import { useRows } from '../parts/rows'
import { TraceLine } from './line'
import { Marked } from './marked'

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
  marked: string[]
  mark: (ids: string[]) => void
}

/** Where each list was left. */
const left = new Map<string, { chosen: string | null; scroll: number }>()

export function TraceTable({ traces, order, setOrder, more, stale, again, place, marked, mark }: Props) {
  const scroller = useRef<HTMLDivElement>(null)
  const [chosenId, setChosenId] = useState(() => left.get(place)?.chosen ?? null)
  const navigate = useNavigate()
  const ids = useMemo(() => traces.map(trace => trace.trace_id), [traces])
  const rows = useRows({ scroller, ids, more, offset: left.get(place)?.scroll ?? 0 })
  const chosen = chosenId ? Math.max(0, ids.indexOf(chosenId)) : 0
  useEffect(() => {
    left.set(place, { chosen: chosenId, scroll: rows.scrollOffset ?? 0 })
  }, [place, chosenId, rows.scrollOffset])
  const extremes = useMemo(() => extremesOf(traces), [traces])
  const open = (index: number) => {
    setChosenId(ids[index])
    void navigate({ to: '/traces/$id', params: { id: ids[index] }, search: keepRange })
  }
  const choose = (index: number) => {
    setChosenId(ids[index])
    rows.scrollToIndex(index)
  }
  const toggle = (id: string) => mark(marked.includes(id) ? marked.filter(each => each !== id) : [...marked, id])
  useListKeys({ count: traces.length, chosen, choose, open })
  useKeys('Traces', [
    { keys: 'r', does: 'Ask again', run: again },
    { keys: 'x', does: 'Mark for comparing', run: () => toggle(ids[chosen]) },
  ])
  return (
    <div className={`table ${stale ? 'stale' : ''}`} role="table" aria-label="Traces" aria-rowcount={traces.length + 1}>
      <Head order={order} setOrder={setOrder} />
      <div className="scroller" ref={scroller} role="rowgroup" tabIndex={0} aria-label="Rows">
        <div className="spacer" style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map(({ index, start, key }) => (
            <TraceLine
              key={String(key)}
              trace={traces[index]}
              index={index}
              top={start}
              chosen={index === chosen}
              marked={marked.includes(ids[index])}
              choose={setChosenId}
              extremes={extremes}
            />
          ))}
        </div>
      </div>
      {marked.length > 0 && <Marked ids={marked} traces={traces} mark={mark} />}
    </div>
  )
}

function extremesOf(traces: TraceRow[]): [number, number] {
  const all = traces.map(trace => trace.duration)
  return [all.reduce((a, b) => Math.min(a, b), Infinity), all.reduce((a, b) => Math.max(a, b), 0)]
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
      <span role="columnheader" className="right">
        {sorted('slowest', 'Duration')}
      </span>
      <span role="columnheader" className="right">
        Spans
      </span>
      <span role="columnheader" className="right">
        {sorted('errors', 'Errors')}
      </span>
      <span role="columnheader" className="cut" title="Each service's share of self time">
        Self time
      </span>
      <span role="columnheader" className="right">
        Logs
      </span>
    </div>
  )
}
