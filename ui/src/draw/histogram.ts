/** Counts over time: columns in layers, the gravest at the foot, where they are seen however few they are. */
import type { Stack } from '../model/series'
import type { Theme } from './scene'

export function drawHistogram(
  ctx: CanvasRenderingContext2D,
  { layers }: Stack,
  colours: readonly string[],
  theme: Theme,
  width: number,
  height: number,
) {
  ctx.clearRect(0, 0, width, height)
  const columns = layers[0]?.values.length ?? 0
  const totals = Array.from({ length: columns }, (_, i) => layers.reduce((sum, layer) => sum + layer.values[i], 0))
  const most = totals.reduce((a, b) => Math.max(a, b), 1)
  const step = width / Math.max(1, columns)
  totals.forEach((total, i) => {
    if (!total) return
    const x = Math.round(i * step)
    const wide = Math.max(1, Math.round((i + 1) * step) - x - 1)
    let foot = height
    layers.forEach((layer, l) => {
      const value = layer.values[i]
      if (!value) return
      const tall = Math.max(2, (value / most) * (height - 2))
      ctx.fillStyle = colours[l]
      ctx.fillRect(x, Math.max(0, foot - tall), wide, Math.min(tall, foot))
      foot -= tall
    })
  })
  ctx.fillStyle = theme.line
  ctx.fillRect(0, height - 1, width, 1)
}
