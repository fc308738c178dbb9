/** How long a span took beside others of its name: from figures over all of them, one question for the server. */
import { term } from './filter'

const LEVELS = [1, 5, 10, 25, 50, 75, 90, 95, 99] as const

/** The columns that `historyOf` reads. */
export const FIGURES = ['count', 'min(duration)', ...LEVELS.map(level => `p${level}(duration)`), 'max(duration)']

export interface History {
  /** The span itself left out. */
  others: number
  least: number
  most: number
  quantiles: { level: number; value: number }[]
}

/** Among fewer there is no telling what is slow. */
const LEAST = 5

/** Null among too few. The span itself is among those that were counted. */
export function historyOf(figures: readonly unknown[]): History | null {
  const [count, least, ...rest] = figures.map(Number)
  if (!(count > LEAST)) return null
  const quantiles = LEVELS.map((level, i) => ({ level, value: rest[i] }))
  return { others: count - 1, least, most: rest[LEVELS.length], quantiles }
}

export function valueAt({ quantiles }: History, level: (typeof LEVELS)[number]): number {
  return quantiles[LEVELS.indexOf(level)].value
}

/** `slower than 95 %`, `faster than all`, `as long as most`. */
export function rankWords({ least, most, quantiles }: History, own: number): string {
  if (least === most) return 'as long as all'
  if (own >= most) return 'slower than all'
  if (own <= least) return 'faster than all'
  const below = quantiles.findLast(({ value }) => value < own)?.level ?? 0
  const above = 100 - (quantiles.find(({ value }) => value > own)?.level ?? 100)
  if (!below && !above) return 'as long as most'
  return below >= above ? `slower than ${below}\u00a0%` : `faster than ${above}\u00a0%`
}

/** Where durations stand on a logarithmic line from the shortest to the longest, from 0 to 1. */
export function place({ least, most }: History, own: number): (duration: number) => number {
  const log = (duration: number) => Math.log(Math.max(1, duration))
  const [from, to] = [log(Math.min(least, own)), log(Math.max(most, own))]
  return duration => (to > from ? (log(duration) - from) / (to - from) : 0.5)
}

export function likeIt(service: string, name: string): string {
  return `${term('service', service)} ${term('name', name)}`
}
