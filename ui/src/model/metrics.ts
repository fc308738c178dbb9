/** What to show of a metric before anybody asks: by its type. */
import type { MetricRow } from './api'
import { term } from './filter'

export type MetricId = Pick<MetricRow, 'name' | 'type' | 'unit'>

/** `counter` is a sum that only grows. */
function kindOf(metric: Pick<MetricRow, 'type' | 'monotonic'>): 'gauge' | 'sum' | 'counter' | 'histogram' | 'summary' {
  if (metric.type === 'sum') return metric.monotonic ? 'counter' : 'sum'
  return metric.type === 'exponential_histogram' ? 'histogram' : metric.type
}

const DEFAULTS = {
  gauge: ['avg'],
  sum: ['sum'],
  counter: ['rate'],
  histogram: ['p50', 'p95', 'p99'],
  summary: ['rate', 'avg'],
}
const CHOICES = {
  gauge: ['avg', 'min', 'max', 'last', 'p95'],
  sum: ['sum', 'avg', 'min', 'max', 'last'],
  counter: ['rate', 'increase', 'max'],
  histogram: ['p50', 'p90', 'p95', 'p99', 'avg', 'max', 'rate', 'increase', 'sum'],
  summary: ['rate', 'avg', 'increase', 'sum'],
}

export function defaultFigures(metric: Pick<MetricRow, 'type' | 'monotonic'>): string[] {
  return DEFAULTS[kindOf(metric)]
}

export function figuresOf(metric: Pick<MetricRow, 'type' | 'monotonic'>): string[] {
  return CHOICES[kindOf(metric)]
}

/** What a type means, in one word that people use. */
export function kindWord(metric: Pick<MetricRow, 'type' | 'monotonic'>): string {
  const kind = kindOf(metric)
  return kind === 'sum' ? 'level' : kind
}

/** Names that hold all the words typed, in any order. */
export function foundMetrics(metrics: readonly MetricRow[], typed: string): MetricRow[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean)
  return metrics.filter(metric => {
    const text = `${metric.name} ${metric.description}`.toLowerCase()
    return words.every(word => text.includes(word))
  })
}

/** The filter with what tells this metric from others of its name; as it is where the name is its own. */
export function filterOf(metric: MetricId, filter: string, all: readonly MetricId[]): string {
  const namesakes = all.filter(({ name }) => name === metric.name)
  if (namesakes.length < 2) return filter
  const others = namesakes.map(({ unit }) => unit).filter(Boolean)
  // The filter knows no unit that is empty.
  const unit = metric.unit ? [term('unit', metric.unit)] : others.map(other => `-${term('unit', other)}`)
  const mine = [term('type', metric.type), ...new Set(unit)].join(' ')
  return filter.trim() ? `(${filter.trim()}) ${mine}` : mine
}

/** The name is enough for an address, unless two metrics share it. */
export function metricKey({ name, type, unit }: MetricId): string {
  return `${name} ${type} ${unit}`.trim()
}
