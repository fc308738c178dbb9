/** Text beside the bars, and the lines of log records under their marks. */
import { ENDED, LOST } from '../model/columns'
import { duration } from '../model/number'
import { BAR, BAR_TOP, ROW, type Scene, xOf } from './scene'
import { cut, textBefore, textWidth } from './text'
import { logColour, textLeft } from './tree'

/** How long a span took, or takes. */
export function spanLabel(
  ctx: CanvasRenderingContext2D,
  scene: Scene,
  row: number,
  at: Pick<Labelled, 'x0' | 'x1' | 'y' | 'marks'>,
) {
  const { columns, start, end } = scene.layout
  const length = duration(end[row] - start[row])
  const state = columns.running[row]
  const colour = columns.error[row] ? scene.theme.error : scene.theme.dim
  if (state === ENDED)
    return barLabel(ctx, scene, { ...at, text: length, x0: waitFrom(scene, row) ?? at.x0, bar: at.x0, colour })
  const now = scene.words.now(row)
  const [text, where] = state === LOST ? [`lost after ${length}`, 'last at'] : [`running ${length}`, 'now at']
  const more = now ? ` · ${where} ${now}` : ''
  barLabel(ctx, scene, { ...at, text, more, x1: at.x1 + 22, colour: scene.theme.ink })
}

/** Where a wait that is drawn before the bar begins: the room left of the bar is taken. */
function waitFrom(scene: Scene, row: number): number | null {
  const { path } = scene.layout
  for (let i = path.offset[row]; i < path.offset[row + 1]; i++) if (path.queue[i]) return xOf(scene, path.from[i])
  return null
}

/** A bar's label: its text, what follows it where there is room, and the marks that it keeps clear of. */
export interface Labelled {
  text: string
  more?: string
  /** Where what it is about begins on screen, and where the bar does, if that is later. */
  x0: number
  bar?: number
  x1: number
  y: number
  colour: string
  /** From left to right. */
  marks?: readonly (readonly [left: number, right: number])[]
}

/** Right of the bar, else left of it, else inside on a ground of its own; a bar off screen says where it went. */
export function barLabel(ctx: CanvasRenderingContext2D, scene: Scene, label: Labelled) {
  const { x0, x1, y, colour, marks = [], more = '' } = label
  ctx.font = `12px ${scene.theme.sans}`
  ctx.fillStyle = colour
  const middle = y + BAR_TOP + BAR / 2 + 0.5
  const put = (text: string, x: number) => ctx.fillText(text, x, middle)
  if (x1 < 0) return put(`◂ ${label.text}`, 4)
  if ((label.bar ?? x0) > scene.width)
    return put(`${label.text} ▸`, scene.width - textWidth(ctx, `${label.text} ▸`) - 4)
  const behind = Math.max(x1, ...marks.filter(([left]) => left < x1 + 40).map(([, right]) => right)) + 6
  const fits = [label.text + more, label.text].find(text => behind + textWidth(ctx, text) + 4 < scene.width)
  if (fits) return put(fits, behind)
  const width = textWidth(ctx, label.text)
  const before = Math.min(x0, ...marks.map(([left]) => left)) - width - 6
  if (before > 2) return put(label.text, before)
  const x = clearOf(marks, Math.min(x1, scene.width) - width - 8, width)
  ctx.fillStyle = scene.theme.bg
  ctx.fillRect(x - 4, y + BAR_TOP - 1, width + 8, BAR + 2)
  ctx.fillStyle = colour
  put(label.text, x)
}

/** The rightmost place from which on a text lies over no mark; its wanted one where there is none. */
function clearOf(marks: readonly (readonly [number, number])[], wanted: number, width: number): number {
  let x = wanted
  for (const [left, right] of marks.toReversed()) if (left < x + width + 6 && right > x - 6) x = left - width - 8
  return x > 4 ? x : wanted
}

/** The record's line, begun in the tree, runs on over the bars; before its mark it stops, and goes on behind it. */
export function drawLogText(ctx: CanvasRenderingContext2D, scene: Scene, i: number, y: number) {
  const ref = scene.rows.ref[i]
  ctx.font = `13px ${scene.theme.sans}`
  ctx.fillStyle = logColour(scene, ref)
  const x = textLeft(scene.rows.level[i], scene.tree) - scene.tree
  const mark = xOf(scene, scene.layout.logs.at[ref])
  const text = scene.words.log(ref)
  const before = mark < 0 ? text : textBefore(ctx, text, mark - MARK_ROOM - x)
  const room = scene.width - x - 8
  const put = (text: string, x: number, room: number) => ctx.fillText(cut(ctx, text, room), x, y + ROW / 2 + 0.5)
  put(before, x, room)
  if (before !== text) put(text.slice(before.length).trimStart(), mark + MARK_ROOM, scene.width - mark - MARK_ROOM - 8)
}

const MARK_ROOM = 9
