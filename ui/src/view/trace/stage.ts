/**
 * What the trace page shows right now. Pointer and wheel change it many times a second, so it lives outside of React:
 * canvases listen and redraw, components take the few parts that they show.
 */
import { createContext, useContext, useSyncExternalStore } from 'react'
import { ROW } from '../../draw/scene'
import type { LogRecord } from '../../model/api'
import type { Boxes } from '../../model/boxes'
import type { Found } from '../../model/find'
import { rowOfId, spanId } from '../../model/ids'
import type { Layout } from '../../model/layout'
import type { Picture } from '../../model/pictures'
import { buildRows, PLAIN_VIEW, type Rows, reveal, SPAN, type View } from '../../model/rows'
import type { Window } from '../../model/zoom'
import type { Sheet } from './share/sheet'
import type { Loaded } from './use-layout'

export interface Showing {
  /** The trace; its layout once more, for those who draw. */
  loaded: Loaded
  layout: Layout
  picture: Picture
  view: View
  rows: Rows
  window: Window
  /** Of the pictures whose width is not time: what stands where, and the part on screen (null: all of it). */
  boxed: Boxed | null
  part: Window | null
  /** `service|name` in the middle of the sandwich; empty for the selected span's. */
  focus: string
  /** What the table groups by, and what it is sorted by (`-total`: the most first). */
  by: string
  sort: string
  /** With what the trace is compared: an id, `median`, or `filter:…`. */
  against: string
  /** Pixels scrolled away above, and the height of what is left. */
  scroll: number
  height: number
  /** Widths of the tree and of the bars. */
  tree: number
  width: number
  /** Display row and instant under the pointer; -1 and null for none. */
  hover: number
  cursor: number | null
  /** The selected span's row in the columns, and the selected record in `layout.logs`; -1 for none. */
  span: number
  log: number
  /** Log records that came one span at a time, where only the shape is here. */
  records: ReadonlyMap<string, LogRecord>
  find: string
  found: Found | null
}

/** What is shown before anybody asks for something else. */
export const BY = 'name'
export const SORT = '-self'
export const AGAINST = 'median'

interface Boxed {
  boxes: Boxes
  /** What a span is part of, or -1. */
  refOf: (row: number) => number
}

export class Stage {
  private listeners = new Set<() => void>()

  /** What the picture on screen looks like on paper; null where it is no drawing. */
  sheet: (() => Sheet) | null = null

  /** Goes so many lines on in the table or list that is on screen; null where there is none. */
  lines: ((by: number) => void) | null = null

  constructor(public now: Showing) {}

  readonly subscribe = (listener: () => void) => {
    this.listeners.add(listener)
    return () => void this.listeners.delete(listener)
  }

  set(changes: Partial<Showing>) {
    const now = { ...this.now, ...changes }
    if (changes.view && !changes.rows) now.rows = buildRows(now.layout, now.view)
    this.now = now
    for (const listener of this.listeners) listener()
  }

  /** The same trace, reported anew: what was selected, folded and zoomed stays, and what is on screen stays where it is. */
  renew(loaded: Loaded) {
    const { layout, rows } = loaded
    const { span, log, layout: old, window } = this.now
    const view = movedView(this.now, layout)
    const next = isPlain(view) ? rows : buildRows(layout, view)
    const all = window[0] <= old.whole[0] && window[1] >= old.whole[1]
    this.set({
      loaded,
      layout,
      view,
      rows: next,
      window: all ? layout.whole : window,
      scroll: movedScroll(this.now, layout, next),
      span: movedRow(old, layout, span),
      log: log < 0 ? -1 : layout.logs.ref.indexOf(old.logs.ref[log]),
      found: null,
      hover: -1,
    })
  }
}

/** The row of the same span in another layout of the trace, or -1. */
function movedRow(from: Layout, to: Layout, row: number): number {
  return row < 0 ? -1 : rowOfId(to.columns, spanId(from.columns, row))
}

function movedView({ view, layout: old }: Showing, layout: Layout): View {
  const closed = new Set([...view.closed].map(row => movedRow(old, layout, row)).filter(row => row >= 0))
  const unfolded = new Set<number>()
  for (const run of view.unfolded) {
    const row = movedRow(old, layout, old.tree.children[old.runs[run].from])
    if (row >= 0) for (const found of reveal(layout, PLAIN_VIEW, row).unfolded) unfolded.add(found)
  }
  return { ...view, closed, unfolded }
}

/** What stood at the top still does, whatever came in above it. */
function movedScroll({ scroll, rows: before, layout: old }: Showing, layout: Layout, rows: Rows): number {
  const top = Math.floor(scroll / ROW)
  if (top === 0 || before.kind[top] !== SPAN) return scroll
  const row = movedRow(old, layout, before.ref[top])
  const place = row < 0 ? -1 : rows.ofSpan[row]
  return place < 0 ? scroll : place * ROW + (scroll % ROW)
}

function isPlain(view: View): boolean {
  return !view.closed.size && !view.unfolded.size && !view.logs && !view.criticalOnly && !view.shortest
}

export function stageOf(loaded: Loaded): Stage {
  const { layout, rows } = loaded
  return new Stage({
    loaded,
    layout,
    picture: 'waterfall',
    view: PLAIN_VIEW,
    rows,
    window: layout.near,
    boxed: null,
    part: null,
    focus: '',
    by: BY,
    sort: SORT,
    against: AGAINST,
    scroll: 0,
    height: 0,
    tree: Math.round(Math.max(150, Math.min(420, innerWidth * 0.28))),
    width: 0,
    hover: -1,
    cursor: null,
    span: -1,
    log: -1,
    records: new Map(),
    find: '',
    found: null,
  })
}

const Current = createContext<Stage | null>(null)
export const StageProvider = Current.Provider

export function useStage(): Stage {
  const stage = useContext(Current)
  if (!stage) throw new Error('useStage outside of a trace page')
  return stage
}

/** A part of what is shown; `pick` must return the same object while nothing changed. */
export function useShowing<T>(pick: (showing: Showing) => T): T {
  const stage = useStage()
  return useSyncExternalStore(stage.subscribe, () => pick(stage.now))
}
