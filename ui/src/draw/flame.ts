/** Flame pictures: boxes in lanes, pale in their service's colour, with their names where these fit. */
import { type Boxes, firstAfter } from '../model/boxes'
import { type Theme, timeAt, xOf } from './scene'
import { cut, textWidth } from './text'

export const LANE = 20
/** Thinner boxes are drawn as one with their neighbours. */
const THIN = 0.7
const READABLE = 18
const PALE = 0.42
const LONGEST_BESIDE = 80

/** How a box looks. `fill` is laid on palely; `hatched` stands for what is missing. */
export interface Look {
  text: string
  fill: string
  failed: boolean
  dimmed: boolean
  hatched?: boolean
  /** What the picture is about. */
  strong?: boolean
  /** How much of the fill shows, from 0 to 1. */
  strength?: number
}

export interface FlameScene {
  boxes: Boxes
  window: readonly [number, number]
  width: number
  height: number
  scroll: number
  theme: Theme
  chosen: number
  hover: number
  look: (ref: number) => Look
  /** Stretches of the critical path inside a box, where the width is time. */
  path?: (ref: number, line: (from: number, to: number) => void) => void
}

export function drawFlame(ctx: CanvasRenderingContext2D, scene: FlameScene) {
  const { theme, width, height, scroll, boxes } = scene
  ctx.fillStyle = theme.bg
  ctx.fillRect(0, 0, width, height)
  ctx.textBaseline = 'middle'
  ctx.font = `12px ${theme.sans}`
  const last = Math.min(boxes.lanes, Math.ceil((scroll + height) / LANE))
  for (let lane = Math.max(0, Math.floor(scroll / LANE)); lane < last; lane++) drawLane(ctx, scene, lane)
  ctx.globalAlpha = 1
}

/** From left to right; behind a box too thin to see the next one that ends in another pixel is looked up. */
function drawLane(ctx: CanvasRenderingContext2D, scene: FlameScene, lane: number) {
  const { boxes, window, width } = scene
  const y = lane * LANE - scene.scroll
  const stop = boxes.first[lane + 1]
  const edgeOf = (i: number) => (i < stop ? xOf(scene, boxes.from[i]) : width)
  for (let i = firstAfter(boxes, lane, window[0]); i < stop && boxes.from[i] < window[1]; ) {
    const x0 = xOf(scene, boxes.from[i])
    const x1 = xOf(scene, boxes.to[i])
    if (x1 - x0 >= THIN) {
      drawBox(ctx, scene, boxes.ref[i], x0, x1, y)
      if (x1 - x0 < READABLE) beside(ctx, scene, boxes.ref[i], x1, edgeOf(i + 1), y)
      i++
      continue
    }
    drawThin(ctx, scene, boxes.ref[i], x0, y)
    const next = Math.max(i + 1, firstAfter(boxes, lane, timeAt({ window, width }, x0 + THIN)))
    if (next === i + 1) beside(ctx, scene, boxes.ref[i], x0 + THIN, edgeOf(next), y)
    i = next
  }
}

function drawThin(ctx: CanvasRenderingContext2D, scene: FlameScene, ref: number, x: number, y: number) {
  const { fill, failed, dimmed } = scene.look(ref)
  ctx.globalAlpha = dimmed ? 0.15 : 0.55
  ctx.fillStyle = failed ? scene.theme.error : fill
  ctx.fillRect(x, y + 1, THIN, LANE - 2)
  if (ref === scene.chosen) frame(ctx, scene.theme.accent, x - 1, x + 2, y)
}

/** The name of a box that is too thin for it, where nothing follows: whole, or not at all. */
function beside(ctx: CanvasRenderingContext2D, scene: FlameScene, ref: number, x: number, edge: number, y: number) {
  const { text, failed, dimmed } = scene.look(ref)
  if (dimmed || x < 0 || text.length > LONGEST_BESIDE || x + textWidth(ctx, text) + 12 > edge) return
  ctx.globalAlpha = 1
  ctx.fillStyle = failed ? scene.theme.error : scene.theme.dim
  ctx.fillText(text, x + 5, y + LANE / 2)
}

function drawBox(ctx: CanvasRenderingContext2D, scene: FlameScene, ref: number, x0: number, x1: number, y: number) {
  const { theme, width } = scene
  const { text, fill, failed, dimmed, hatched, strong, strength = PALE } = scene.look(ref)
  const left = Math.max(x0, -1)
  const right = Math.min(x1, width + 1)
  const wide = Math.max(THIN, right - left - (x1 - x0 > 2 ? 1 : 0))
  ctx.globalAlpha = (dimmed ? 0.12 : strong ? 0.7 : strength) + (ref === scene.hover ? 0.2 : 0)
  ctx.fillStyle = fill
  ctx.fillRect(left, y + 1, wide, LANE - 2)
  ctx.globalAlpha = dimmed ? 0.4 : 1
  if (hatched) hatch(ctx, fill, left, left + wide, y)
  ctx.fillStyle = fill
  if (!hatched) ctx.fillRect(left, y + 1, Math.min(2, wide), LANE - 2)
  if (failed) frame(ctx, theme.error, left + 0.75, left + wide - 0.75, y)
  if (ref === scene.chosen) frame(ctx, theme.accent, left, left + wide, y)
  ctx.fillStyle = theme.ink
  scene.path?.(ref, (from, to) => {
    const x = Math.max(xOf(scene, from), left)
    ctx.fillRect(x, y + LANE - 3, Math.max(1, Math.min(xOf(scene, to), right) - x), 2)
  })
  if (wide < READABLE) return
  ctx.fillStyle = failed ? theme.error : theme.ink
  if (strong) ctx.font = `600 12px ${theme.sans}`
  ctx.fillText(cut(ctx, text, wide - 10), left + 6, y + LANE / 2)
  if (strong) ctx.font = `12px ${theme.sans}`
}

function frame(ctx: CanvasRenderingContext2D, colour: string, x0: number, x1: number, y: number) {
  ctx.strokeStyle = colour
  ctx.lineWidth = 1.5
  ctx.strokeRect(x0, y + 1.25, x1 - x0, LANE - 2.5)
}

const HATCH = 6

/** Slanted lines, by rectangles' worth of path: they start where the box does, so that moving it moves them. */
function hatch(ctx: CanvasRenderingContext2D, colour: string, x0: number, x1: number, y: number) {
  ctx.strokeStyle = colour
  ctx.lineWidth = 1
  ctx.beginPath()
  for (let x = x0; x < x1 - HATCH; x += HATCH) {
    ctx.moveTo(x, y + LANE - 2)
    ctx.lineTo(x + HATCH, y + 2)
  }
  ctx.stroke()
  ctx.strokeRect(x0 + 0.5, y + 1.5, x1 - x0 - 1, LANE - 3)
}
