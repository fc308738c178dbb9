/** The heatmap: cells, both axes, the chosen box and marks in time. */
import { type Box, countAt, type Heat, warmth } from '../model/heat'
import type { Theme } from './scene'
import { textWidth } from './text'

/** Room for the axes, left and below; as wide as the line chart's. */
const LEFT = 64
const FOOT = 20

export interface HeatScene {
  heat: Heat
  theme: Theme
  width: number
  height: number
  box: Box | null
  /** The cell that the keyboard is on. */
  cell: readonly [column: number, row: number] | null
  marks: readonly { at: number; label: string }[]
  level: (value: number) => string
  time: (ms: number) => string
}

type Place = Pick<HeatScene, 'heat' | 'width' | 'height'>

function xAt({ heat, width }: Place, ms: number): number {
  const [from, to] = [heat.times[0], heat.times.at(-1) as number]
  return LEFT + ((ms - from) / (to - from)) * (width - LEFT)
}

function rowY({ heat, height }: Place, row: number): number {
  return (height - FOOT) * (1 - row / (heat.levels.length - 1))
}

/** Between the rows, on their own scale. */
function yAt(place: Place, value: number): number {
  const { levels } = place.heat
  if (value <= levels[0]) return rowY(place, 0)
  const above = levels.findIndex(level => level >= value)
  if (above < 0) return 0
  const [low, high] = [levels[above - 1], levels[above]]
  return rowY(place, above - 1 + (value - low) / (high - low))
}

/** The cell under a point; points outside count as the nearest cell. */
export function cellAt({ heat, width, height }: Place, x: number, y: number): [column: number, row: number] {
  const columns = heat.times.length - 1
  const rows = heat.levels.length - 1
  const column = Math.floor(((x - LEFT) / (width - LEFT)) * columns)
  const row = Math.floor((1 - y / (height - FOOT)) * rows)
  return [Math.min(columns - 1, Math.max(0, column)), Math.min(rows - 1, Math.max(0, row))]
}

export function drawHeatmap(ctx: CanvasRenderingContext2D, scene: HeatScene) {
  ctx.clearRect(0, 0, scene.width, scene.height)
  drawCells(ctx, scene)
  drawAxes(ctx, scene)
  drawMarks(ctx, scene)
  if (scene.box) drawBox(ctx, scene, scene.box)
  if (scene.cell) drawCell(ctx, scene, scene.cell)
}

function drawCells(ctx: CanvasRenderingContext2D, scene: HeatScene) {
  const { heat, theme } = scene
  ctx.fillStyle = theme.accent
  for (let column = 0; column < heat.times.length - 1; column++) {
    const x0 = Math.round(xAt(scene, heat.times[column]))
    const x1 = Math.round(xAt(scene, heat.times[column + 1]))
    for (let row = 0; row < heat.levels.length - 1; row++) {
      const count = countAt(heat, column, row)
      if (!count) continue
      const [top, foot] = [Math.round(rowY(scene, row + 1)), Math.round(rowY(scene, row))]
      ctx.globalAlpha = warmth(count, heat.most)
      ctx.fillRect(
        x0,
        top,
        Math.max(1, x1 - x0 - (x1 - x0 > 3 ? 1 : 0)),
        Math.max(1, foot - top - (foot - top > 3 ? 1 : 0)),
      )
    }
  }
  ctx.globalAlpha = 1
}

const LABEL_Y_PX = 36
const LABEL_X_PX = 120

function drawAxes(ctx: CanvasRenderingContext2D, scene: HeatScene) {
  const { heat, theme, height, width } = scene
  ctx.font = `12px ${theme.sans}`
  ctx.fillStyle = theme.dim
  ctx.textBaseline = 'middle'
  const rows = heat.levels.length - 1
  const every = Math.max(1, Math.ceil((LABEL_Y_PX * rows) / (height - FOOT)))
  for (let row = 0; row <= rows; row += every) {
    const text = scene.level(heat.levels[row])
    const y = Math.min(height - FOOT - 6, Math.max(7, rowY(scene, row)))
    ctx.fillText(text, LEFT - 8 - textWidth(ctx, text), y)
  }
  const columns = heat.times.length - 1
  const step = Math.max(1, Math.ceil((LABEL_X_PX * columns) / (width - LEFT)))
  for (let column = 0; column < columns; column += step) {
    const text = scene.time(heat.times[column])
    const x = xAt(scene, heat.times[column])
    if (x + textWidth(ctx, text) < width) ctx.fillText(text, x, height - FOOT / 2)
  }
  ctx.fillStyle = theme.line
  ctx.fillRect(LEFT, height - FOOT, width - LEFT, 1)
}

function drawMarks(ctx: CanvasRenderingContext2D, scene: HeatScene) {
  const { theme, marks, height } = scene
  ctx.textBaseline = 'top'
  for (const { at, label } of marks) {
    const x = Math.round(xAt(scene, at))
    if (x < LEFT || x > scene.width) continue
    ctx.fillStyle = theme.edge
    ctx.fillRect(x, 0, 1, height - FOOT)
    ctx.fillStyle = theme.dim
    ctx.fillText(label, Math.min(x + 4, scene.width - textWidth(ctx, label) - 4), 2)
  }
}

function drawBox(ctx: CanvasRenderingContext2D, scene: HeatScene, box: Box) {
  const [x0, x1] = [xAt(scene, box.from), xAt(scene, box.to)]
  const [top, foot] = [yAt(scene, box.high), yAt(scene, box.low)]
  ctx.strokeStyle = scene.theme.ink
  ctx.lineWidth = 1.5
  ctx.strokeRect(x0, top, x1 - x0, foot - top)
}

function drawCell(ctx: CanvasRenderingContext2D, scene: HeatScene, [column, row]: readonly [number, number]) {
  const { times } = scene.heat
  const [x0, x1] = [xAt(scene, times[column]), xAt(scene, times[column + 1])]
  const [top, foot] = [rowY(scene, row + 1), rowY(scene, row)]
  ctx.strokeStyle = scene.theme.accent
  ctx.lineWidth = 2
  ctx.strokeRect(x0 - 1, top - 1, x1 - x0 + 2, foot - top + 2)
}
