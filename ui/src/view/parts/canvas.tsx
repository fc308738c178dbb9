/** A canvas that keeps its element's size at the screen's resolution and draws when told that something changed. */
import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef } from 'react'

export type Draw = (ctx: CanvasRenderingContext2D, width: number, height: number) => void

export interface Size {
  width: number
  height: number
}

export function useSize(ref: RefObject<HTMLElement | null>, onSize: (size: Size) => void) {
  const latest = useRef(onSize)
  latest.current = onSize
  useLayoutEffect(() => {
    const element = ref.current
    if (!element) return
    const observer = new ResizeObserver(([entry]) => {
      const { width, height } = entry.contentRect
      latest.current({ width, height })
    })
    observer.observe(element)
    return () => observer.disconnect()
  }, [ref])
}

/** Draws at most once per frame; `redraw` may be called as often as things change. */
export function useDrawing(ref: RefObject<HTMLCanvasElement | null>, draw: Draw): () => void {
  const latest = useRef(draw)
  const frame = useRef(0)
  latest.current = draw
  const redraw = useCallback(() => {
    frame.current ||= requestAnimationFrame(() => {
      frame.current = 0
      if (ref.current) paint(ref.current, latest.current)
    })
  }, [ref])
  useEffect(redraw)
  useSize(ref, redraw)
  useEffect(() => () => cancelAnimationFrame(frame.current), [])
  return redraw
}

function paint(canvas: HTMLCanvasElement, draw: Draw) {
  const { clientWidth: width, clientHeight: height } = canvas
  const ratio = devicePixelRatio
  const [wide, tall] = [Math.round(width * ratio), Math.round(height * ratio)]
  if (canvas.width !== wide) canvas.width = wide
  if (canvas.height !== tall) canvas.height = tall
  const ctx = canvas.getContext('2d')
  if (!ctx || !wide || !tall) return
  ctx.setTransform(ratio, 0, 0, ratio, 0, 0)
  draw(ctx, width, height)
}
