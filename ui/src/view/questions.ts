/** What pages work out with the server: sums over time, fields and their values, differences, flame graphs. */
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import type {
  CompareAnswer,
  Edge,
  FieldRow,
  FlameAnswer,
  HeatmapAnswer,
  MetricRow,
  OperationRow,
  PatternRow,
  Query,
  QueryAnswer,
  Scanned,
  Signal,
  SqlAnswer,
  ValueRow,
} from '../model/api'
import { type Range, rangeParams } from '../model/range'
import { ask } from './ask'
import { askSlow } from './progress'

/** A question with a body; a newer one of the same slot takes its place. Not asked while there is no body. */
function usePosted<T>(slot: string, path: string, body: object | null, aside = false) {
  return useQuery({
    queryKey: [path, slot, body],
    queryFn: ({ signal }) => askSlow<T>(path, { body, signal, slot, aside }),
    enabled: body !== null,
    placeholderData: keepPreviousData,
  })
}

/** The questions that somebody asks by looking; all others are asked by a page for what stands around them. */
const ASKED = ['explore', 'heatmap', 'metric']

export function useSums(slot: string, query: Query | null) {
  return usePosted<QueryAnswer>(slot, '/api/query', query, !ASKED.includes(slot))
}

export function useHeatmap(slot: string, query: Query | null) {
  return usePosted<HeatmapAnswer>(slot, '/api/query', query, !ASKED.includes(slot))
}

export interface CompareQuestion {
  signal: Signal
  selection: { filter: string; start: string; end?: string }
  baseline?: { filter: string; start: string; end?: string }
  limit?: number
}

export function useCompare(question: CompareQuestion | null) {
  return usePosted<CompareAnswer>('compare', '/api/compare', question)
}

export interface FlameQuestion {
  filter: string
  start: string
  end?: string
  view: 'top_down' | 'bottom_up'
  focus: string
}

export function useFlame(question: FlameQuestion | null) {
  return usePosted<FlameAnswer>('flame', '/api/flame', question)
}

type Params = Record<string, string | number | undefined>

/** A question in the address; its answer stays good for as long as a page's data does. */
function useGot<T>(path: string, params: Params, { slot, enabled = true }: { slot?: string; enabled?: boolean } = {}) {
  return useQuery({
    queryKey: [path, params],
    queryFn: ({ signal }) => ask<T>(path, { params, signal, aside: true, ...(slot && { slot }) }),
    enabled,
    placeholderData: keepPreviousData,
  })
}

/** With a filter, if only an empty one, they say how well they split what matches. */
export function useFields(signal: Signal, filter: string | undefined, range: Range, enabled = true) {
  const params = { signal, filter, limit: MOST_FIELDS, ...rangeParams(range) }
  return useGot<{ fields: FieldRow[] }>('/api/fields', params, { enabled })
}

const MOST_FIELDS = 500

/** Values that begin with what was typed. */
export function usePrefixedValues(
  signal: Signal,
  field: string,
  prefix: string,
  filter: string,
  range: Range,
  most: number,
  enabled: boolean,
) {
  const params = { signal, field, prefix, filter, limit: most, ...rangeParams(range) }
  return useGot<{ values: ValueRow[] }>('/api/values', params, { slot: 'complete', enabled })
}

export function useValues(signal: Signal, field: string, filter: string, range: Range, most: number, enabled = true) {
  const params = { signal, field, filter, limit: most, ...rangeParams(range) }
  return useGot<{ values: ValueRow[]; truncated: boolean }>('/api/values', params, {
    slot: `values:${signal}:${field}`,
    enabled,
  })
}

export function usePatterns(filter: string, range: Range, enabled: boolean) {
  const params = { signal: 'logs', filter, ...rangeParams(range) }
  return useGot<{ patterns: PatternRow[]; scanned: Scanned; hint?: string }>('/api/patterns', params, {
    slot: 'patterns',
    enabled,
  })
}

export function useOperations(service: string, range: Range) {
  const path = `/api/services/${encodeURIComponent(service)}/operations`
  return useGot<{ operations: OperationRow[] }>(path, rangeParams(range))
}

export function useMap(range: Range) {
  return useGot<{ edges: Edge[] }>('/api/map', rangeParams(range))
}

export function useMetrics(range: Range) {
  return useGot<{ metrics: MetricRow[]; truncated: boolean }>('/api/metrics', { limit: 1000, ...rangeParams(range) })
}

const MOST_SQL_ROWS = 1000

export function useSql(query: string | undefined) {
  return useQuery({
    queryKey: ['/api/sql', query],
    queryFn: ({ signal }) =>
      askSlow<SqlAnswer>('/api/sql', { body: { query, limit: MOST_SQL_ROWS }, signal, slot: 'sql' }),
    enabled: Boolean(query),
    // Not run again behind somebody's back.
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  })
}

export function useSchema(table: string, enabled: boolean) {
  return useQuery({
    queryKey: ['schema', table],
    queryFn: ({ signal }) =>
      ask<SqlAnswer>('/api/sql', { body: { query: `DESCRIBE TABLE ${table}` }, signal, aside: true }),
    enabled,
    staleTime: Number.POSITIVE_INFINITY,
  })
}
