/** The whole trace at a glance: its bars in rows of a pixel, errors above, log density below, and what is on screen. */
import type { Layout } from '../model/layout'
import { tone } from '../model/marks'
import { FOLD, type Rows, SPAN } from '../model/rows'
import type { Window } from '../model/zoom'
import { type Theme, xOf } from './scene'

export const MINIMAP = 56
const ERRORS = 7
const LOGS = 12
const BARS = MINIMAP - ERRORS - LOGS

interface Picture {
  layout: Layout
  /** Runs folded: what is alike shares a line. */
  rows: Rows
  theme: Theme
  colours: readonly string[]
  width: number
}

/** Does not change with zoom or scroll: drawn once, then copied. */
export function drawMinimap(ctx: CanvasRenderingContext2D, picture: Picture) {
  const { theme, width } = picture
  ctx.fillStyle = theme.bg
  ctx.fillRect(0, 0, width, MINIMAP)
  drawSpans(ctx, picture)
  drawErrors(ctx, picture)
  drawLogs(ctx, picture)
}

/** Rows share pixel lines; what would draw over the same pixels again is left out, which bounds the work. */
function drawSpans(ctx: CanvasRenderingContext2D, { layout, rows, colours, width }: Picture) {
  const { tree, columns, start, end, near, runs } = layout
  const scene = { window: near, width }
  const line = Math.min(4, BARS / Math.max(1, rows.length))
  const reached = new Float64Array(BARS).fill(-1)
  ctx.globalAlpha = 0.85
  for (let i = 0; i < rows.length; i++) {
    const y = Math.min(BARS - 1, Math.floor(i * line))
    if (rows.kind[i] === SPAN) drawSpan(rows.ref[i], y)
    if (rows.kind[i] !== FOLD) continue
    const run = runs[rows.ref[i]]
    for (let c = run.from; c < run.from + run.count; c++) drawSpan(tree.children[c], y)
  }
  ctx.globalAlpha = 1

  function drawSpan(row: number, y: number) {
    const x0 = xOf(scene, start[row])
    const x1 = Math.max(xOf(scene, end[row]), x0 + 1)
    if (x1 <= reached[y] && x1 - x0 < 2) return
    reached[y] = Math.max(reached[y], x1)
    ctx.fillStyle = colours[columns.service[row]]
    ctx.fillRect(x0, ERRORS + y, x1 - x0, Math.max(1, Math.round(line) - (line >= 3 ? 1 : 0)))
  }
}

function drawErrors(ctx: CanvasRenderingContext2D, { layout, theme, width }: Picture) {
  const { columns, end, near, logs } = layout
  const marked = new Uint8Array(Math.ceil(width) + 1)
  const mark = (at: number) => {
    marked[Math.max(0, Math.min(Math.ceil(width), Math.round(xOf({ window: near, width }, at))))] = 1
  }
  for (let row = 0; row < columns.count; row++) if (columns.error[row]) mark(end[row])
  for (let i = 0; i < logs.at.length; i++) if (tone(logs.severity[i]) === 'error') mark(logs.at[i])
  ctx.fillStyle = theme.error
  for (let x = 0; x < marked.length; x++) if (marked[x]) ctx.fillRect(x - 1, 1, 2, ERRORS - 2)
}

/** Square root of the count, so that one record beside a thousand is still seen. */
function drawLogs(ctx: CanvasRenderingContext2D, { layout, theme, width }: Picture) {
  const bins = new Uint32Array(Math.ceil(width / 3) + 1)
  for (const at of layout.logs.at) {
    const bin = Math.floor(xOf({ window: layout.near, width }, at) / 3)
    if (bin >= 0 && bin < bins.length) bins[bin]++
  }
  const most = Math.sqrt(bins.reduce((a, b) => Math.max(a, b), 1))
  ctx.fillStyle = theme.edge
  bins.forEach((n, i) => {
    const height = n ? Math.max(2, (Math.sqrt(n) / most) * (LOGS - 2)) : 0
    ctx.fillRect(i * 3, MINIMAP - height, 2, height)
  })
}

/** What is outside of the window stands back; the window has handles. */
export function drawWindow(ctx: CanvasRenderingContext2D, theme: Theme, whole: Window, window: Window, width: number) {
  const x0 = xOf({ window: whole, width }, window[0])
  const x1 = Math.max(xOf({ window: whole, width }, window[1]), x0 + 2)
  ctx.globalAlpha = 0.7
  ctx.fillStyle = theme.panel
  ctx.fillRect(0, 0, x0, MINIMAP)
  ctx.fillRect(x1, 0, width - x1, MINIMAP)
  ctx.globalAlpha = 1
  if (x0 <= 0 && x1 >= width) return
  ctx.fillStyle = theme.accent
  ctx.fillRect(x0 - 1, 0, 2, MINIMAP)
  ctx.fillRect(x1 - 1, 0, 2, MINIMAP)
}
