/** How uPlot draws for us: hairlines, our colours and units, no legend of its own. */
import type uPlot from 'uplot'
import type { Theme } from '../../draw/scene'
import { axisTime } from '../../model/time'
import { figure } from '../../model/units'
import type { ChartProps } from './chart'

type Told = (cursor: { index: number; line: number | null; left: number } | null) => void

const READOUT_PX = 260
const NEAR_PX = 24
const DOT_PX = 6

export function chartOptions(
  props: () => ChartProps,
  theme: Theme,
  width: number,
  height: number,
  told: Told,
): uPlot.Options {
  const { unit, colours, aligned } = props()
  const line = (stroke: string) => ({
    stroke: theme.dim,
    grid: { stroke, width: 1 },
    ticks: { show: false },
    font: `12px ${theme.sans}`,
  })
  return {
    width,
    height,
    ms: 1,
    padding: [8, 28, 0, 0],
    legend: { show: false },
    cursor: { drag: { x: true, y: false, setScale: false }, focus: { prox: NEAR_PX }, points: { size: 5 } },
    focus: { alpha: 0.35 },
    scales: {
      x: { range: (_u, least, most) => [props().from ?? least, props().to ?? most] },
      y: { range: (_u, least, most) => [Math.min(0, least), most > 0 ? most * 1.05 : least < 0 ? 0 : 1] },
    },
    axes: [
      { ...line(theme.line), size: 28, space: 90, values: (u, all) => timeLabels(u, all) },
      { ...line(theme.line), size: 64, values: (_u, all) => all.map(value => figure(value, unit)) },
    ],
    series: [
      {},
      ...aligned.lines.map((each, i) => ({
        label: each.calculate,
        stroke: colours[i],
        width: 1.5,
        points: { show: lonely(each.values), size: 4 },
      })),
    ],
    hooks: {
      draw: [u => drawMarks(u, props(), theme), u => drawDots(u, props(), theme)],
      setCursor: [u => told(cursorOf(u))],
      setSeries: [u => told(cursorOf(u))],
      setSelect: [u => select(u, props())],
      ready: [u => u.over.addEventListener('click', event => click(u, event, props()))],
    },
  }
}

function timeLabels(u: uPlot, times: number[]): string[] {
  const { min = 0, max = 0 } = u.scales.x
  return times.map(at => axisTime(at, (max ?? 0) - (min ?? 0)))
}

/** A point between two gaps has no line to be seen by. */
function lonely(values: readonly (number | null)[]): boolean {
  return values.length < 3 || values.every((value, i) => value === null || (values[i - 1] ?? null) === null)
}

function cursorOf(u: uPlot) {
  const { idx, left = -1 } = u.cursor
  if (idx === null || idx === undefined || left < 0) return null
  const line = u.series.findIndex((series, i) => i > 0 && (series as { _focus?: boolean })._focus)
  const begin = u.over.offsetLeft
  const beside = left + begin + 16
  const fits = beside + READOUT_PX < u.width
  return {
    index: idx,
    line: line > 0 ? line - 1 : null,
    left: fits ? beside : Math.max(0, left + begin - 16 - READOUT_PX),
  }
}

function select(u: uPlot, { onRange }: ChartProps) {
  const { left, width } = u.select
  if (width < 4 || !onRange) return
  onRange(u.posToVal(left, 'x'), u.posToVal(left + width, 'x'))
  u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
}

function click(u: uPlot, event: MouseEvent, { dots = [], onPick }: ChartProps) {
  const { left, top } = u.over.getBoundingClientRect()
  const [x, y] = [event.clientX - left, event.clientY - top]
  const near = dots.find(dot => Math.hypot(u.valToPos(dot.at, 'x') - x, u.valToPos(dot.value, 'y') - y) < DOT_PX * 1.5)
  if (near) return near.open()
  const cursor = cursorOf(u)
  if (cursor && onPick) onPick(u.data[0][cursor.index] as number, cursor.line ?? 0)
}

function drawMarks(u: uPlot, { marks = [] }: ChartProps, theme: Theme) {
  const { ctx, bbox } = u
  ctx.save()
  ctx.fillStyle = theme.dim
  ctx.strokeStyle = theme.edge
  ctx.font = `${12 * devicePixelRatio}px ${theme.sans}`
  ctx.textBaseline = 'top'
  for (const { at, label } of marks) {
    const x = Math.round(u.valToPos(at, 'x', true)) + 0.5
    if (x < bbox.left || x > bbox.left + bbox.width) continue
    ctx.beginPath()
    ctx.moveTo(x, bbox.top)
    ctx.lineTo(x, bbox.top + bbox.height)
    ctx.stroke()
    ctx.fillText(label, x + 4 * devicePixelRatio, bbox.top)
  }
  ctx.restore()
}

/** Hollow, with a ground of their own: a line must not run through them. */
function drawDots(u: uPlot, { dots = [] }: ChartProps, theme: Theme) {
  const { ctx } = u
  ctx.save()
  ctx.fillStyle = theme.bg
  ctx.strokeStyle = theme.accent
  ctx.lineWidth = 1.5 * devicePixelRatio
  for (const { at, value } of dots) {
    ctx.beginPath()
    ctx.arc(u.valToPos(at, 'x', true), u.valToPos(value, 'y', true), (DOT_PX / 2) * devicePixelRatio, 0, 7)
    ctx.fill()
    ctx.stroke()
  }
  ctx.restore()
}
