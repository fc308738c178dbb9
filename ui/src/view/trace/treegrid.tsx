/** What the canvases show, as a treegrid for those who do not see them: the rows on screen and a few around. */
import { useEffect, useState } from 'react'
import { ROW, visibleRows } from '../../draw/scene'
import { nameOf } from '../../model/names'
import { duration, plural } from '../../model/number'
import { FOLD, LEAF, LOG, OPEN, SPAN, STUB } from '../../model/rows'
import { logText, useLogRecords, useTraceData } from './data'
import { choose, chosenRow, toggle } from './moves'
import { type Showing, useShowing, useStage } from './stage'

const BLOCK = 16
const SETTLED_MS = 60

export function Treegrid() {
  const stage = useStage()
  const [from, most] = useSettledBlock()
  const chosen = useShowing(chosenRow)
  const rows = useShowing(showing => showing.rows)
  const to = Math.min(rows.length, most)
  const log = useShowing(showing => showing.log)
  const indices = Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i)
  const onScreen = chosen >= from && chosen < to
  return (
    <div
      role="treegrid"
      className="treegrid"
      tabIndex={0}
      aria-label="Spans"
      aria-rowcount={rows.length}
      aria-activedescendant={onScreen ? `row-${chosen}` : undefined}
      data-log={log >= 0 ? stage.now.layout.logs.ref[log] : undefined}
      onFocus={() => chosen < 0 && rows.length && choose(stage, 0)}
    >
      {indices.map(i => (
        <TreeRow key={i} i={i} chosen={i === chosen} rows={rows} />
      ))}
    </div>
  )
}

/** In blocks of rows, and once scrolling rests: nobody is read what flies past, and frames are short. */
function useSettledBlock(): readonly [from: number, to: number] {
  const stage = useStage()
  const [block, setBlock] = useState(() => blockOf(stage.now))
  useEffect(() => {
    let timer = 0
    const look = () => {
      const [from, to] = blockOf(stage.now)
      setBlock(block => (block[0] === from && block[1] === to ? block : [from, to]))
    }
    const later = () => {
      clearTimeout(timer)
      timer = window.setTimeout(look, SETTLED_MS)
    }
    look()
    const unsubscribe = stage.subscribe(later)
    return () => {
      clearTimeout(timer)
      unsubscribe()
    }
  }, [stage])
  return block
}

function blockOf(showing: Showing): readonly [number, number] {
  const [from, to] = visibleRows(showing)
  return [Math.floor(from / BLOCK) * BLOCK, Math.ceil(to / BLOCK) * BLOCK]
}

function TreeRow({ i, chosen, rows }: { i: number; chosen: boolean; rows: Showing['rows'] }) {
  const stage = useStage()
  const cells = useCells(i, rows)
  const foldable = rows.state[i] !== LEAF
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the treegrid has the focus, and its keys are the page's
    <div
      role="row"
      id={`row-${i}`}
      tabIndex={-1}
      aria-level={rows.level[i] + 1}
      aria-rowindex={i + 1}
      aria-selected={chosen}
      aria-expanded={foldable ? rows.state[i] === OPEN : undefined}
      style={{ top: i * ROW }}
      onClick={() => choose(stage, i)}
      onDoubleClick={() => foldable && toggle(stage, i)}
    >
      {cells.map((cell, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a cell is its place; two may say the same
        <span key={place} role="gridcell">
          {cell}
        </span>
      ))}
    </div>
  )
}

function useCells(i: number, rows: Showing['rows']): string[] {
  const { layout } = useTraceData()
  const records = useLogRecords()
  const { columns, tree, logs, start, end, runs, zero } = layout
  const ref = rows.ref[i]
  if (rows.kind[i] === LOG) return [logText(records, logs.ref[ref]), `at ${duration(logs.at[ref] - zero)}`]
  if (rows.kind[i] === STUB) return ['parent not received']
  if (rows.kind[i] === FOLD) {
    const { from, count, total } = runs[ref]
    return [`${nameOf(columns, tree.children[from])} × ${count}`, `${duration(total)} in all`]
  }
  if (rows.kind[i] !== SPAN) return ['log records outside of any span']
  const place = tree.place[ref]
  const records_ = logs.offset[place + 1] - logs.offset[place]
  const facts = [
    columns.error[ref] ? 'error' : '',
    records_ ? plural(records_, 'log record') : '',
    columns.running[ref] ? 'not ended' : '',
  ]
  return [
    nameOf(columns, ref),
    columns.services[columns.service[ref]],
    `starts at ${duration(start[ref] - zero)}`,
    `takes ${duration(end[ref] - start[ref])}`,
    ...facts.filter(Boolean),
  ]
}
