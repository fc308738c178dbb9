/** How many, when; a drag across it is the new time range. */
import { type PointerEvent, useMemo, useRef, useState } from 'react'
import { drawHistogram } from '../../draw/histogram'
import type { Theme } from '../../draw/scene'
import { count } from '../../model/number'
import { rangeMs } from '../../model/range'
import { firstOf, type Stack } from '../../model/series'
import { axisTime, clock } from '../../model/time'
import { serverNow } from '../ask'
import { useRange } from '../frame/range'
import { useTheme } from '../theme'
import { useDrawing } from './canvas'
import { Since } from './since'

type Tone = 'edge' | 'dim' | 'line' | 'error' | 'warn' | 'accent'

interface Props {
  /** Null while it is not known yet: the room is kept. */
  stack: Stack | null
  /** A colour for each layer. */
  tones: readonly Tone[]
  label: string
}

const LEAST_DRAG_PX = 4

export function Timeline({ stack, tones, label }: Props) {
  const [range, setRange] = useRange()
  const theme: Theme = useTheme()
  const canvas = useRef<HTMLCanvasElement>(null)
  const [drag, setDrag] = useState<[number, number] | null>(null)
  const [at, setAt] = useState<number | null>(null)
  const { from, to } = stack ?? rangeMs(range, serverNow())
  const first = useMemo(() => stack && firstOf(stack), [stack])
  const colours = tones.map(tone => theme[tone])
  useDrawing(canvas, (ctx, width, height) => stack && drawHistogram(ctx, stack, colours, theme, width, height))
  const place = (event: PointerEvent) => event.clientX - event.currentTarget.getBoundingClientRect().left
  const timeOf = (x: number) => from + (x / (canvas.current?.clientWidth ?? 1)) * (to - from)
  const finish = () => {
    if (drag && Math.abs(drag[1] - drag[0]) > LEAST_DRAG_PX) {
      const [from, to] = drag.map(timeOf).sort((a, b) => a - b)
      setRange({ from, to })
    }
    setDrag(null)
  }
  return (
    <div
      className="histogram"
      onPointerDown={event => {
        event.currentTarget.setPointerCapture(event.pointerId)
        setDrag([place(event), place(event)])
      }}
      onPointerMove={event => {
        setAt(place(event))
        if (drag) setDrag([drag[0], place(event)])
      }}
      onPointerLeave={() => setAt(null)}
      onPointerUp={finish}
    >
      <canvas ref={canvas} role="img" aria-label={label} />
      <Since first={first} className="in-chart" />
      {drag && <div className="brush" style={{ left: Math.min(...drag), width: Math.abs(drag[1] - drag[0]) }} />}
      <span className="dim">{axisTime(from, to - from)}</span>
      <span className="dim middle number">{stack && at !== null && said(stack, timeOf(at))}</span>
      <span className="dim">{axisTime(to, to - from)}</span>
    </div>
  )
}

/** What one column holds. */
function said({ from, to, layers }: Stack, ms: number): string {
  const columns = layers[0]?.values.length ?? 1
  const column = Math.min(columns - 1, Math.max(0, Math.floor(((ms - from) / (to - from)) * columns)))
  const begin = from + (column / columns) * (to - from)
  const counts = layers
    .filter(layer => layer.values[column])
    .map(layer => `${count(layer.values[column])} ${layer.name}`)
  return `${clock(BigInt(Math.round(begin)) * 1_000_000n).slice(0, 8)} · ${counts.join(' · ') || 'none'}`
}
