/** What Explore asks, as its address holds it. */
import type { Query, QueryAnswer, Value } from './api'
import { term } from './filter'
import { type Range, rangeMs, rangeParams } from './range'
import { every, stepMs } from './series'
import { valueText } from './values'

export type ExploreView = 'heatmap' | 'lines' | 'flame'

export interface Asked {
  signal: 'traces' | 'logs'
  filter: string
  calculate: string[]
  groupBy: string[]
  /** Empty: chosen by the range. */
  every: string
  view: ExploreView
}

type Search = Partial<Record<'signal' | 'filter' | 'calculate' | 'group' | 'every' | 'view', string>>

/** Figures may hold commas inside of brackets. */
export function readList(text: string | undefined): string[] {
  const parts = (text ?? '').split(/,(?![^(]*\))/)
  return parts.map(part => part.trim()).filter(Boolean)
}

const DEFAULT_CALCULATE = { traces: ['count', 'error_rate', 'p95(duration)'], logs: ['count'] }
const DEFAULT_GROUP = { traces: ['service', 'name'], logs: ['severity'] }

export function readQuestion(search: Search): Asked {
  const signal = search.signal === 'logs' ? 'logs' : 'traces'
  const calculate = readList(search.calculate)
  const view =
    signal === 'logs' ? 'lines' : search.view === 'lines' || search.view === 'flame' ? search.view : 'heatmap'
  return {
    signal,
    filter: search.filter ?? '',
    calculate: calculate.length ? calculate : DEFAULT_CALCULATE[signal],
    groupBy: search.group === undefined ? DEFAULT_GROUP[signal] : search.group === '-' ? [] : readList(search.group),
    every: stepMs(search.every ?? '') ? (search.every as string) : '',
    view,
  }
}

const LINE_POINTS = 120

export function sumsOf(asked: Asked, range: Range, nowMs: number, limit: number): Query {
  return {
    signal: asked.signal,
    filter: asked.filter,
    calculate: asked.calculate,
    group_by: asked.groupBy,
    every: stepOf(asked, range, nowMs),
    order: `-${asked.calculate[0]}`,
    limit,
    ...rangeParams(range),
  }
}

export function stepOf(asked: Pick<Asked, 'every'>, range: Range, nowMs: number): string {
  const { from, to } = rangeMs(range, nowMs)
  return asked.every || every(to - from, LINE_POINTS)
}

/** Whether an answer is to this question; while a newer one is asked, the one on screen may be to the one before. */
export function isAnswerTo({ columns }: Pick<QueryAnswer, 'columns'>, { groupBy, calculate }: Asked): boolean {
  const names = [...groupBy, ...calculate]
  return columns.length === names.length && columns.every(({ name }, i) => name === names[i])
}

const HEAT_COLUMNS = 100
const HEAT_ROWS = 36

export function heatmapOf(asked: Asked, range: Range, nowMs: number): Query {
  const { from, to } = rangeMs(range, nowMs)
  return {
    signal: asked.signal,
    filter: asked.filter,
    heatmap: { field: 'duration', buckets: HEAT_ROWS },
    every: asked.every || every(to - from, HEAT_COLUMNS),
    ...rangeParams(range),
  }
}

/** What a filter needs to say to hold just this group. */
export function groupFilter(filter: string, group: Record<string, Value>): string {
  const terms = Object.entries(group).map(([field, value]) =>
    value === null ? `-has:${field}` : term(field, valueText(value)),
  )
  const outer = /\bor\b/i.test(filter) && terms.length ? `(${filter.trim()})` : filter.trim()
  return [outer, ...terms].filter(Boolean).join(' ')
}

/** A place that was clicked: a stretch of time, and what to look for in it. */
export interface Spot {
  from: number
  to: number
  filter: string
}

export function writeSpot({ from, to, filter }: Spot): string {
  return `${Math.round(from)}..${Math.round(to)} ${filter}`.trim()
}

export function readSpot(text: string | undefined): Spot | null {
  const match = /^(\d+)\.\.(\d+)(?: (.*))?$/s.exec(text ?? '')
  return match ? { from: Number(match[1]), to: Number(match[2]), filter: match[3] ?? '' } : null
}
