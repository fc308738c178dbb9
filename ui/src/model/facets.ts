/** What can be said about a page of traces from its own rows: which values occur, and when they began. */
import type { TraceRow } from './api'
import { milliseconds } from './time'

export interface Facet {
  field: string
  values: { value: string; count: number }[]
}

/** Services count in every trace that they take part in; names and statuses are the root's. What all share splits nothing. */
export function facetsOf(traces: readonly TraceRow[]): Facet[] {
  return [
    tally(
      'service',
      traces.flatMap(trace => [...new Set(trace.services.map(service => service.name))]),
    ),
    tally(
      'status',
      traces.map(trace => trace.status),
    ),
    tally(
      'name',
      traces.map(trace => trace.name),
    ),
  ].filter(facet => facet.values.some(({ count }) => count < traces.length))
}

function tally(field: string, values: readonly string[]): Facet {
  const counts = new Map<string, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  const rows = [...counts].map(([value, count]) => ({ value, count }))
  return { field, values: rows.sort((a, b) => b.count - a.count || a.value.localeCompare(b.value)) }
}

export interface Bins {
  from: number
  to: number
  total: number[]
  errors: number[]
}

/** How many traces began when, in `bins` equal parts of the range (ms). */
export function binTraces(traces: readonly TraceRow[], from: number, to: number, bins: number): Bins {
  const total = Array<number>(bins).fill(0)
  const errors = Array<number>(bins).fill(0)
  for (const trace of traces) {
    const at = milliseconds(BigInt(trace.start))
    const bin = Math.min(bins - 1, Math.max(0, Math.floor(((at - from) / (to - from)) * bins)))
    total[bin]++
    if (trace.errors > 0) errors[bin]++
  }
  return { from, to, total, errors }
}

/** Where a duration stands between the shortest and the longest, on a log scale: 0.02 … 1. */
export function logShare(duration: number, least: number, most: number): number {
  const low = Math.log(Math.max(least, 1))
  const high = Math.log(Math.max(most, 1))
  if (high - low < 1e-9) return 1
  return 0.02 + 0.98 * Math.min(1, Math.max(0, (Math.log(Math.max(duration, 1)) - low) / (high - low)))
}
