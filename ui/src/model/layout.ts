/** Everything about a trace that drawing needs and that does not change with zoom, scroll, folds or theme. */

import type { Trace } from './api'
import { CONSUMER, type Columns, columnsOfTrace, ENDED, type Instants, type Pieces, RUNNING } from './columns'
import { findRuns, type Run } from './runs'
import { byRow, grouped, lengthOf, type Spread } from './spread'
import { buildTree, type Tree } from './tree'

/**
 * Instants by place in the drawing order, so that those of a subtree are contiguous. Records that name no span of this
 * trace come last, after `offset[count]`.
 */
interface Placed extends Instants {
  offset: Uint32Array
}

export interface Layout {
  columns: Columns
  tree: Tree
  /** Corrected for clock skew; `end` is never before `start`. */
  start: Float64Array
  end: Float64Array
  /** First start and last end of the trace, of spans whose clock was right; times are told from its start. */
  extent: readonly [number, number]
  zero: number
  /** The extent with some air, so that marks at its ends are not cut: what is on screen at first. */
  near: readonly [number, number]
  /** The same of all spans; and of how many the clock was wrong. */
  whole: readonly [number, number]
  far: number
  /** Time in synchronous children, cut to the span: drawn pale; the rest is self time. */
  covered: Spread
  self: Float64Array
  path: Spread
  /** Time of the critical path inside the row. */
  onPath: Float64Array
  logs: Placed
  events: Placed
  /** Errors in the subtree, the row itself included. */
  errors: Uint32Array
  runs: Run[]
  /** By position in `tree.children`: the run that starts there, or -1. */
  runAt: Int32Array
}

const AIR = 0.012
/** To the right there is room for the length of a bar that reaches the end. */
const LABEL_AIR = 0.13
/** What runs says so behind its bar, which reaches the end. */
const RUNNING_AIR = 0.28

/** `now` (unix ns): what runs has run until then; without it, until it was last heard of. */
export function layoutTrace(trace: Trace, now?: bigint): Layout {
  return layOut(columnsOfTrace(trace), now)
}

export function layOut(columns: Columns, now?: bigint): Layout {
  const start = columns.start.map((at, row) => at + columns.shift[row])
  const end = start.map((at, row) => at + Math.max(0, columns.duration[row]))
  if (now !== undefined) untilNow(columns, end, Number(now - columns.origin))
  const tree = buildTree(columns, start)
  lastAsLongAsChildren(columns, tree, end)
  const covered = coverage(columns, tree, start, end)
  const errors = errorsBelow(columns, tree)
  const logs = shifted(columns.logs, columns.shift)
  const all = extentOf(start, end, logs)
  const { far, extent } = farAway({ start, end, tree }, all)
  const air = columns.running.some(state => state !== ENDED) ? RUNNING_AIR : LABEL_AIR
  const bare = {
    columns,
    tree,
    start,
    end,
    extent,
    zero: extent[0],
    near: aired(extent, air),
    whole: aired(all, air),
    far,
    covered,
    self: start.map((at, row) => end[row] - at - lengthOf(covered, row)),
    logs: byPlace(logs, tree.place),
    events: byPlace(shifted(columns.events, columns.shift), tree.place),
    errors,
    ...findRuns(columns, tree, errors),
  }
  return withPath(bare, columns.path)
}

/** With another critical path: it may have been found in the layout itself. */
export function withPath(layout: Omit<Layout, 'path' | 'onPath'>, pieces: Pieces): Layout {
  const path = byRow(pieces, layout.columns.count)
  const onPath = layout.start.map((_, row) => lengthOf(path, row))
  return { ...layout, columns: { ...layout.columns, path: pieces }, path, onPath }
}

/** Further apart than this (30 days) no trace is: a clock was wrong. The server's `critical_path.py` says the same. */
export const FAR = 30 * 86_400e9

/** Spans whose clock must have been wrong, and the stretch of time that the others take. */
function farAway(timed: Timed, all: readonly [number, number]): Pick<Layout, 'far' | 'extent'> {
  const { start, end } = timed
  const sure = sureOfItsClock(timed)
  if (sure < 0) return { far: 0, extent: all }
  let [from, to] = [start[sure], end[sure]]
  let far = 0
  for (let row = 0; row < start.length; row++) {
    if (isFar(timed, sure, row)) far++
    else [from, to] = [Math.min(from, start[row]), Math.max(to, end[row])]
  }
  return { far, extent: far ? [from, Math.max(to, from + 1)] : all }
}

type Timed = Pick<Layout, 'start' | 'end' | 'tree'>

function isFar({ start, end }: Timed, sure: number, row: number): boolean {
  return Math.abs(start[row] - start[sure]) > FAR || end[row] - end[sure] > FAR
}

/** What others are measured by: the root, unless most spans are far from it; -1 where none is far from another. */
export function sureOfItsClock({ start, end, tree }: Timed): number {
  const root = tree.roots[0] ?? tree.orphans[0]?.rows[0] ?? -1
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const at of start) first = Math.min(first, at)
  for (const at of end) last = Math.max(last, at)
  if (root < 0 || last - first < FAR) return -1
  const near = start.reduce((sum, at) => sum + (Math.abs(at - start[root]) > FAR ? 0 : 1), 0)
  if (near * 2 >= start.length) return root
  const rows = Int32Array.from(start.keys()).sort((a, b) => start[a] - start[b] || a - b)
  return rows[rows.length >> 1]
}

function aired([from, to]: readonly [number, number], right: number): readonly [number, number] {
  return [from - AIR * (to - from), to + right * (to - from)]
}

/** The time of the trace and some seconds around it, as the pages' time range. */
export function rangeOf({ columns, extent }: Layout): string {
  const at = (ns: number, ms: number) => new Date(Number((columns.origin + BigInt(Math.round(ns))) / 1_000_000n) + ms)
  return `${at(extent[0], -5000).toISOString()}..${at(extent[1], 5000).toISOString()}`
}

/** The error that ended first; of two that ended together, the inner one. -1 when nothing failed. */
export function firstError({ columns, tree, end }: Layout): number {
  let first = -1
  for (let row = 0; row < columns.count; row++) {
    if (!columns.error[row]) continue
    const before = first < 0 || end[row] < end[first]
    if (before || (end[row] === end[first] && tree.depth[row] > tree.depth[first])) first = row
  }
  return first
}

/** The trace's own time; records outside of it by little (a line logged just after the end) widen it. */
function extentOf(start: Float64Array, end: Float64Array, logs: Instants): readonly [number, number] {
  let first = Number.POSITIVE_INFINITY
  let last = Number.NEGATIVE_INFINITY
  for (const at of start) if (at < first) first = at
  for (const at of end) if (at > last) last = at
  // Without a span there may still be records.
  if (first > last) for (const at of logs.at) [first, last] = [Math.min(first, at), Math.max(last, at)]
  if (first > last) return [0, 1]
  const near = (at: number) => at > first - margin && at < last + margin
  const margin = (last - first) / 10
  const [from, to] = logs.at
    .filter(near)
    .reduce(([from, to], at) => [Math.min(from, at), Math.max(to, at)], [first, last])
  return to > from ? [from, to] : [from, from + 1]
}

function untilNow({ running }: Columns, end: Float64Array, now: number) {
  for (let row = 0; row < end.length; row++) if (running[row] === RUNNING) end[row] = Math.max(end[row], now)
}

/** A span that runs was last heard of before its children came back: it lasts at least as long as they. */
function lastAsLongAsChildren(columns: Columns, tree: Tree, end: Float64Array) {
  for (let i = tree.order.length - 1; i >= 0; i--) {
    const row = tree.order[i]
    const above = tree.parent[row]
    if (above >= 0 && columns.running[above] === RUNNING) end[above] = Math.max(end[above], end[row])
  }
}

/** Nobody waits for a consumer, nor for what starts when its parent is over. */
function asynchronous(columns: Columns, row: number, start: Float64Array, parentEnd: number): boolean {
  return columns.kind[row] === CONSUMER || start[row] >= parentEnd
}

function coverage(columns: Columns, tree: Tree, start: Float64Array, end: Float64Array): Spread {
  const offset = new Uint32Array(columns.count + 1)
  const from = new Float64Array(tree.children.length)
  const to = new Float64Array(tree.children.length)
  let used = 0
  for (let row = 0; row < columns.count; row++) {
    const begin = start[row]
    const finish = end[row]
    const open = used
    for (let i = tree.first[row]; i < tree.first[row + 1]; i++) {
      const child = tree.children[i]
      if (asynchronous(columns, child, start, finish)) continue
      const childFrom = Math.max(begin, start[child])
      const childTo = Math.min(finish, end[child])
      if (childTo <= childFrom) continue
      if (used > open && childFrom <= to[used - 1]) to[used - 1] = Math.max(to[used - 1], childTo)
      else {
        from[used] = childFrom
        to[used++] = childTo
      }
    }
    offset[row + 1] = used
  }
  return { offset, from: from.slice(0, used), to: to.slice(0, used), queue: new Uint8Array(used) }
}

function byPlace(list: Instants, place: Int32Array): Placed {
  const places = list.row.map(row => (row < 0 ? -1 : place[row]))
  const { offset, order } = grouped(places, place.length)
  return {
    offset,
    row: Int32Array.from(order, i => list.row[i]),
    at: Float64Array.from(order, i => list.at[i]),
    severity: Uint8Array.from(order, i => list.severity[i]),
    ref: Array.from(order, i => list.ref[i]),
  }
}

function shifted(list: Instants, shift: Float64Array): Instants {
  return { ...list, at: list.at.map((at, i) => at + (list.row[i] < 0 ? 0 : shift[list.row[i]])) }
}

function errorsBelow(columns: Columns, tree: Tree): Uint32Array {
  const errors = Uint32Array.from(columns.error)
  for (let i = tree.order.length - 1; i >= 0; i--) {
    const row = tree.order[i]
    const above = tree.parent[row]
    if (above >= 0) errors[above] += errors[row]
  }
  return errors
}
