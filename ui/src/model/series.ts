/** Answers over time as columns of numbers on one time axis. */
import type { Figure, Line, QueryAnswer, Value } from './api'
import { milliseconds } from './time'
import { valueText } from './values'

const STEPS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400]

/** The shortest round step that divides `ms` into at most `most` parts, in seconds. */
function stepSeconds(ms: number, most: number): number {
  const least = ms / 1000 / most
  return STEPS_S.find(step => step >= least) ?? Math.ceil(least / 86_400) * 86_400
}

export function every(ms: number, most: number): string {
  return `${stepSeconds(ms, most)}s`
}

/** `30s`, `5m`, `2h` in milliseconds; 0 for what is none of these. */
export function stepMs(text: string): number {
  const match = /^(\d+)(s|m|h|d)$/.exec(text)
  if (!match) return 0
  return Number(match[1]) * ({ s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }[match[2] as 's'] as number)
}

/** NaN for what is absent. */
export function number(figure: Figure | Value | undefined): number {
  if (typeof figure === 'number') return figure
  if (figure && typeof figure === 'object' && '$double' in figure) return Number(figure.$double)
  if (figure && typeof figure === 'object' && '$int' in figure) return Number(figure.$int)
  return Number.NaN
}

export interface Aligned {
  /** Milliseconds, ascending. */
  times: number[]
  lines: { group: Record<string, Value>; calculate: string; values: (number | null)[] }[]
}

/** Lines brought onto the instants that any of them has. */
export function align(series: readonly Line[]): Aligned {
  const instants = [...new Set(series.flatMap(line => line.points.map(([at]) => at)))]
  const sorted = instants.map(at => ({ at, ms: milliseconds(BigInt(at)) })).sort((a, b) => a.ms - b.ms)
  const place = new Map(sorted.map(({ at }, i) => [at, i]))
  const lines = series.map(({ group, calculate, points }) => {
    const values = Array<number | null>(sorted.length).fill(null)
    for (const [at, value] of points) {
      const known = number(value)
      values[place.get(at) as number] = Number.isFinite(known) ? known : null
    }
    return { group, calculate, values }
  })
  return { times: sorted.map(({ ms }) => ms), lines }
}

/** `api · GET /videos`; empty for the line of everything. */
export function groupLabel(group: Record<string, Value>): string {
  const values = Object.values(group).map(value => (value === null ? '(absent)' : valueText(value)))
  return values.map(value => value || '(empty)').join(' · ')
}

/** Counts over a range in equal columns, one row of them per layer, from the foot up. */
export interface Stack {
  from: number
  to: number
  layers: { name: string; values: number[] }[]
}

/** Where the first column begins that holds anything; null where none does. */
export function firstOf({ from, to, layers }: Stack): number | null {
  const columns = layers[0]?.values.length ?? 0
  for (let i = 0; i < columns; i++) if (layers.some(layer => layer.values[i])) return from + (i / columns) * (to - from)
  return null
}

/** Places every point into its column; `layerOf` names the layer of a line, null leaves the line out. */
export function stack(
  series: readonly Line[],
  { from, to }: { from: number; to: number },
  step: number,
  names: readonly string[],
  layerOf: (line: Line) => string | null,
): Stack {
  const columns = Math.max(1, Math.ceil((to - from) / step))
  const layers = names.map(name => ({ name, values: Array<number>(columns).fill(0) }))
  for (const line of series) {
    const layer = layers.find(each => each.name === layerOf(line))
    if (!layer) continue
    for (const [at, value] of line.points) {
      const column = Math.floor((milliseconds(BigInt(at)) - from) / step)
      if (column >= -1 && column <= columns)
        layer.values[Math.min(columns - 1, Math.max(0, column))] += number(value) || 0
    }
  }
  return { from, to: from + columns * step, layers }
}

/** A row of a table as what its group columns hold, and its figures. */
export function rowGroup(
  answer: QueryAnswer,
  row: readonly Value[],
  groupBy: readonly string[],
): Record<string, Value> {
  return Object.fromEntries(groupBy.map(field => [field, row[answer.columns.findIndex(({ name }) => name === field)]]))
}
