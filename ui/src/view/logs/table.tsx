/** The records, virtual; one of them may be open. */
import { useNavigate } from '@tanstack/react-router'
import { useMemo, useRef, useState } from 'react'
import type { LogRecord } from '../../model/api'
import { plural } from '../../model/number'
import { soughtWords } from '../../model/words'
import { useKeys } from '../keys'
import { useListKeys } from '../parts/list-keys'
import { useRows } from '../parts/rows'
import type { LogsSearch } from '../router'
import { gridOf } from './grid'
import { aroundOf, placeOf } from './leads'
import { LogLine } from './line'
import type { Tail } from './tail'

export interface LogTableProps {
  tail: Tail
  filter: string
  columns: string[]
  wrap: boolean
  /** The record that is open, by its id. */
  open: string | undefined
  change: (changes: LogsSearch) => void
  more: () => void
  again: () => void
}

export function LogTable({ tail, filter, columns, wrap, open, change, more, again }: LogTableProps) {
  const scroller = useRef<HTMLDivElement>(null)
  const { logs } = tail
  const ids = useMemo(() => keysOf(logs), [logs])
  const [chosenId, setChosenId] = useState<string | null>(open ?? null)
  const rows = useRows({ scroller, ids, more })
  const sought = useMemo(() => soughtWords(filter), [filter])
  const chosen = chosenId ? Math.max(0, ids.indexOf(chosenId)) : 0
  const navigate = useNavigate()
  const turn = (id: string) => change({ open: open === id ? undefined : id })
  const choose = (index: number) => {
    setChosenId(ids[index])
    rows.scrollToIndex(index)
  }
  const toTrace = () => {
    const place = placeOf(logs[chosen])
    if (place) void navigate(place)
  }
  useListKeys({ count: logs.length, chosen, choose, open: index => turn(ids[index]) })
  useKeys('Records', [
    { keys: 'i', does: 'In its trace', run: toTrace },
    { keys: 'a', does: 'Around: 5 s of the same process', run: () => void navigate(aroundOf(logs[chosen])) },
    { keys: 'r', does: 'Ask again', run: again },
  ])
  const grid = `100px 40px minmax(80px, 130px) ${columns.map(() => 'minmax(80px, 160px)').join(' ')} minmax(0, 1fr) 110px`
  return (
    <div className="table log-table" role="table" aria-label="Log records" aria-rowcount={logs.length + 1}>
      <Head columns={columns} grid={grid} />
      <News tail={tail} show={() => scroller.current?.scrollTo({ top: 0 })} />
      <div
        className="scroller"
        ref={scroller}
        role="rowgroup"
        tabIndex={0}
        aria-label="Rows"
        onScroll={event => tail.pause(event.currentTarget.scrollTop > 0)}
      >
        <div className="spacer" style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map(({ index, start }) => (
            <LogLine
              key={ids[index]}
              log={logs[index]}
              index={index}
              top={start}
              grid={grid}
              columns={columns}
              wrap={wrap}
              open={open === ids[index]}
              chosen={index === chosen}
              sought={sought}
              filter={filter}
              measure={rows.measureElement}
              choose={() => setChosenId(ids[index])}
              turn={() => turn(ids[index])}
              change={change}
            />
          ))}
        </div>
      </div>
    </div>
  )
}

/** Ids, made different where two records are the same to the last letter. */
function keysOf(logs: readonly LogRecord[]): string[] {
  const seen = new Map<string, number>()
  return logs.map(({ id }) => {
    const n = seen.get(id) ?? 0
    seen.set(id, n + 1)
    return n ? `${id}#${n}` : id
  })
}

function Head({ columns, grid }: { columns: string[]; grid: string }) {
  return (
    <div className="log-line head" role="row" tabIndex={-1} style={gridOf(grid)}>
      {['Time', '', 'Service', ...columns, 'Body', ''].map((title, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: titles stay in their places
        <span key={i} role="columnheader" className="cut" title={title}>
          {title || <span className="unseen">{i === 1 ? 'Severity' : 'Leads on'}</span>}
        </span>
      ))}
    </div>
  )
}

function News({ tail, show }: { tail: Tail; show: () => void }) {
  if (!tail.waiting && !tail.skipped) return null
  return (
    <p className="news row" role="status">
      {tail.waiting > 0 && (
        <button type="button" onClick={show}>
          {plural(tail.waiting, 'newer record')} ↑
        </button>
      )}
      {tail.skipped > 0 && (
        <span className="warn">{plural(tail.skipped, 'record')} came too fast to show; they are stored</span>
      )}
    </p>
  )
}
