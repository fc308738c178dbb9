/** Lines over time. A drag across it is the new time range; a click asks what was there. */
import { useEffect, useMemo, useRef, useState } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import type { Aligned } from '../../model/series'
import { groupLabel } from '../../model/series'
import { clock, day } from '../../model/time'
import { figure } from '../../model/units'
import { useTheme } from '../theme'
import { useSize } from './canvas'
import { chartOptions } from './chart-options'

export interface Dot {
  /** Milliseconds. */
  at: number
  value: number
  open: () => void
}

export interface ChartProps {
  aligned: Aligned
  unit: string
  /** A colour for each line. */
  colours: readonly string[]
  label: string
  height?: number
  from?: number
  to?: number
  onRange?: (from: number, to: number) => void
  onPick?: (at: number, line: number) => void
  dots?: readonly Dot[]
  /** Instants worth a line of their own. */
  marks?: readonly { at: number; label: string }[]
}

interface Cursor {
  index: number
  line: number | null
  left: number
}

export function Chart(props: ChartProps) {
  const { aligned, height = 220, label } = props
  const host = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot>(null)
  const latest = useRef(props)
  latest.current = props
  const theme = useTheme()
  const [cursor, setCursor] = useState<Cursor | null>(null)
  const data = useMemo(() => [aligned.times, ...aligned.lines.map(line => line.values)] as uPlot.AlignedData, [aligned])
  useEffect(() => {
    const element = host.current
    if (!element) return
    const options = chartOptions(() => latest.current, theme, element.clientWidth, height, setCursor)
    const made = new uPlot(options, data, element)
    plot.current = made
    return () => {
      plot.current = null
      made.destroy()
    }
  }, [data, theme, height])
  useSize(host, ({ width }) => width > 0 && plot.current?.setSize({ width, height }))
  return (
    <div className="chart" role="img" aria-label={label}>
      <div ref={host} />
      {cursor && <Readout {...props} cursor={cursor} />}
    </div>
  )
}

const MOST_READ = 8

/** What the lines say at the pointer: the nearest first, then from the top down. */
function Readout({ aligned, unit, colours, cursor }: ChartProps & { cursor: Cursor }) {
  const at = BigInt(Math.round(aligned.times[cursor.index] ?? 0)) * 1_000_000n
  const all = aligned.lines.map((line, i) => ({ line, i, value: line.values[cursor.index] ?? null }))
  const known = all.filter(({ value }) => value !== null).sort((a, b) => Number(b.value) - Number(a.value))
  const shown = known.slice(0, MOST_READ)
  return (
    <div className="readout" style={{ left: cursor.left }}>
      <p className="dim number">
        {day(at)} {clock(at).slice(0, 8)}
      </p>
      {shown.map(({ line, i, value }) => (
        <p key={`${i}`} className={`row ${i === cursor.line ? 'strong' : ''}`}>
          <span className="dot" style={{ background: colours[i] }} />
          <span className="cut">{groupLabel(line.group) || line.calculate}</span>
          <span className="number">{figure(value, unit)}</span>
        </p>
      ))}
      {known.length > shown.length && <p className="dim">{known.length - shown.length} more</p>}
    </div>
  )
}
