/** The time axis above the bars; it counts from `zero`, the trace's first start. */
import { DAY, tickStep, ticks, YEAR } from '../model/zoom'
import { TICK_PX } from './bars'
import { type Scene, xOf } from './scene'
import { textWidth } from './text'

export const AXIS = 24

type Picture = Pick<Scene, 'theme' | 'window' | 'width'> & { zero: number }

export function drawAxis(ctx: CanvasRenderingContext2D, scene: Picture, cursor: number | null) {
  const { theme, width, window } = scene
  ctx.fillStyle = theme.panel
  ctx.fillRect(0, 0, width, AXIS)
  ctx.textBaseline = 'middle'
  ctx.font = `12px ${theme.sans}`
  const step = tickStep(window[1] - window[0], width / TICK_PX)
  let free = 0
  for (const at of ticks(window, scene.zero, width / TICK_PX)) {
    const x = Math.round(xOf(scene, at))
    const text = tickLabel(at - scene.zero, step)
    const right = x + textWidth(ctx, text) + 4
    ctx.fillStyle = theme.line
    ctx.fillRect(x, AXIS - 6, 1, 6)
    ctx.fillStyle = theme.dim
    if (right >= width || x < free) continue
    ctx.fillText(text, x + 4, AXIS / 2)
    free = right + 4
  }
  if (cursor !== null) drawCursorLabel(ctx, scene, cursor, step)
}

function drawCursorLabel(ctx: CanvasRenderingContext2D, scene: Picture, at: number, step: number) {
  const text = tickLabel(at - scene.zero, step / 100)
  const width = textWidth(ctx, text) + 8
  const x = Math.min(Math.max(0, xOf(scene, at) - width / 2), scene.width - width)
  ctx.fillStyle = scene.theme.ink
  ctx.fillRect(x, 3, width, AXIS - 6)
  ctx.fillStyle = scene.theme.bg
  ctx.fillText(text, x + 4, AXIS / 2)
}

const UNITS = [
  [1e9, 's'],
  [1e6, 'ms'],
  [1e3, 'µs'],
  [1, 'ns'],
] as const

/** As many decimals as it takes to tell one step from the next: `1.234567 s` when steps are microseconds. */
export function tickLabel(at: number, step: number): string {
  if (Math.abs(at) < step / 2) return '0'
  if (step >= YEAR) return `${Math.round(at / YEAR)}\u00a0y`
  if (step >= DAY) return `${Math.round(at / DAY)}\u00a0d`
  if (Math.abs(at) >= 60e9) return longLabel(at, step)
  const [unit, name] = UNITS.find(([unit]) => Math.abs(at) >= unit) ?? UNITS[3]
  return `${(at / unit).toFixed(decimalsFor(unit, step))}\u00a0${name}`
}

function decimalsFor(unit: number, step: number): number {
  return Math.min(9, Math.max(0, Math.ceil(Math.log10(unit / step) - 1e-9)))
}

const LONG_UNITS = [
  [86_400, 'd'],
  [3600, 'h'],
  [60, 'min'],
] as const

/** `1 min 40 s`, `6 h 12 min`, `1 d 6 h`; seconds with decimals where steps are shorter. */
function longLabel(at: number, step: number): string {
  const decimals = decimalsFor(1e9, step)
  let rest = Number((Math.abs(at) / 1e9).toFixed(decimals))
  const parts = LONG_UNITS.map(([seconds, unit]) => {
    const n = Math.floor(rest / seconds)
    rest -= n * seconds
    return n ? `${n}\u00a0${unit}` : ''
  })
  if (Number(rest.toFixed(decimals))) parts.push(`${rest.toFixed(decimals)}\u00a0s`)
  return `${at < 0 ? '−' : ''}${parts.filter(Boolean).join(' ')}`
}
