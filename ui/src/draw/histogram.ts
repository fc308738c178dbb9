/** Counts over time: columns, the part with errors in red at the foot. */
import type { Bins } from '../model/facets'
import type { Theme } from './scene'

export function drawHistogram(ctx: CanvasRenderingContext2D, bins: Bins, theme: Theme, width: number, height: number) {
  ctx.clearRect(0, 0, width, height)
  const most = Math.max(1, ...bins.total)
  const step = width / bins.total.length
  bins.total.forEach((n, i) => {
    if (!n) return
    const tall = Math.max(2, (n / most) * (height - 2))
    const red = bins.errors[i] ? Math.max(2, (bins.errors[i] / n) * tall) : 0
    const x = Math.round(i * step)
    const wide = Math.max(1, Math.round((i + 1) * step) - x - 1)
    ctx.fillStyle = theme.edge
    ctx.fillRect(x, height - tall, wide, tall - red)
    ctx.fillStyle = theme.error
    ctx.fillRect(x, height - red, wide, red)
  })
  ctx.fillStyle = theme.line
  ctx.fillRect(0, height - 1, width, 1)
}
