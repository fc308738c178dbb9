import type { MetricRow, Query, QueryAnswer } from '../../model/api'
import { type Range, rangeMs, rangeParams } from '../../model/range'
import { every, number } from '../../model/series'
import { milliseconds } from '../../model/time'
import { serverNow } from '../ask'
import type { Dot } from '../parts/chart'

const POINTS = 120
const MOST_LINES = 20
const MOST_DOTS = 200

export function metricQuery(
  metric: MetricRow,
  figures: string[],
  groupBy: string[],
  filter: string,
  range: Range,
): Query {
  const { from, to } = rangeMs(range, serverNow())
  return {
    signal: 'metrics',
    metric: metric.name,
    filter,
    calculate: figures,
    group_by: groupBy,
    every: every(to - from, POINTS),
    order: `-${figures[0]}`,
    limit: MOST_LINES,
    ...rangeParams(range),
  }
}

/** Exemplars as dots, at the value that was measured. */
export function exemplarDots(answer: QueryAnswer, open: (trace: string, span: string | null) => void): Dot[] {
  const dots = (answer.exemplars ?? []).slice(0, MOST_DOTS).map(({ time, value, trace_id, span_id }) => ({
    at: milliseconds(BigInt(time)),
    value: number(value),
    open: () => open(trace_id, span_id),
  }))
  return dots.filter(dot => Number.isFinite(dot.value))
}
