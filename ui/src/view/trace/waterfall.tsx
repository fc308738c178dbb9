/** The waterfall: a canvas for the tree, one for the bars, one for the axis, and a treegrid that says the same aloud. */
import { useEffect, useLayoutEffect, useRef } from 'react'
import { drawBars, drawCursor } from '../../draw/bars'
import { ROW } from '../../draw/scene'
import { drawTree } from '../../draw/tree'
import { useDrawing, useSize } from '../parts/canvas'
import { Splitter } from '../parts/splitter'
import { Axis } from './axis'
import { settle } from './moves'
import { useBarsPointer, useTreePointer } from './pointer'
import { useScene } from './scene'
import { useSheet } from './share/use-sheet'
import { waterfallSheet } from './share/waterfall-sheet'
import { useShowing, useStage } from './stage'
import { Zoom } from './toolbar'
import { Tooltip } from './tooltip'
import { Treegrid } from './treegrid'
import { useRecordsOnScreen } from './use-records'

const LEAST_TREE = 140

export function Waterfall() {
  const stage = useStage()
  const tree = useShowing(showing => showing.tree)
  useRecordsOnScreen()
  return (
    <div className="waterfall" style={{ gridTemplateColumns: `${tree}px 1fr` }}>
      <div className="tree-head">
        <span className="tree-title">Span</span> <Zoom />
      </div>
      <Axis />
      <Splitter
        label="Width of the tree"
        at={tree}
        least={LEAST_TREE}
        most={innerWidth * 0.6}
        move={tree => stage.set({ tree })}
        className="tree-splitter"
      />
      <Body tree={tree} />
    </div>
  )
}

/** The rows scroll natively; the canvases stay where they are and draw what has been scrolled to. */
function Body({ tree }: { tree: number }) {
  const stage = useStage()
  const scroller = useRef<HTMLDivElement>(null)
  const length = useShowing(showing => showing.rows.length)
  const height = useShowing(showing => showing.height)
  useSize(scroller, ({ height }) => settle(stage, height))
  const seen = useScroll(scroller)
  return (
    <div
      ref={scroller}
      className="rows-scroller"
      onScroll={event => {
        const scroll = event.currentTarget.scrollTop
        seen.current = scroll
        // What was under the pointer has moved away from it.
        if (Math.abs(scroll - stage.now.scroll) >= 1) stage.set({ scroll, hover: -1 })
      }}
    >
      <div className="rows-spacer" style={{ height: length * ROW }}>
        <div className="rows-picture" style={{ height }}>
          <TreeCanvas width={tree} />
          <BarsCanvas />
        </div>
        <Treegrid />
      </div>
    </div>
  )
}

/** A selection made elsewhere scrolls the rows. What the rows said last is kept: asking them would lay out the page. */
function useScroll(scroller: React.RefObject<HTMLDivElement | null>) {
  const seen = useRef(0)
  const scroll = useShowing(showing => showing.scroll)
  const length = useShowing(showing => showing.rows.length)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the spacer must have grown before one can scroll into it
  useLayoutEffect(() => {
    const element = scroller.current
    if (!element || Math.abs(seen.current - scroll) < 1) return
    element.scrollTop = scroll
    seen.current = element.scrollTop
  }, [scroller, scroll, length])
  return seen
}

function TreeCanvas({ width }: { width: number }) {
  const stage = useStage()
  const canvas = useRef<HTMLCanvasElement>(null)
  const makeScene = useScene()
  const pointer = useTreePointer(width)
  const redraw = useDrawing(canvas, (ctx, width, height) => drawTree(ctx, makeScene(width, height)))
  useEffect(() => stage.subscribe(redraw), [stage, redraw])
  return <canvas ref={canvas} style={{ width }} {...pointer} />
}

function BarsCanvas() {
  const stage = useStage()
  const canvas = useRef<HTMLCanvasElement>(null)
  const makeScene = useScene()
  const { pointer, mark } = useBarsPointer(canvas, makeScene)
  useSheet(stage, () => waterfallSheet(stage.now, makeScene))
  const redraw = useDrawing(canvas, (ctx, width, height) => {
    const scene = makeScene(width, height)
    drawBars(ctx, scene)
    if (stage.now.cursor !== null) drawCursor(ctx, scene, stage.now.cursor)
  })
  useSize(canvas, ({ width }) => stage.set({ width }))
  useEffect(() => stage.subscribe(redraw), [stage, redraw])
  return (
    <>
      <canvas ref={canvas} className="bars" {...pointer} />
      {mark && <Tooltip {...mark} />}
    </>
  )
}
