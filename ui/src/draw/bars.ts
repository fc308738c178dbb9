/** The bars: self time solid and time in children pale, the critical path under them, events and log records on them. */
import { ENDED, LOST } from '../model/columns'
import { tone } from '../model/marks'
import { duration } from '../model/number'
import { FOLD, LOG, SPAN } from '../model/rows'
import { ticks } from '../model/zoom'
import { barLabel, drawLogText, type Labelled, spanLabel } from './label'
import { drawMark, drawMarks, markEdges } from './marks'
import { BAR, BAR_TOP, ROW, type Scene, visibleRows, xOf } from './scene'
import { textWidth } from './text'
import { background, dimmed } from './tree'

const PATH_TOP = 17
const PALE = 0.36
export const TICK_PX = 110

export function drawBars(ctx: CanvasRenderingContext2D, scene: Scene) {
  const { theme, width, height } = scene
  ctx.fillStyle = theme.bg
  ctx.fillRect(0, 0, width, height)
  ctx.textBaseline = 'middle'
  const [from, to] = visibleRows(scene)
  for (let i = from; i < to; i++) background(ctx, scene, i, i * ROW - scene.scroll)
  grid(ctx, scene)
  for (let i = from; i < to; i++) {
    ctx.globalAlpha = dimmed(scene, i) ? 0.25 : 1
    drawRow(ctx, scene, i, i * ROW - scene.scroll)
  }
  ctx.globalAlpha = 1
}

function grid(ctx: CanvasRenderingContext2D, scene: Scene) {
  ctx.fillStyle = scene.theme.line
  for (const at of ticks(scene.window, scene.layout.zero, scene.width / TICK_PX))
    ctx.fillRect(Math.round(xOf(scene, at)), 0, 1, scene.height)
}

function drawRow(ctx: CanvasRenderingContext2D, scene: Scene, i: number, y: number) {
  const { rows, layout } = scene
  const ref = rows.ref[i]
  if (rows.kind[i] === LOG) {
    drawLogText(ctx, scene, i, y)
    drawMark(
      ctx,
      scene,
      { at: layout.logs.at[ref], severity: layout.logs.severity[ref], count: 1, chosen: ref === scene.chosenLog },
      y,
    )
    return
  }
  if (rows.kind[i] === FOLD) drawRun(ctx, scene, ref, y)
  if (rows.kind[i] === SPAN) drawSpan(ctx, scene, ref, y, markEdges(scene, i))
  drawMarks(ctx, scene, i, y)
}

function drawSpan(ctx: CanvasRenderingContext2D, scene: Scene, row: number, y: number, marks: Labelled['marks']) {
  const { layout, colours } = scene
  const { columns, start, end } = layout
  const x0 = xOf(scene, start[row])
  const x1 = Math.max(xOf(scene, end[row]), x0 + 2)
  queue(ctx, scene, row, y)
  if (x1 >= 0 && x0 <= scene.width) {
    const alpha = ctx.globalAlpha
    ctx.fillStyle = colours[columns.service[row]]
    const parts = layout.covered.offset[row + 1] > layout.covered.offset[row]
    ctx.globalAlpha = parts ? alpha * PALE : alpha
    ctx.fillRect(x0, y + BAR_TOP, x1 - x0, BAR)
    ctx.globalAlpha = alpha
    if (parts) selfTime(ctx, scene, row, y)
    if (columns.running[row] !== ENDED) openEnd(ctx, scene, row, x1, y)
    if (columns.error[row]) outline(ctx, scene.theme.error, x0, x1, y)
    path(ctx, scene, row, y)
    events(ctx, scene, row, y)
  }
  spanLabel(ctx, scene, row, { x0, x1, y, marks })
}

/** What the children do not cover; pieces too thin to see are left out, or a wide span would cost a fill per child. */
function selfTime(ctx: CanvasRenderingContext2D, scene: Scene, row: number, y: number) {
  const { covered, start, end } = scene.layout
  const stop = covered.offset[row + 1]
  const [least, most] = scene.window
  let from = start[row]
  let i = firstEndingAfter(covered.to, covered.offset[row], stop, least)
  if (i > covered.offset[row]) from = covered.to[i - 1]
  for (; i < stop && from < most; i++) {
    solid(ctx, scene, from, covered.from[i], y)
    from = covered.to[i]
  }
  if (from < most) solid(ctx, scene, from, end[row], y)
}

function solid(ctx: CanvasRenderingContext2D, scene: Scene, from: number, to: number, y: number) {
  const x = xOf(scene, from)
  const width = xOf(scene, to) - x
  if (width >= 0.3) ctx.fillRect(x, y + BAR_TOP, Math.max(width, 0.5), BAR)
}

/** Binary search in ascending ends. */
function firstEndingAfter(ends: Float64Array, from: number, to: number, at: number): number {
  let low = from
  let high = to
  while (low < high) {
    const middle = (low + high) >> 1
    if (ends[middle] < at) low = middle + 1
    else high = middle
  }
  return low
}

/** A span that has not ended fades out to the right of where it was last seen; one that is lost stops at a cross. */
function openEnd(ctx: CanvasRenderingContext2D, scene: Scene, row: number, x1: number, y: number) {
  const alpha = ctx.globalAlpha
  if (scene.layout.columns.running[row] === LOST) {
    ctx.strokeStyle = scene.theme.error
    ctx.lineWidth = 1.5
    ctx.beginPath()
    for (const [dx, dy] of [
      [4, 4],
      [4, -4],
    ]) {
      ctx.moveTo(x1 + 6 - dx, y + BAR_TOP + BAR / 2 - dy)
      ctx.lineTo(x1 + 6 + dx, y + BAR_TOP + BAR / 2 + dy)
    }
    ctx.stroke()
    return
  }
  for (let i = 0; i < 5; i++) {
    ctx.globalAlpha = alpha * (0.75 - i * 0.15)
    ctx.fillRect(x1 + 2 + i * 4, y + BAR_TOP, 2, BAR)
  }
  ctx.globalAlpha = alpha
}

function outline(ctx: CanvasRenderingContext2D, colour: string, x0: number, x1: number, y: number) {
  ctx.strokeStyle = colour
  ctx.lineWidth = 1.5
  ctx.strokeRect(x0 - 0.75, y + BAR_TOP - 0.75, x1 - x0 + 1.5, BAR + 1.5)
}

function path(ctx: CanvasRenderingContext2D, scene: Scene, row: number, y: number) {
  const pieces = scene.layout.path
  ctx.fillStyle = scene.theme.ink
  for (let i = pieces.offset[row]; i < pieces.offset[row + 1]; i++) {
    if (pieces.queue[i]) continue
    const x = xOf(scene, pieces.from[i])
    ctx.fillRect(x, y + PATH_TOP, Math.max(1, xOf(scene, pieces.to[i]) - x), 2)
  }
}

/** The wait before an asynchronous span began, dotted and named. */
function queue(ctx: CanvasRenderingContext2D, scene: Scene, row: number, y: number) {
  const { path: pieces } = scene.layout
  for (let i = pieces.offset[row]; i < pieces.offset[row + 1]; i++) {
    if (!pieces.queue[i]) continue
    const [x0, x1] = [xOf(scene, pieces.from[i]), xOf(scene, pieces.to[i])]
    ctx.fillStyle = scene.theme.ink
    for (let x = Math.max(0, x0); x < Math.min(x1, scene.width); x += 4) ctx.fillRect(x, y + PATH_TOP, 2, 2)
    const text = `queue ${duration(pieces.to[i] - pieces.from[i])}`
    ctx.font = `12px ${scene.theme.sans}`
    ctx.fillStyle = scene.theme.dim
    // Of a bar that is off screen the length stands at the right edge.
    const stop = x1 > scene.width ? scene.width - 64 : x1
    if (stop - Math.max(x0, 0) > textWidth(ctx, text) + 12)
      ctx.fillText(text, Math.max(x0, 0) + 6, y + BAR_TOP + BAR / 2)
  }
}

function events(ctx: CanvasRenderingContext2D, scene: Scene, row: number, y: number) {
  const { events: list, tree } = scene.layout
  const place = tree.place[row]
  for (let i = list.offset[place]; i < list.offset[place + 1]; i++) {
    ctx.fillStyle = tone(list.severity[i]) === 'error' ? scene.theme.error : scene.theme.ink
    ctx.fillRect(Math.round(xOf(scene, list.at[i])) - 0.5, y + BAR_TOP - 3, 1.5, BAR + 3)
  }
}

/** All members in one lane: where they were busy, and how densely. */
function drawRun(ctx: CanvasRenderingContext2D, scene: Scene, ref: number, y: number) {
  const { layout, colours } = scene
  const { tree, start, end, columns, runs } = layout
  const run = runs[ref]
  const alpha = ctx.globalAlpha
  let last = 0
  ctx.fillStyle = colours[columns.service[tree.children[run.from]]]
  ctx.globalAlpha = alpha * 0.6
  let reached = Number.NEGATIVE_INFINITY
  for (let i = run.from; i < run.from + run.count; i++) {
    const row = tree.children[i]
    const x0 = xOf(scene, start[row])
    const x1 = Math.max(xOf(scene, end[row]), x0 + 1)
    last = Math.max(last, end[row])
    if (x1 <= reached || x1 < 0 || x0 > scene.width) continue
    ctx.fillRect(x0, y + BAR_TOP + 2, x1 - x0, BAR - 4)
    reached = x0 + 0.5
  }
  ctx.globalAlpha = alpha
  for (let i = run.from; i < run.from + run.count; i++) path(ctx, scene, tree.children[i], y)
  const from = start[tree.children[run.from]]
  const [x0, x1] = [xOf(scene, from), xOf(scene, last)]
  barLabel(ctx, scene, { text: `Σ ${duration(run.total)}`, x0, x1, y, colour: scene.theme.dim })
}

/** Where the pointer is in time. */
export function drawCursor(ctx: CanvasRenderingContext2D, scene: Scene, at: number) {
  ctx.fillStyle = scene.theme.edge
  ctx.fillRect(Math.round(xOf(scene, at)), 0, 1, scene.height)
}
