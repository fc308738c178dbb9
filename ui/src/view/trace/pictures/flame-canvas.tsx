/** A flame picture that can be scrolled, zoomed, pointed at and chosen from; what its boxes stand for is the caller's. */
import { type MouseEvent, type PointerEvent, type ReactNode, useEffect, useRef, useState } from 'react'
import { AXIS, drawAxis } from '../../../draw/axis'
import { drawFlame, type FlameScene, LANE } from '../../../draw/flame'
import { timeAt } from '../../../draw/scene'
import { type Boxes, boxAt, boxOf } from '../../../model/boxes'
import { useDrawing, useSize } from '../../parts/canvas'
import { useTheme } from '../../theme'
import { Axis } from '../axis'
import { extentOf } from '../moves'
import { placeOf, useDragToPan, useWheel } from '../pointer'
import { useSheet } from '../share/use-sheet'
import { useStage } from '../stage'

interface Props extends Pick<FlameScene, 'boxes' | 'look' | 'path' | 'chosen'> {
  choose: (ref: number) => void
  /** A double click. */
  open: (ref: number) => void
  tip: (ref: number) => ReactNode
  label: string
}

interface Over {
  ref: number
  x: number
  y: number
}

/** Pixels beside a thin box that still count as on it. */
const NEAR = 3
/** More fit on no sheet. */
const MOST_LANES = 500

export function FlameCanvas({ boxes, look, path, chosen, choose, open, tip, label }: Props) {
  const stage = useStage()
  const theme = useTheme()
  const scroller = useRef<HTMLElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  const [height, setHeight] = useState(0)
  const [over, setOver] = useState<Over | null>(null)
  const drag = useDragToPan(stage)
  useWheel(canvas, stage)
  useSize(scroller, size => setHeight(size.height))
  useChosenInSight(scroller, boxes, chosen, height)
  const redraw = useDrawing(canvas, (ctx, width, tall) => {
    const { window } = extentOf(stage.now)
    const scroll = scroller.current?.scrollTop ?? 0
    const hover = over?.ref ?? -1
    drawFlame(ctx, { boxes, look, path, chosen, theme, window, scroll, hover, width, height: tall })
  })
  useEffect(() => stage.subscribe(redraw), [stage, redraw])
  useSheet(stage, () => {
    const width = canvas.current?.clientWidth ?? 0
    const tall = Math.min(MOST_LANES, boxes.lanes) * LANE
    const { window } = extentOf(stage.now)
    const picture = { boxes, look, path, chosen, theme, window, scroll: 0, hover: -1, width, height: tall }
    const axis = { theme, window, width, zero: stage.now.boxed ? boxes.extent[0] : stage.now.layout.zero }
    return {
      width,
      height: AXIS + tall,
      draw: ctx => {
        drawAxis(ctx, axis, null)
        ctx.translate(0, AXIS)
        drawFlame(ctx, picture)
      },
    }
  })
  const at = (event: PointerEvent | MouseEvent): Over | null => {
    const [x, y] = placeOf(event)
    const { window } = extentOf(stage.now)
    const width = event.currentTarget.clientWidth
    const lane = Math.floor((y + (scroller.current?.scrollTop ?? 0)) / LANE)
    const slack = ((window[1] - window[0]) / width) * NEAR
    const ref = boxAt(boxes, lane, timeAt({ window, width }, x), slack)
    return ref < 0 ? null : { ref, x, y }
  }
  const onPointerMove = (event: PointerEvent) => {
    if (drag.move(event)) return setOver(null)
    setOver(at(event))
    const { window } = extentOf(stage.now)
    stage.set({ cursor: timeAt({ window, width: event.currentTarget.clientWidth }, placeOf(event)[0]) })
  }
  return (
    <div className="flame">
      <Axis />
      <section ref={scroller} className="flame-scroller" tabIndex={0} aria-label="Picture" onScroll={redraw}>
        <div style={{ height: Math.max(height, boxes.lanes * LANE + LANE) }}>
          <div className="flame-picture" style={{ height }}>
            <canvas
              ref={canvas}
              role="img"
              aria-label={label}
              onPointerMove={onPointerMove}
              onPointerDown={drag.start}
              onPointerUp={event => {
                const found = drag.end() ? null : at(event)
                if (found) choose(found.ref)
              }}
              onPointerLeave={() => {
                setOver(null)
                stage.set({ cursor: null })
              }}
              onDoubleClick={event => {
                const found = at(event)
                if (found) open(found.ref)
              }}
            />
            {over && <Tip over={over}>{tip(over.ref)}</Tip>}
          </div>
        </div>
      </section>
    </div>
  )
}

const WIDE = 360

function Tip({ over: { x, y }, children }: { over: Over; children: ReactNode }) {
  const side = x > WIDE + 20 ? { right: `calc(100% - ${x}px + 8px)` } : { left: x + 14 }
  return (
    <div className="tooltip-place" aria-hidden="true">
      <div className="tooltip flame-tip" style={{ ...side, top: y + 18, maxWidth: WIDE }}>
        {children}
      </div>
    </div>
  )
}

/** A selection made elsewhere scrolls its lane on screen. */
function useChosenInSight(scroller: React.RefObject<HTMLElement | null>, boxes: Boxes, chosen: number, height: number) {
  useEffect(() => {
    const box = chosen < 0 ? null : boxOf(boxes, chosen)
    const element = scroller.current
    if (!box || !element || !height) return
    const top = box.lane * LANE
    if (top < element.scrollTop || top + LANE > element.scrollTop + height) element.scrollTop = top - height / 3
  }, [scroller, boxes, chosen, height])
}
