/** The rows of the waterfall from top to bottom, given what is folded, hidden and shown. */
import type { Layout } from './layout'
import type { Run } from './runs'

export const SPAN = 0
/** A run of alike siblings; `ref` is the run. */
export const FOLD = 1
/** "Parent not received"; `ref` is the orphan group. */
export const STUB = 2
/** A log record under its span; `ref` is its index in `layout.logs`. */
export const LOG = 3
/** The records of the trace that name none of its spans. */
export const STRAYS = 4

export const LEAF = 0
export const CLOSED = 1
export const OPEN = 2

export interface Rows {
  length: number
  kind: Uint8Array
  ref: Int32Array
  level: Uint32Array
  state: Uint8Array
  /** By span: its row here; -1 when it is folded away or hidden. */
  ofSpan: Int32Array
}

export interface View {
  /** Spans whose children are folded. */
  closed: ReadonlySet<number>
  /** Runs that are unfolded, by index. */
  unfolded: ReadonlySet<number>
  logs: boolean
  criticalOnly: boolean
  /** Subtrees shorter than this are left out, unless something went wrong in them. */
  shortest: number
}

export const PLAIN_VIEW: View = {
  closed: new Set(),
  unfolded: new Set(),
  logs: false,
  criticalOnly: false,
  shortest: 0,
}

class Builder {
  readonly kind: number[] = []
  readonly ref: number[] = []
  readonly level: number[] = []
  readonly state: number[] = []
  readonly ofSpan: Int32Array

  constructor(spans: number) {
    this.ofSpan = new Int32Array(spans).fill(-1)
  }

  push(kind: number, ref: number, level: number, state: number) {
    if (kind === SPAN) this.ofSpan[ref] = this.kind.length
    this.kind.push(kind)
    this.ref.push(ref)
    this.level.push(level)
    this.state.push(state)
  }

  done(): Rows {
    return {
      length: this.kind.length,
      kind: Uint8Array.from(this.kind),
      ref: Int32Array.from(this.ref),
      level: Uint32Array.from(this.level),
      state: Uint8Array.from(this.state),
      ofSpan: this.ofSpan,
    }
  }
}

/** What is still to be laid down, next first: a span, a folded run, a stub or a log record, and how deep. */
interface Pending {
  kind: number
  ref: number
  level: number
}

export function buildRows(layout: Layout, view: View): Rows {
  const rows = new Builder(layout.columns.count)
  const shown = shownSpans(layout, view)
  const stack: Pending[] = tops(layout).reverse()
  for (let next = stack.pop(); next; next = stack.pop()) {
    const below = childrenOf(layout, view, next, shown)
    const open = below.length > 0 && isOpen(view, next)
    rows.push(next.kind, next.ref, next.level, below.length === 0 ? LEAF : open ? OPEN : CLOSED)
    if (open) for (let i = below.length - 1; i >= 0; i--) stack.push(below[i])
  }
  return rows.done()
}

function tops(layout: Layout): Pending[] {
  const stubs = layout.tree.orphans.map((_, ref) => ({ kind: STUB, ref, level: 0 }))
  const strays = straysOf(layout).length ? [{ kind: STRAYS, ref: 0, level: 0 }] : []
  return [...layout.tree.roots.map(ref => ({ kind: SPAN, ref, level: 0 })), ...stubs, ...strays]
}

/** Log records that name no span of this trace, as indices in `layout.logs`. */
export function straysOf(layout: Layout): number[] {
  return indices(layout.logs.offset[layout.columns.count], layout.logs.at.length)
}

function indices(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i)
}

function isOpen(view: View, row: Pending): boolean {
  if (row.kind === FOLD) return view.unfolded.has(row.ref)
  return row.kind !== SPAN || !view.closed.has(row.ref)
}

function childrenOf(layout: Layout, view: View, row: Pending, shown: Uint8Array | null): Pending[] {
  const level = row.level + 1
  const spans = (rows: readonly number[]) =>
    rows.filter(r => !shown || shown[r]).map(ref => ({ kind: SPAN, ref, level }))
  if (row.kind === FOLD) return spans(membersOf(layout, layout.runs[row.ref]))
  if (row.kind === STUB) return spans(layout.tree.orphans[row.ref].rows)
  if (row.kind === LOG) return []
  if (row.kind === STRAYS) return view.logs ? straysOf(layout).map(ref => ({ kind: LOG, ref, level })) : []
  const below = childSpans(layout, row.ref, level, shown)
  return view.logs ? withLogs(layout, row.ref, level, below) : below
}

function membersOf(layout: Layout, run: Run): number[] {
  return Array.from(layout.tree.children.subarray(run.from, run.from + run.count))
}

/** A run is one row as long as all of it is shown. */
function childSpans(layout: Layout, row: number, level: number, shown: Uint8Array | null): Pending[] {
  const { tree, runAt, runs } = layout
  const keeps = (child: number) => !shown || shown[child] === 1
  const below: Pending[] = []
  for (let i = tree.first[row]; i < tree.first[row + 1]; i++) {
    const run = runAt[i]
    if (run >= 0 && tree.children.subarray(i, i + runs[run].count).every(keeps)) {
      below.push({ kind: FOLD, ref: run, level })
      i += runs[run].count - 1
    } else if (keeps(tree.children[i])) below.push({ kind: SPAN, ref: tree.children[i], level })
  }
  return below
}

/** Child spans and the span's own records, in order of time; a record before a span that starts with it. */
function withLogs(layout: Layout, row: number, level: number, below: Pending[]): Pending[] {
  const { logs, tree } = layout
  const place = tree.place[row]
  const records = indices(logs.offset[place], logs.offset[place + 1])
  const timed = below.map(each => ({ each, at: startOf(layout, each) }))
  const marks = records.map(ref => ({ each: { kind: LOG, ref, level }, at: logs.at[ref] }))
  return [...marks, ...timed].sort((a, b) => a.at - b.at).map(({ each }) => each)
}

function startOf(layout: Layout, row: Pending): number {
  return layout.start[row.kind === FOLD ? layout.tree.children[layout.runs[row.ref].from] : row.ref]
}

/** 1 for the spans that the view's filters keep, ancestors of kept ones included; null when all are. */
function shownSpans(layout: Layout, view: View): Uint8Array | null {
  if (!view.criticalOnly && view.shortest <= 0) return null
  const { tree, onPath, start, end, errors } = layout
  const kept = new Uint8Array(layout.columns.count)
  for (let i = tree.order.length - 1; i >= 0; i--) {
    const row = tree.order[i]
    const long = end[row] - start[row] >= view.shortest || errors[row] > 0
    if (view.criticalOnly ? onPath[row] > 0 : long) kept[row] = 1
    if (kept[row] && tree.parent[row] >= 0) kept[tree.parent[row]] = 1
  }
  return kept
}

/** What must be opened so that a span has a row of its own: ancestors that are closed, runs that are folded. */
export function reveal(layout: Layout, view: View, row: number): View {
  const { tree, runs, runAt } = layout
  const closed = new Set(view.closed)
  const unfolded = new Set(view.unfolded)
  for (let at = row, above = tree.parent[row]; above >= 0; at = above, above = tree.parent[above]) {
    closed.delete(above)
    const run = runOf(tree.children, tree.first[above], tree.first[above + 1], at)
    if (run >= 0) unfolded.add(run)
  }
  return { ...view, closed, unfolded }

  function runOf(children: Int32Array, from: number, to: number, child: number): number {
    let last = -1
    for (let i = from; i < to; i++) {
      if (runAt[i] >= 0) last = runAt[i]
      if (children[i] === child) return last >= 0 && i < runs[last].from + runs[last].count ? last : -1
    }
    return -1
  }
}

/** The spans above a row, topmost first, the row itself last. */
export function lineage(layout: Layout, row: number): number[] {
  const line: number[] = []
  for (let at = row; at >= 0; at = layout.tree.parent[at]) line.unshift(at)
  return line
}
