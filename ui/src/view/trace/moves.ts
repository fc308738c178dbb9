/** Everything that a key, a button or the pointer does to a trace page. */
import { ROW } from '../../draw/scene'
import { boxOf } from '../../model/boxes'
import { foldable, shortest } from '../../model/folds'
import type { Layout } from '../../model/layout'
import { type Tone, tone } from '../../model/marks'
import { isTimed, type Picture } from '../../model/pictures'
import { FOLD, LOG, OPEN, type Rows, reveal, SPAN, STRAYS, STUB } from '../../model/rows'
import { frame, isWhole, pan, type Window, zoomAt } from '../../model/zoom'
import type { Showing, Stage } from './stage'

/** Selects a span, opens what it is folded into, and brings its row on screen. */
export function select(stage: Stage, span: number, log = -1) {
  const { layout, view } = stage.now
  if (span < 0) return stage.set({ span: -1, log })
  const hidden = stage.now.rows.ofSpan[span] < 0
  if (hidden) stage.set({ view: reveal(layout, { ...view, criticalOnly: false, shortest: 0 }, span) })
  stage.set({ span, log })
  return scrollTo(stage, chosenRow(stage.now))
}

export function selectLog(stage: Stage, log: number) {
  const span = stage.now.layout.logs.row[log]
  select(stage, span, log)
  showTime(stage, stage.now.layout.logs.at[log])
}

/** The rows have another height: what is selected stays on screen, or comes there at first. */
export function settle(stage: Stage, height: number) {
  const { scroll, height: before } = stage.now
  const row = chosenRow(stage.now)
  const seen = before === 0 || (row * ROW >= scroll && (row + 1) * ROW <= scroll + before)
  stage.set({ height })
  if (seen) scrollTo(stage, row)
}

function scrollTo(stage: Stage, row: number) {
  const { scroll, height } = stage.now
  if (row < 0 || height === 0) return
  const top = row * ROW
  const margin = Math.min(3 * ROW, height / 4)
  if (top >= scroll + margin && top + ROW <= scroll + height - margin) return
  const above = top < scroll + margin
  stage.set({ scroll: Math.max(0, above ? top - margin : top + ROW + margin - height) })
}

/** Moves the window, at its width, so that an instant is on screen. */
function showTime(stage: Stage, at: number) {
  const { window, layout } = stage.now
  if (at >= window[0] && at <= window[1]) return
  const half = (window[1] - window[0]) / 2
  stage.set({ window: pan([at - half, at + half], 0, layout.whole) })
}

/** The next line of what is on screen: of a table or a list where there is one, else of the waterfall. */
export function nextLine(stage: Stage, by: number) {
  if (stage.lines) stage.lines(by)
  else step(stage, by)
}

/** The selection moves by rows, over spans, folds and records alike. */
export function step(stage: Stage, by: number) {
  const { rows } = stage.now
  const from = chosenRow(stage.now)
  const to = Math.min(rows.length - 1, Math.max(0, from < 0 ? 0 : from + by))
  const way = by < 0 ? -1 : 1
  const next = selectable(rows, to, way)
  choose(stage, next < 0 ? selectable(rows, to, -way) : next)
}

/** The nearest row from one on that stands for something: "parent not received" and the like do not. Else -1. */
function selectable({ kind, length }: Rows, from: number, way: number): number {
  for (let i = from; i >= 0 && i < length; i += way) if (kind[i] !== STUB && kind[i] !== STRAYS) return i
  return -1
}

/** The display row of the selection. A folded run is selected by its first member, which then has no row of its own. */
export function chosenRow({ rows, span, log, layout }: Stage['now']): number {
  if (log >= 0) for (let i = 0; i < rows.length; i++) if (rows.kind[i] === LOG && rows.ref[i] === log) return i
  if (span < 0 || rows.ofSpan[span] >= 0) return span < 0 ? -1 : rows.ofSpan[span]
  for (let i = 0; i < rows.length; i++) {
    if (rows.kind[i] === FOLD && layout.tree.children[layout.runs[rows.ref[i]].from] === span) return i
  }
  return -1
}

export function choose(stage: Stage, i: number) {
  const { rows, layout } = stage.now
  const ref = rows.ref[i]
  if (rows.kind[i] === SPAN) stage.set({ span: ref, log: -1 })
  else if (rows.kind[i] === LOG) stage.set({ span: layout.logs.row[ref], log: ref })
  else if (rows.kind[i] === FOLD) stage.set({ span: layout.tree.children[layout.runs[ref].from], log: -1 })
  scrollTo(stage, i)
}

export function toggle(stage: Stage, i: number) {
  const { rows, view } = stage.now
  const ref = rows.ref[i]
  const set = new Set(rows.kind[i] === FOLD ? view.unfolded : view.closed)
  if (!set.delete(ref)) set.add(ref)
  stage.set({ view: { ...view, [rows.kind[i] === FOLD ? 'unfolded' : 'closed']: set } })
}

/** Right opens, then goes to the first child; left closes, then goes to the parent. */
export function openOrEnter(stage: Stage) {
  const i = chosenRow(stage.now)
  if (i < 0) return step(stage, 0)
  if (stage.now.rows.state[i] === 1) return toggle(stage, i)
  return stage.now.rows.state[i] === OPEN ? step(stage, 1) : undefined
}

export function closeOrLeave(stage: Stage) {
  const i = chosenRow(stage.now)
  if (i < 0) return
  const { rows } = stage.now
  if (rows.state[i] === OPEN) return toggle(stage, i)
  for (let above = i - 1; above >= 0; above--) if (rows.level[above] < rows.level[i]) return choose(stage, above)
}

export function foldAll(stage: Stage, folded: boolean) {
  const { layout, view } = stage.now
  const closed = folded ? foldable(layout) : new Set<number>()
  const unfolded = folded ? new Set<number>() : new Set(layout.runs.keys())
  stage.set({ view: { ...view, closed, unfolded } })
}

export function nextError(stage: Stage, by: 1 | -1) {
  const { columns, tree } = stage.now.layout
  nextRow(
    stage,
    by,
    [...tree.order].filter(row => columns.error[row]),
  )
}

/** The next of some rows (in drawing order) after the selection, round and round. */
export function nextRow(stage: Stage, by: 1 | -1, rows: readonly number[]) {
  if (!rows.length) return
  const { place } = stage.now.layout.tree
  const from = stage.now.span < 0 ? -1 : place[stage.now.span]
  const next = by > 0 ? rows.find(row => place[row] > from) : rows.findLast(row => place[row] < from)
  select(stage, next ?? (by > 0 ? rows[0] : rows[rows.length - 1]))
}

const TONES: Tone[] = ['plain', 'warn', 'error']

/** The next log record in time: of all, of warnings and errors, or of errors alone. */
export function nextLog(stage: Stage, by: 1 | -1, least: Tone = 'plain') {
  const { logs } = stage.now.layout
  const wanted = TONES.slice(TONES.indexOf(least))
  const all = [...logs.ref.keys()].filter(i => wanted.includes(tone(logs.severity[i])))
  const sorted = all.sort((a, b) => logs.at[a] - logs.at[b])
  if (!sorted.length) return
  const at = sorted.indexOf(stage.now.log)
  selectLog(
    stage,
    sorted[(at < 0 ? (by > 0 ? 0 : -1) : at + by + sorted.length) % sorted.length] ?? sorted[sorted.length - 1],
  )
}

/** The stretch on screen and all there is, in whatever the picture has for its width. */
export function extentOf({ picture, window, layout, boxed, part }: Showing): { window: Window; whole: Window } {
  if (isTimed(picture)) return { window, whole: layout.whole }
  const whole = boxed?.boxes.extent ?? [0, 1]
  return { window: part ?? whole, whole }
}

export function showWindow(stage: Stage, to: Window) {
  const { whole } = extentOf(stage.now)
  const window = pan(to, 0, whole)
  stage.set(isTimed(stage.now.picture) ? { window } : { part: isWhole(window, whole) ? null : window })
}

export function zoomBy(stage: Stage, factor: number, at?: number) {
  const { window, whole } = extentOf(stage.now)
  const { cursor } = stage.now
  const inside = cursor !== null && cursor > window[0] && cursor < window[1]
  showWindow(stage, zoomAt(window, at ?? (inside ? cursor : (window[0] + window[1]) / 2), factor, whole))
}

export function panBy(stage: Stage, share: number) {
  const { window, whole } = extentOf(stage.now)
  showWindow(stage, pan(window, share, whole))
}

export function showAll(stage: Stage) {
  showWindow(stage, extentOf(stage.now).whole)
}

export function frameSpan(stage: Stage, row = stage.now.span) {
  const { layout, picture, boxed } = stage.now
  if (row < 0) return
  const box = isTimed(picture) || !boxed ? null : boxOf(boxed.boxes, boxed.refOf(row))
  if (isTimed(picture)) showWindow(stage, frame([layout.start[row], layout.end[row]], layout.whole))
  else if (box) showWindow(stage, frame([box.from, box.to], extentOf(stage.now).whole))
}

export function showPicture(stage: Stage, picture: Picture) {
  if (picture === stage.now.picture) return
  stage.set({ picture, boxed: null, part: null, hover: -1, cursor: null })
  if (picture === 'waterfall') scrollTo(stage, chosenRow(stage.now))
}

/** From a span to its parent, its longest child, or the sibling before or after: what arrows do in a flame. */
export function walk(stage: Stage, way: 'up' | 'down' | 'left' | 'right') {
  const { layout, span } = stage.now
  const { parent, first, children, roots } = layout.tree
  if (span < 0) return select(stage, roots[0] ?? layout.tree.order[0] ?? -1)
  if (way === 'up') return parent[span] >= 0 ? select(stage, parent[span]) : undefined
  if (way === 'down') return select(stage, longestOf(layout, children.subarray(first[span], first[span + 1])) ?? span)
  const above = parent[span]
  const beside = above >= 0 ? [...children.subarray(first[above], first[above + 1])] : roots
  select(stage, beside[beside.indexOf(span) + (way === 'left' ? -1 : 1)] ?? span)
}

function longestOf({ start, end }: Layout, rows: Int32Array): number | undefined {
  return rows.length
    ? rows.reduce((most, row) => (end[row] - start[row] > end[most] - start[most] ? row : most))
    : undefined
}

export function toggleView(stage: Stage, name: 'logs' | 'criticalOnly') {
  const { view } = stage.now
  stage.set({ view: { ...view, [name]: !view[name] } })
}

export function toggleShort(stage: Stage) {
  const { view, layout } = stage.now
  stage.set({ view: { ...view, shortest: view.shortest ? 0 : shortest(layout) } })
}
