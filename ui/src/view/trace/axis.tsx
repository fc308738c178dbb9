import { useEffect, useRef } from 'react'
import { AXIS, drawAxis } from '../../draw/axis'
import { useDrawing } from '../parts/canvas'
import { useTheme } from '../theme'
import { extentOf } from './moves'
import { useAxisPointer } from './pointer'
import { useStage } from './stage'

/** What the width of the picture below stands for; a drag on it chooses what is shown. */
export function Axis() {
  const stage = useStage()
  const theme = useTheme()
  const canvas = useRef<HTMLCanvasElement>(null)
  const [drag, pointer] = useAxisPointer()
  const redraw = useDrawing(canvas, (ctx, width) => {
    const { layout, cursor, boxed } = stage.now
    const { window } = extentOf(stage.now)
    const zero = boxed ? boxed.boxes.extent[0] : layout.zero
    drawAxis(ctx, { theme, window, width, zero }, cursor)
  })
  useEffect(() => stage.subscribe(redraw), [stage, redraw])
  return (
    <div className="axis" style={{ height: AXIS }} {...pointer}>
      <canvas ref={canvas} />
      {drag && <div className="brush" style={drag} />}
    </div>
  )
}
