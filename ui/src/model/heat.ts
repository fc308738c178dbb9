/** How many took how long, when: columns of time, rows of a figure on a log scale. */
import type { HeatmapAnswer } from './api'
import { milliseconds } from './time'

export interface Heat {
  /** Where columns begin, ms; the last value is where the last one ends. */
  times: number[]
  /** Where rows begin, from the foot; the last value is where the last one ends. */
  levels: number[]
  /** Column after column. */
  counts: Float64Array
  most: number
}

export function heatOf({ x, y, cells }: Pick<HeatmapAnswer, 'x' | 'y' | 'cells'>, stepMs: number): Heat {
  const times = x.map(at => milliseconds(BigInt(at)))
  const columns = times.length
  const rows = Math.max(0, y.length - 1)
  const counts = new Float64Array(columns * rows)
  cells.forEach((column, i) => {
    column.slice(0, rows).forEach((value, j) => {
      counts[i * rows + j] = value ?? 0
    })
  })
  times.push((times.at(-1) ?? 0) + stepMs)
  return { times, levels: y, counts, most: counts.reduce((a, b) => Math.max(a, b), 0) }
}

export function countAt(heat: Heat, column: number, row: number): number {
  return heat.counts[column * (heat.levels.length - 1) + row] ?? 0
}

/** Where the first column begins that holds anything. */
export function firstColumn(heat: Heat): number | null {
  const at = heat.counts.findIndex(count => count > 0)
  return at < 0 ? null : heat.times[Math.floor(at / (heat.levels.length - 1))]
}

/** 0 for nothing, else 0.12 … 1 on a log scale: one slow request among thousands must be seen. */
export function warmth(count: number, most: number): number {
  if (!count) return 0
  return most <= 1 ? 1 : 0.12 + (0.88 * Math.log(count)) / Math.log(most)
}

/** Cells of a heatmap, both ends included. */
export interface Cells {
  columns: readonly [number, number]
  rows: readonly [number, number]
}

/** A stretch of time (ms) and of a figure. */
export interface Box {
  from: number
  to: number
  low: number
  high: number
}

export function boxOf(heat: Heat, { columns, rows }: Cells): Box {
  const [c0, c1] = [...columns].sort((a, b) => a - b)
  const [r0, r1] = [...rows].sort((a, b) => a - b)
  const low = r0 === 0 ? 0 : heat.levels[r0]
  return { from: heat.times[c0], to: heat.times[c1 + 1], low, high: heat.levels[r1 + 1] }
}

export function writeBox({ from, to, low, high }: Box): string {
  return `${from}..${to},${Math.round(low)}..${Math.round(high)}`
}

export function readBox(text: string | undefined): Box | null {
  const match = /^(\d+)\.\.(\d+),(\d+)\.\.(\d+)$/.exec(text ?? '')
  if (!match) return null
  const [from, to, low, high] = match.slice(1).map(Number) as [number, number, number, number]
  return from < to && low < high ? { from, to, low, high } : null
}

/** A filter for what lies in the box's rows. */
export function boxFilter(filter: string, field: string, { low, high }: Box): string {
  const unit = field === 'duration' ? 'ns' : ''
  const inside = `${field}>=${Math.round(low)}${unit} ${field}<${Math.round(high)}${unit}`
  return filter.trim() ? `(${filter.trim()}) ${inside}` : inside
}

export function boxRange({ from, to }: Box): { start: string; end: string } {
  return { start: `${BigInt(Math.round(from)) * 1_000_000n}`, end: `${BigInt(Math.round(to)) * 1_000_000n}` }
}
