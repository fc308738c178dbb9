/** Log records on the bars: hollow for information, an amber diamond for a warning, red for an error, a count where they merge. */

import { type Mark, tone } from '../model/marks'
import { count } from '../model/number'
import { type Scene, type Theme, xOf } from './scene'
import { textWidth } from './text'

const RADIUS = 4
const MIDDLE = 10

export function drawMarks(ctx: CanvasRenderingContext2D, scene: Scene, displayRow: number, y: number) {
  for (const mark of scene.marks(displayRow)) {
    const chosen = scene.chosenLog >= 0 && mark.members.includes(scene.chosenLog)
    drawMark(ctx, scene, { ...mark, chosen }, y)
  }
}

interface Drawn {
  at: number
  severity: number
  count: number
  chosen: boolean
}

export function drawMark(ctx: CanvasRenderingContext2D, scene: Scene, mark: Drawn, y: number) {
  const x = xOf(scene, mark.at)
  if (x < -20 || x > scene.width + 20) return
  const { theme } = scene
  const look = tone(mark.severity)
  const middle = y + MIDDLE
  const text = mark.count > 1 ? count(mark.count) : ''
  ctx.beginPath()
  if (text) pill(ctx, x, middle, pillWidth(ctx, scene, text))
  else if (look === 'warn') diamond(ctx, x, middle)
  else ctx.arc(x, middle, RADIUS, 0, 2 * Math.PI)
  ctx.fillStyle = look === 'error' ? theme.error : look === 'warn' ? theme.warn : theme.bg
  if (mark.chosen) ring(ctx, theme)
  ctx.strokeStyle = look === 'plain' ? theme.ink : theme.bg
  ctx.lineWidth = 1.25
  ctx.stroke()
  ctx.fill()
  if (!text) return
  ctx.fillStyle = look === 'plain' ? theme.ink : theme.bg
  ctx.font = `600 10px ${theme.sans}`
  ctx.fillText(text, x - RADIUS + 3, middle + 0.5)
}

/** Round the selected one, with air between. */
function ring(ctx: CanvasRenderingContext2D, theme: Theme) {
  ctx.strokeStyle = theme.accent
  ctx.lineWidth = 8
  ctx.stroke()
  ctx.strokeStyle = theme.bg
  ctx.lineWidth = 4
  ctx.stroke()
}

function pillWidth(ctx: CanvasRenderingContext2D, scene: Scene, text: string): number {
  ctx.font = `600 10px ${scene.theme.sans}`
  return textWidth(ctx, text) + 6
}

/** Its left end stands where the first record is. */
function pill(ctx: CanvasRenderingContext2D, x: number, middle: number, width: number) {
  ctx.roundRect(x - RADIUS, middle - 6.5, width, 13, 6.5)
}

function diamond(ctx: CanvasRenderingContext2D, x: number, middle: number) {
  const reach = RADIUS + 1
  ctx.moveTo(x, middle - reach)
  ctx.lineTo(x + reach, middle)
  ctx.lineTo(x, middle + reach)
  ctx.lineTo(x - reach, middle)
  ctx.closePath()
}

/** Where the marks of a row are that are on screen, for what keeps clear of them. */
export function markEdges(scene: Scene, displayRow: number): [left: number, right: number][] {
  const edges = scene.marks(displayRow).map((mark): [number, number] => {
    const x = xOf(scene, mark.at)
    return [x - RADIUS, x + RADIUS + (mark.count > 1 ? 6 * count(mark.count).length : 0)]
  })
  return edges.filter(([left, right]) => right > 0 && left < scene.width)
}

/** The mark under a point of a row, or null. */
export function markAt(scene: Scene, displayRow: number, x: number): Mark | null {
  let nearest: Mark | null = null
  for (const mark of scene.marks(displayRow)) {
    const left = xOf(scene, mark.at) - RADIUS - 2
    const right = left + 2 * RADIUS + 4 + (mark.count > 1 ? 6 * count(mark.count).length : 0)
    if (x >= left && x <= right) nearest = mark
  }
  return nearest
}
