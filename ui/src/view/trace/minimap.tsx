/** The whole trace in 56 pixels: a drag chooses what the waterfall shows. */
import { type PointerEvent, useEffect, useRef } from 'react'
import { drawMinimap, drawWindow, MINIMAP } from '../../draw/minimap'
import { timeAt } from '../../draw/scene'
import { useDrawing } from '../parts/canvas'
import { useTheme } from '../theme'
import { useColours, useTraceData } from './data'
import { showAll, showWindow } from './moves'
import { useStage } from './stage'

const DRAG_PX = 4

export function Minimap() {
  const stage = useStage()
  const { layout, rows } = useTraceData()
  const theme = useTheme()
  const colours = useColours()
  const canvas = useRef<HTMLCanvasElement>(null)
  const background = useBackground()
  const from = useRef<number | null>(null)
  const redraw = useDrawing(canvas, (ctx, width) => {
    const picture = { layout, rows, theme, colours, width }
    ctx.drawImage(background(picture, ctx.canvas.width, devicePixelRatio), 0, 0, width, MINIMAP)
    drawWindow(ctx, theme, layout.near, stage.now.window, width)
  })
  useEffect(() => stage.subscribe(redraw), [stage, redraw])
  const at = (event: PointerEvent) => {
    const box = event.currentTarget.getBoundingClientRect()
    return event.clientX - box.left
  }
  const timeOf = (x: number) => timeAt({ window: layout.near, width: canvas.current?.clientWidth ?? 1 }, x)
  return (
    <canvas
      ref={canvas}
      className="minimap"
      role="img"
      aria-label="The whole trace; drag to choose what is shown below"
      onPointerDown={event => {
        event.currentTarget.setPointerCapture(event.pointerId)
        from.current = at(event)
      }}
      onPointerMove={event => {
        if (from.current === null || Math.abs(at(event) - from.current) < DRAG_PX) return
        const [left, right] = [from.current, at(event)].map(timeOf).sort((a, b) => a - b)
        showWindow(stage, [left, right])
      }}
      onPointerUp={event => {
        const moved = from.current !== null && Math.abs(at(event) - from.current) >= DRAG_PX
        const half = (stage.now.window[1] - stage.now.window[0]) / 2
        const middle = timeOf(at(event))
        if (!moved) showWindow(stage, [middle - half, middle + half])
        from.current = null
      }}
      onDoubleClick={() => showAll(stage)}
    />
  )
}

/** Drawn anew only when the trace, the width or the theme changes. */
function useBackground() {
  const kept = useRef<{ key: unknown[]; image: HTMLCanvasElement } | null>(null)
  return (picture: Parameters<typeof drawMinimap>[1], wide: number, ratio: number) => {
    const key = [picture.layout, picture.theme, picture.colours, wide]
    if (kept.current?.key.every((part, i) => part === key[i])) return kept.current.image
    const image = document.createElement('canvas')
    image.width = wide
    image.height = Math.round(MINIMAP * ratio)
    const ctx = image.getContext('2d')
    ctx?.setTransform(ratio, 0, 0, ratio, 0, 0)
    if (ctx) drawMinimap(ctx, picture)
    kept.current = { key, image }
    return image
  }
}
