/** The map of a trace on paper; on screen it is made of elements that can be tabbed through. */
import { placeOf, pointsOf, type Sizes, saidAt } from '../model/map-places'
import { shownName } from '../model/names'
import { count, duration, plural } from '../model/number'
import type { MapEdge, MapNode, ServiceMap } from '../model/service-map'
import type { Theme } from './scene'
import { cut, textWidth } from './text'

export interface MapScene {
  map: ServiceMap
  sizes: Sizes
  theme: Theme
  colours: readonly string[]
}

export function saidOf({ calls, total, errors }: MapEdge): string {
  return `${count(calls)} ×, ${duration(total)}${errors ? `, ${plural(errors, 'error')}` : ''}`
}

export function lineWidth({ calls }: MapEdge): number {
  return 1 + Math.min(2, Math.log10(calls))
}

export function drawMap(ctx: CanvasRenderingContext2D, scene: MapScene) {
  const { map, sizes, theme } = scene
  ctx.fillStyle = theme.bg
  ctx.fillRect(0, 0, sizes.width, sizes.height)
  ctx.textBaseline = 'middle'
  for (const edge of map.edges) drawLine(ctx, scene, edge)
  for (const edge of map.edges) drawSaid(ctx, scene, edge)
  map.nodes.forEach((node, i) => void drawNode(ctx, scene, node, scene.colours[i]))
}

function drawLine(ctx: CanvasRenderingContext2D, { map, sizes, theme }: MapScene, edge: MapEdge) {
  const [[x, y], ...rest] = pointsOf(map, sizes, edge)
  let above = y
  let left = x
  ctx.strokeStyle = edge.errors ? theme.error : theme.edge
  ctx.lineWidth = lineWidth(edge)
  ctx.beginPath()
  ctx.moveTo(x, y)
  for (const [toX, toY] of rest) {
    const half = (above + toY) / 2
    ctx.bezierCurveTo(left, half, toX, half, toX, toY)
    ;[left, above] = [toX, toY]
  }
  ctx.stroke()
  const down = edge.back ? -1 : 1
  ctx.fillStyle = theme.edge
  ctx.beginPath()
  ctx.moveTo(left, above)
  ctx.lineTo(left - 4, above - 8 * down)
  ctx.lineTo(left + 4, above - 8 * down)
  ctx.closePath()
  ctx.fill()
}

function drawSaid(ctx: CanvasRenderingContext2D, { map, sizes, theme }: MapScene, edge: MapEdge) {
  const { left, top } = saidAt(map, sizes, edge)
  const text = saidOf(edge)
  ctx.font = `12px ${theme.sans}`
  const width = textWidth(ctx, text)
  const x = edge.back ? left + 6 : left - width / 2
  ctx.fillStyle = theme.bg
  ctx.fillRect(x - 4, top - 8, width + 8, 16)
  ctx.fillStyle = edge.errors ? theme.error : theme.dim
  ctx.fillText(text, x, top)
}

function drawNode(ctx: CanvasRenderingContext2D, { map, sizes, theme }: MapScene, node: MapNode, colour: string) {
  const { left, top } = placeOf(map, sizes, node)
  const { wide, tall } = sizes
  ctx.fillStyle = theme.panel
  ctx.fillRect(left, top, wide, tall)
  ctx.strokeStyle = theme.line
  ctx.lineWidth = 1
  ctx.strokeRect(left, top, wide, tall)
  ctx.fillStyle = colour
  ctx.fillRect(left + 10, top + tall / 3 - 4, 8, 8)
  ctx.fillStyle = theme.ink
  ctx.font = `600 13px ${theme.sans}`
  ctx.fillText(cut(ctx, shownName(node.service), wide - 36), left + 26, top + tall / 3)
  ctx.font = `12px ${theme.sans}`
  ctx.fillStyle = node.errors ? theme.error : theme.dim
  const failed = node.errors ? ` · ${plural(node.errors, 'error')}` : ''
  const figures = `${plural(node.spans, 'span')}${failed} · self ${duration(node.self)}`
  ctx.fillText(cut(ctx, figures, wide - 20), left + 10, top + (2 * tall) / 3)
}
