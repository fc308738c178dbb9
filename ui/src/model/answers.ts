/** What the server answers to questions that work something out, as the HTTP API documents it. */
import type { Kind, Scanned, ServiceRow, Value } from './api'

export type Signal = 'traces' | 'logs' | 'metrics'

export interface OperationRow extends Omit<ServiceRow, 'operations'> {
  kind: Kind
}

export interface Edge {
  from: string
  to: string
  kind: string
  count: number
  errors: number
  p95: number | null
}

/** A number as JSON holds it: what it lacks is `{"$double": "NaN"}`. */
export type Figure = number | null | { $double: string }

export interface Query {
  signal: Signal
  filter: string
  calculate?: string[]
  group_by?: string[]
  every?: string
  order?: string
  limit?: number
  metric?: string
  heatmap?: { field: string; buckets: number }
  start: string
  end?: string
}

export interface Line {
  group: Record<string, Value>
  calculate: string
  points: [at: string, value: Figure][]
}

export interface Exemplar {
  group: Record<string, Value>
  time: string
  value: Figure
  trace_id: string
  span_id: string | null
}

export interface QueryAnswer {
  columns: { name: string; unit: string }[]
  rows: Value[][]
  series: Line[]
  exemplars?: Exemplar[]
  other?: { groups: number; values: Record<string, Value> }
  scanned: Scanned
}

export interface HeatmapAnswer {
  x: string[]
  y: number[]
  cells: number[][]
  scanned: Scanned
}

export interface FieldRow {
  name: string
  scope: string
  type: string
  count: number
  score?: number
}

export interface ValueRow {
  value: Value
  count: number
}

export interface PatternRow {
  template: string
  count: number
  first_seen: string
  series: [at: string, count: number][]
}

export interface CompareAnswer {
  selection: { count: number }
  baseline: { count: number }
  fields: {
    field: string
    score: number
    values: { value: Value; selection: number; baseline: number }[]
  }[]
  scanned?: Scanned
}

export interface FlameNode {
  service: string | null
  name: string
  count: number
  errors: number
  total: number
  self: number
  children: FlameNode[]
}

export interface FlameAnswer {
  traces: number
  spans: number
  root: FlameNode
  left_out: number
  truncated: boolean
  scanned: Scanned
}

export interface MetricRow {
  name: string
  type: 'gauge' | 'sum' | 'histogram' | 'exponential_histogram' | 'summary'
  unit: string
  description: string
  temporality: 'delta' | 'cumulative' | null
  monotonic: boolean | null
  series: number
  last_seen: string
}
