/** The spans of a trace in groups, with what each group took. */
import type { Attributes } from './api'
import type { Layout } from './layout'
import { valueText } from './values'

export interface Group {
  key: string
  /** For a dot in its colour; null where a group is not of one service. */
  service: string | null
  count: number
  errors: number
  total: number
  self: number
  p95: number
  longest: number
  /** Time of the critical path in it, ns. */
  onPath: number
  /** The row of its longest span. */
  row: number
}

export type Sort = 'key' | 'count' | 'errors' | 'total' | 'self' | 'p95' | 'longest' | 'onPath'

/** `name`, `service`, `kind`, or an attribute's key. */
export function groupSpans(layout: Layout, keyOf: (row: number) => string, byService: boolean): Group[] {
  const { columns, start, end, self, onPath } = layout
  const groups = new Map<string, Group & { durations: number[] }>()
  for (let row = 0; row < columns.count; row++) {
    const service = columns.services[columns.service[row]]
    const key = keyOf(row)
    const place = byService ? `${service}\n${key}` : key
    let group = groups.get(place)
    if (!group) {
      group = { ...EMPTY, key, service, row, durations: [] }
      groups.set(place, group)
    }
    const lasts = end[row] - start[row]
    group.count++
    group.errors += columns.error[row]
    group.total += lasts
    group.self += self[row]
    group.onPath += onPath[row]
    group.durations.push(lasts)
    if (group.service !== service) group.service = null
    if (lasts > group.longest || group.count === 1) Object.assign(group, { longest: lasts, row })
  }
  return [...groups.values()].map(({ durations, ...group }) => ({ ...group, p95: quantile(durations, 0.95) }))
}

const EMPTY = { count: 0, errors: 0, total: 0, self: 0, p95: 0, longest: 0, onPath: 0 }

/** The smallest value that at least this share of the values does not exceed. */
export function quantile(values: number[], share: number): number {
  const sorted = Float64Array.from(values).sort()
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0
}

/** What a span says about a key; spans that do not have it stay together. */
export function attributeOf(attributes: Attributes, key: string): string {
  return key in attributes ? valueText(attributes[key]) : '(absent)'
}

export function sortGroups(groups: readonly Group[], by: Sort, rising: boolean): Group[] {
  const sign = rising ? 1 : -1
  const order = (a: Group, b: Group) => (by === 'key' ? a.key.localeCompare(b.key) : a[by] - b[by])
  return [...groups].sort((a, b) => sign * order(a, b) || b.total - a.total || a.key.localeCompare(b.key))
}

/** Keys that split these spans, the most frequent first. */
export function attributeKeys(spans: readonly { attributes: Attributes }[]): string[] {
  const counts = new Map<string, number>()
  for (const { attributes } of spans)
    for (const key of Object.keys(attributes)) counts.set(key, (counts.get(key) ?? 0) + 1)
  return [...counts].sort(([a, n], [b, m]) => m - n || a.localeCompare(b)).map(([key]) => key)
}
