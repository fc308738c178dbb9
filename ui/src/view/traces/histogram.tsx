/** When the traces began, errors in red; a drag across it is the new time range. */
import { type PointerEvent, useMemo, useRef, useState } from 'react'
import { drawHistogram } from '../../draw/histogram'
import type { TraceRow } from '../../model/api'
import { binTraces } from '../../model/facets'
import { plural } from '../../model/number'
import { rangeMs } from '../../model/range'
import { clock } from '../../model/time'
import { useRange } from '../frame/range'
import { useDrawing } from '../parts/canvas'
import { useTheme } from '../theme'

const BINS = 120
const LEAST_DRAG_PX = 4

export function Histogram({ traces, complete }: { traces: TraceRow[]; complete: boolean }) {
  const [range, setRange] = useRange()
  const theme = useTheme()
  const canvas = useRef<HTMLCanvasElement>(null)
  const [drag, setDrag] = useState<[number, number] | null>(null)
  const bins = useMemo(() => {
    const { from, to } = rangeMs(range, Date.now())
    return binTraces(traces, from, to, BINS)
  }, [traces, range])
  useDrawing(canvas, (ctx, width, height) => drawHistogram(ctx, bins, theme, width, height))
  const place = (event: PointerEvent) => event.clientX - event.currentTarget.getBoundingClientRect().left
  const timeOf = (x: number) => bins.from + (x / (canvas.current?.clientWidth ?? 1)) * (bins.to - bins.from)
  const finish = () => {
    if (drag && Math.abs(drag[1] - drag[0]) > LEAST_DRAG_PX) {
      const [from, to] = drag.map(timeOf).sort((a, b) => a - b)
      setRange({ from, to })
    }
    setDrag(null)
  }
  const at = (ms: number) => clock(BigInt(Math.round(ms)) * 1_000_000n).slice(0, 5)
  return (
    <div
      className="histogram"
      onPointerDown={event => {
        event.currentTarget.setPointerCapture(event.pointerId)
        setDrag([place(event), place(event)])
      }}
      onPointerMove={event => drag && setDrag([drag[0], place(event)])}
      onPointerUp={finish}
    >
      <canvas ref={canvas} role="img" aria-label={`When these ${plural(traces.length, 'trace')} began`} />
      {drag && <div className="brush" style={{ left: Math.min(...drag), width: Math.abs(drag[1] - drag[0]) }} />}
      <span className="dim">{at(bins.from)}</span>
      <span className="dim middle">{complete ? '' : 'of the traces loaded so far'}</span>
      <span className="dim">{at(bins.to)}</span>
    </div>
  )
}
