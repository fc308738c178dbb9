/** Answers that work something out, under the names that the pages use; made from the server's own types. */
import type { Value } from './api'
import type * as server from './server'

export type { Edge, FieldRow, MetricRow, OperationRow, ValueRow } from './server'

export type Signal = 'traces' | 'logs' | 'metrics'

/** A number as JSON holds it: what it lacks is `{"$double": "NaN"}`. */
export type Figure = Value
export type Line = Omit<server.QueryLine, 'group' | 'points'> & {
  group: Record<string, Value>
  points: [at: string, value: Figure][]
}
export type QueryAnswer = Omit<server.QueryAnswer, 'series'> & { series: Line[] }
export type HeatmapAnswer = QueryAnswer & { x: string[]; y: number[]; cells: number[][] }
export type Query = Omit<server.FiguresAsked, 'start'> & { signal: Signal; filter: string; start: string }

export type CompareAnswer = server.Comparison
export type FlameNode = server.FlameNode
export type FlameAnswer = server.Flame
export type PatternRow = Omit<server.PatternRow, 'series'> & { series: [at: string, count: number][] }
