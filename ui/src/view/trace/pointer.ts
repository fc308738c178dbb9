/** What the pointer and the wheel do on the tree, the bars and the axis. */
import { type PointerEvent, type RefObject, useEffect, useState } from 'react'
import { markAt } from '../../draw/marks'
import { ROW, timeAt } from '../../draw/scene'
import { indentOf, TWISTY } from '../../draw/tree'
import type { Mark } from '../../model/marks'
import { FOLD, LEAF, SPAN } from '../../model/rows'
import { choose, extentOf, frameSpan, panBy, selectLog, showAll, showWindow, toggle, zoomBy } from './moves'
import type { MakeScene } from './scene'
import { type Stage, useShowing, useStage } from './stage'

const DRAG_PX = 4
const WHEEL_ZOOM = 0.002

export function placeOf(event: { clientX: number; clientY: number; currentTarget: EventTarget }): [number, number] {
  const box = (event.currentTarget as Element).getBoundingClientRect()
  return [event.clientX - box.left, event.clientY - box.top]
}

function rowAt({ now }: Stage, y: number): number {
  const row = Math.floor((y + now.scroll) / ROW)
  return row >= 0 && row < now.rows.length ? row : -1
}

function leave(stage: Stage) {
  stage.set({ hover: -1, cursor: null })
}

export function useTreePointer(width: number) {
  const stage = useStage()
  const onSign = (row: number, x: number) => {
    const { rows } = stage.now
    return rows.state[row] !== LEAF && x < indentOf(rows.level[row], width) + TWISTY + 2
  }
  return {
    onPointerMove: (event: PointerEvent) => {
      const hover = rowAt(stage, placeOf(event)[1])
      if (hover !== stage.now.hover) stage.set({ hover })
    },
    onPointerLeave: () => leave(stage),
    onPointerDown: (event: PointerEvent) => {
      const [x, y] = placeOf(event)
      const row = rowAt(stage, y)
      if (row < 0 || event.button !== 0) return
      if (onSign(row, x)) toggle(stage, row)
      else choose(stage, row)
    },
    onDoubleClick: (event: React.MouseEvent) => {
      const row = rowAt(stage, placeOf(event)[1])
      if (row >= 0 && stage.now.rows.kind[row] === FOLD) toggle(stage, row)
    },
  }
}

export interface Pointed {
  mark: Mark
  x: number
  y: number
}

export function useBarsPointer(canvas: RefObject<HTMLCanvasElement | null>, makeScene: MakeScene) {
  const stage = useStage()
  const [mark, setMark] = useState<Pointed | null>(null)
  useWheel(canvas, stage)
  const window = useShowing(showing => showing.window)
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was under the pointer moves away with the window
  useEffect(() => setMark(null), [window])
  const find = (event: PointerEvent) => {
    const [x, y] = placeOf(event)
    const row = rowAt(stage, y)
    const { clientWidth, clientHeight } = event.currentTarget
    const found = row < 0 ? null : markAt(makeScene(clientWidth, clientHeight), row, x)
    return { row, x, found, top: row * ROW - stage.now.scroll }
  }
  const drag = useDragToPan(stage)
  const pointer = {
    onPointerMove: (event: PointerEvent) => {
      if (drag.move(event)) return setMark(null)
      const { row, x, found, top } = find(event)
      setMark(found ? { mark: found, x, y: top } : null)
      stage.set({ hover: row, cursor: timeAt({ window: stage.now.window, width: event.currentTarget.clientWidth }, x) })
    },
    onPointerLeave: () => {
      setMark(null)
      leave(stage)
    },
    onPointerDown: drag.start,
    onPointerUp: (event: PointerEvent) => {
      if (drag.end()) return
      const { row, found } = find(event)
      if (found) selectLog(stage, found.worst)
      else if (row >= 0) choose(stage, row)
    },
    onDoubleClick: (event: React.MouseEvent) => {
      const row = rowAt(stage, placeOf(event)[1])
      if (row >= 0 && stage.now.rows.kind[row] === SPAN) frameSpan(stage, stage.now.rows.ref[row])
    },
  }
  return { pointer, mark }
}

/** A drag moves the picture sideways; a press without moving is a click. */
export function useDragToPan(stage: Stage) {
  const [drag] = useState({ from: 0, at: 0, down: false, moved: false })
  return {
    start: (event: PointerEvent) => {
      if (event.button !== 0) return
      event.currentTarget.setPointerCapture(event.pointerId)
      Object.assign(drag, { from: event.clientX, at: event.clientX, down: true, moved: false })
    },
    move: (event: PointerEvent): boolean => {
      if (!drag.down) return false
      drag.moved ||= Math.abs(event.clientX - drag.from) > DRAG_PX
      if (drag.moved) panBy(stage, (drag.at - event.clientX) / event.currentTarget.clientWidth)
      drag.at = event.clientX
      return drag.moved
    },
    end: (): boolean => {
      drag.down = false
      return drag.moved
    },
  }
}

/** Ctrl-wheel (and a pinch, which arrives as one) zooms at the pointer; sideways moves in time; else the rows scroll. */
export function useWheel(canvas: RefObject<HTMLCanvasElement | null>, stage: Stage) {
  useEffect(() => {
    const element = canvas.current
    const onWheel = (event: WheelEvent) => {
      const width = element?.clientWidth ?? 1
      if (event.ctrlKey || event.metaKey) {
        event.preventDefault()
        const at = timeAt(
          { window: extentOf(stage.now).window, width },
          placeOf({ ...placed(event), currentTarget: element as Element })[0],
        )
        zoomBy(stage, Math.exp(event.deltaY * WHEEL_ZOOM), at)
      } else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
        event.preventDefault()
        panBy(stage, (event.deltaX || event.deltaY) / width)
      }
    }
    // React's own wheel listeners are passive and could not keep the page from zooming.
    element?.addEventListener('wheel', onWheel, { passive: false })
    return () => element?.removeEventListener('wheel', onWheel)
  }, [canvas, stage])
}

function placed({ clientX, clientY }: WheelEvent) {
  return { clientX, clientY }
}

/** A drag on the axis selects what is shown next; a double click shows everything. */
export function useAxisPointer() {
  const stage = useStage()
  const [drag, setDrag] = useState<[number, number] | null>(null)
  const pointer = {
    onPointerDown: (event: PointerEvent) => {
      event.currentTarget.setPointerCapture(event.pointerId)
      const [x] = placeOf(event)
      setDrag([x, x])
    },
    onPointerMove: (event: PointerEvent) => {
      const [x] = placeOf(event)
      if (drag) setDrag([drag[0], x])
      stage.set({ cursor: timeAt({ window: extentOf(stage.now).window, width: event.currentTarget.clientWidth }, x) })
    },
    onPointerLeave: () => leave(stage),
    onPointerUp: (event: PointerEvent) => {
      const width = event.currentTarget.clientWidth
      if (drag && Math.abs(drag[1] - drag[0]) > DRAG_PX) {
        const [from, to] = drag.map(x => timeAt({ window: extentOf(stage.now).window, width }, x)).sort((a, b) => a - b)
        showWindow(stage, [from, to])
      }
      setDrag(null)
    },
    onDoubleClick: () => showAll(stage),
  }
  const brush = drag && { left: Math.min(...drag), width: Math.abs(drag[1] - drag[0]) }
  return [brush, pointer] as const
}
