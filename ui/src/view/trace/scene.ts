/** Puts together what the drawings are given, from what the page shows. */
import { useMemo, useRef } from 'react'
import { type Scene, scaleOf, type Words } from '../../draw/scene'
import type { Layout } from '../../model/layout'
import { cluster, type Mark } from '../../model/marks'
import { CLOSED, FOLD, LOG, lineage, type Rows, SPAN, STRAYS, straysOf } from '../../model/rows'
import { whereNow } from '../../model/values'
import { useTheme } from '../theme'
import { logText, useColours, useLogRecords, useTraceData } from './data'
import { chosenRow } from './moves'
import { type Showing, useStage } from './stage'

/** The scene of this moment, for a drawing of this width. */
export type MakeScene = (width: number, height: number) => Scene

export function useScene(): MakeScene {
  const stage = useStage()
  const theme = useTheme()
  const colours = useColours()
  const words = useWords()
  const marks = useRef(new MarkCache())
  return (width, height) => {
    const { now } = stage
    // Marks merge by the scale of the bars, whichever canvas asks.
    const scale = scaleOf({ window: now.window, width: Math.max(1, now.width) })
    return {
      ...now,
      width,
      height,
      theme,
      colours,
      words,
      chosen: chosenRow(now),
      chosenLog: now.log,
      lit: litOf(now),
      marks: row => marks.current.of(now.layout, now.rows, row, scale),
    }
  }
}

function useWords(): Words {
  const { layout, whole } = useTraceData()
  const records = useLogRecords()
  return useMemo(
    () => ({
      log: index => logText(records, layout.logs.ref[index]),
      now: row => whereNow(whole?.spans[row]?.running?.stack ?? []),
    }),
    [layout, whole, records],
  )
}

/** Ancestors of what is under the pointer, else none: the way down is followed by eye. */
function litOf({ layout, rows, hover }: Showing): ReadonlySet<number> {
  const span = spanOfRow(layout, rows, hover)
  return new Set(span < 0 ? [] : lineage(layout, span))
}

/** The span that a display row is about, or -1. */
export function spanOfRow(layout: Layout, rows: Rows, i: number): number {
  if (i < 0 || i >= rows.length) return -1
  if (rows.kind[i] === SPAN) return rows.ref[i]
  if (rows.kind[i] === LOG) return layout.logs.row[rows.ref[i]]
  return rows.kind[i] === FOLD ? layout.tree.children[layout.runs[rows.ref[i]].from] : -1
}

/** Marks are merged once per row and scale: moving the picture merges nothing. */
class MarkCache {
  private rows: Rows | null = null
  private scale = 0
  private made = new Map<number, Mark[]>()

  of(layout: Layout, rows: Rows, i: number, scale: number): Mark[] {
    if (rows !== this.rows || scale !== this.scale) {
      this.made.clear()
      this.rows = rows
      this.scale = scale
    }
    const known = this.made.get(i)
    if (known) return known
    const marks = cluster(layout.logs.at, layout.logs.severity, recordsOf(layout, rows, i), scale)
    this.made.set(i, marks)
    return marks
  }
}

/** Which records stand on a row: its own, and those of everything that is folded into it. */
function recordsOf(layout: Layout, rows: Rows, i: number): number[] {
  const { logs, tree, runs } = layout
  const ref = rows.ref[i]
  const between = (from: number, to: number) =>
    Array.from({ length: logs.offset[to] - logs.offset[from] }, (_, n) => logs.offset[from] + n)
  if (rows.kind[i] === SPAN) {
    const place = tree.place[ref]
    return between(place, place + (rows.state[i] === CLOSED ? tree.size[ref] : 1))
  }
  if (rows.kind[i] === FOLD && rows.state[i] === CLOSED) {
    const last = tree.children[runs[ref].from + runs[ref].count - 1]
    return between(tree.place[tree.children[runs[ref].from]], tree.place[last] + tree.size[last])
  }
  return rows.kind[i] === STRAYS ? straysOf(layout) : []
}
