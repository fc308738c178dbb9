/** A heatmap to point at: a click asks for examples, a drag (or arrows with Shift) chooses a box. */
import { type KeyboardEvent, type PointerEvent, useRef, useState } from 'react'
import { cellAt, drawHeatmap } from '../../draw/heatmap'
import { type Box, boxOf, type Cells, countAt, type Heat } from '../../model/heat'
import { count } from '../../model/number'
import { clock } from '../../model/time'
import { figure } from '../../model/units'
import { useTheme } from '../theme'
import { useDrawing } from './canvas'

type Cell = [column: number, row: number]

interface Props {
  heat: Heat
  unit: string
  label: string
  box: Box | null
  choose: (box: Box | null) => void
  pick?: (box: Box) => void
  marks?: readonly { at: number; label: string }[]
  height?: number
}

const NO_MARKS: NonNullable<Props['marks']> = []
const timeOf = (ms: number) => clock(BigInt(Math.round(ms)) * 1_000_000n).slice(0, 8)

export function Heatmap({ heat, unit, label, box, choose, pick, marks = NO_MARKS, height = 240 }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const theme = useTheme()
  const [from, setFrom] = useState<Cell | null>(null)
  const [at, setAt] = useState<Cell | null>(null)
  const [keyed, setKeyed] = useState(false)
  const level = (value: number) => figure(value, unit)
  const dragged = from && at && (from[0] !== at[0] || from[1] !== at[1]) ? boxOf(heat, cells(from, at)) : null
  useDrawing(canvas, (ctx, width, height) =>
    drawHeatmap(ctx, {
      heat,
      theme,
      width,
      height,
      box: dragged ?? box,
      cell: keyed ? at : null,
      marks,
      level,
      time: timeOf,
    }),
  )
  const under = (event: PointerEvent): Cell => {
    const { left, top, width, height } = (canvas.current as HTMLCanvasElement).getBoundingClientRect()
    return cellAt({ heat, width, height }, event.clientX - left, event.clientY - top)
  }
  const finish = () => {
    if (dragged) choose(dragged)
    else if (from && at) pick?.(boxOf(heat, cells(at, at)))
    setFrom(null)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const moved = step(event.key, at ?? [0, 0], heat)
    if (!moved && !['Enter', 'Escape'].includes(event.key)) return
    event.preventDefault()
    event.stopPropagation()
    setKeyed(true)
    if (event.key === 'Escape') {
      setFrom(null)
      return choose(null)
    }
    if (event.key === 'Enter') return finish()
    setFrom(event.shiftKey ? (from ?? at ?? [0, 0]) : moved)
    setAt(moved)
  }
  return (
    <div
      className="heatmap"
      style={{ height }}
      role="application"
      tabIndex={0}
      aria-label={`${label}. Arrows move, Shift with arrows chooses a box, Enter takes it.`}
      onPointerDown={event => {
        event.currentTarget.setPointerCapture(event.pointerId)
        setKeyed(false)
        setFrom(under(event))
        setAt(under(event))
      }}
      onPointerMove={event => setAt(under(event))}
      onPointerLeave={() => !from && setAt(null)}
      onPointerUp={finish}
      onKeyDown={onKeyDown}
      onBlur={() => setKeyed(false)}
    >
      <canvas ref={canvas} />
      {at && <Said heat={heat} at={at} level={level} />}
    </div>
  )
}

function cells(a: Cell, b: Cell): Cells {
  return { columns: [a[0], b[0]], rows: [a[1], b[1]] }
}

function step(key: string, [column, row]: Cell, heat: Heat): Cell | null {
  const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[key]
  if (!by) return null
  const within = (value: number, most: number) => Math.max(0, Math.min(most, value))
  return [within(column + by[0], heat.times.length - 2), within(row + by[1], heat.levels.length - 2)]
}

function Said({ heat, at, level }: { heat: Heat; at: Cell; level: (value: number) => string }) {
  const [column, row] = at
  return (
    <p className="cell-said dim number" aria-live="polite">
      <span className="ink">{count(countAt(heat, column, row))}</span> took {level(heat.levels[row])} –{' '}
      {level(heat.levels[row + 1])} at {timeOf(heat.times[column])}
    </p>
  )
}
