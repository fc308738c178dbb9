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
  for (const at of ticks(window, scene.zero, width / TICK_PX)) {
    const x = Math.round(xOf(scene, at))
    const text = tickLabel(at - scene.zero, step)
    ctx.fillStyle = theme.line
    ctx.fillRect(x, AXIS - 6, 1, 6)
    ctx.fillStyle = theme.dim
    if (x + textWidth(ctx, text) + 4 < width) ctx.fillText(text, x + 4, AXIS / 2)
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
  if (Math.abs(at) >= 60e9 && step >= 1e9) return clockLabel(at)
  const [unit, name] = UNITS.find(([unit]) => Math.abs(at) >= unit) ?? UNITS[3]
  const decimals = Math.min(9, Math.max(0, Math.ceil(Math.log10(unit / step) - 1e-9)))
  return `${(at / unit).toFixed(decimals)}\u00a0${name}`
}

/** `12:30` minutes and seconds, `3:12:30` with hours. */
function clockLabel(at: number): string {
  const seconds = Math.round(Math.abs(at) / 1e9)
  const two = (n: number) => String(Math.floor(n)).padStart(2, '0')
  const minutes = `${two((seconds / 60) % 60)}:${two(seconds % 60)}`
  return `${at < 0 ? '−' : ''}${seconds >= 3600 ? `${Math.floor(seconds / 3600)}:` : ''}${minutes}`
}
