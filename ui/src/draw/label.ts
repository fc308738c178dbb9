/** Text beside the bars, and the lines of log records under their marks. */
import { ENDED, LOST } from '../model/columns'
import { duration } from '../model/number'
import { BAR, BAR_TOP, ROW, type Scene, xOf } from './scene'
import { cut, textWidth } from './text'
import { logColour, textLeft } from './tree'

/** How long a span took, or takes. */
export function spanLabel(ctx: CanvasRenderingContext2D, scene: Scene, row: number, x0: number, x1: number, y: number) {
  const { columns, start, end } = scene.layout
  const length = duration(end[row] - start[row])
  const state = columns.running[row]
  const colour = columns.error[row] ? scene.theme.error : scene.theme.dim
  if (state === ENDED) return barLabel(ctx, scene, length, waitFrom(scene, row) ?? x0, x1, y, colour)
  const now = scene.words.now(row)
  const text = state === LOST ? `lost after ${length}` : `running ${length}`
  return barLabel(ctx, scene, now ? `${text} · now at ${now}` : text, x0, x1 + 22, y, scene.theme.ink)
}

/** Where a wait that is drawn before the bar begins: the room left of the bar is taken. */
function waitFrom(scene: Scene, row: number): number | null {
  const { path } = scene.layout
  for (let i = path.offset[row]; i < path.offset[row + 1]; i++) if (path.queue[i]) return xOf(scene, path.from[i])
  return null
}

/** Right of the bar, else left of it, else inside on a ground of its own; a bar off screen says where it went. */
export function barLabel(
  ctx: CanvasRenderingContext2D,
  scene: Scene,
  text: string,
  x0: number,
  x1: number,
  y: number,
  colour: string,
) {
  ctx.font = `12px ${scene.theme.sans}`
  ctx.fillStyle = colour
  const width = textWidth(ctx, text)
  const middle = y + BAR_TOP + BAR / 2 + 0.5
  if (x1 < 0) return void ctx.fillText(`◂ ${text}`, 4, middle)
  if (x0 > scene.width) return void ctx.fillText(`${text} ▸`, scene.width - textWidth(ctx, `${text} ▸`) - 4, middle)
  if (x1 + width + 10 < scene.width) return void ctx.fillText(text, x1 + 6, middle)
  if (x0 - width - 8 > 0) return void ctx.fillText(text, x0 - width - 6, middle)
  const x = Math.min(x1, scene.width) - width - 8
  ctx.fillStyle = scene.theme.bg
  ctx.fillRect(x - 4, y + BAR_TOP - 1, width + 8, BAR + 2)
  ctx.fillStyle = colour
  ctx.fillText(text, x, middle)
}

/** The record's line, begun in the tree, runs on under its mark; around the mark it makes room. */
export function drawLogText(ctx: CanvasRenderingContext2D, scene: Scene, i: number, y: number) {
  const ref = scene.rows.ref[i]
  ctx.font = `13px ${scene.theme.sans}`
  ctx.fillStyle = logColour(scene, ref)
  const x = textLeft(scene.rows.level[i], scene.tree) - scene.tree
  const text = cut(ctx, scene.words.log(ref), scene.width - x - 8)
  ctx.fillText(text, x, y + ROW / 2 + 0.5)
  const mark = xOf(scene, scene.layout.logs.at[ref])
  if (x + textWidth(ctx, text) < mark - 8) return
  ctx.fillStyle = i === scene.chosen ? scene.theme.chosen : i === scene.hover ? scene.theme.hover : scene.theme.bg
  ctx.fillRect(mark - 8, y + 1, 16, ROW - 2)
}
