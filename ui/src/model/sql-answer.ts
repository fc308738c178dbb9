/** Rows of a statement as lines: over its time column if there is one, over the order of rows otherwise. */
import type { SqlAnswer, Value } from './api'
import { type Aligned, number } from './series'
import { valueText } from './values'

export function isNumber(type: string): boolean {
  return /^(Nullable\()?(U?Int|Float|Decimal)/.test(type)
}

export function isTraceId(name: string, text: string): boolean {
  return name.includes('trace_id') && /^[0-9a-f]{32}$/.test(text)
}

const isTime = (type: string) => /^(Nullable\()?Date/.test(type)

/** Milliseconds; the engine writes `2026-11-26 12:00:00.123` in UTC. */
function instantOf(value: Value): number {
  const text = value === null ? '' : valueText(value)
  return Date.parse(
    /[Zz]|[+-]\d\d:?\d\d$/.test(text) ? text : `${text.replace(' ', 'T')}${text.length > 10 ? 'Z' : ''}`,
  )
}

const MOST_LINES = 20

/** Null where nothing can be drawn: no time, or no number. A column of text splits the lines. */
export function linesOf({ columns, rows }: Pick<SqlAnswer, 'columns' | 'rows'>): Aligned | null {
  const at = columns.findIndex(column => isTime(column.type))
  const figures = columns.map((column, i) => ({ ...column, i })).filter(column => isNumber(column.type))
  const groups = columns.map((column, i) => ({ ...column, i })).filter(({ type, i }) => i !== at && !isNumber(type))
  if (at < 0 || !figures.length) return null
  const instants = rows.map(row => instantOf(row[at]))
  const times = [...new Set(instants.filter(Number.isFinite))].sort((a, b) => a - b)
  const place = new Map(times.map((time, i) => [time, i]))
  const lines = new Map<string, Aligned['lines'][number]>()
  rows.forEach((row, r) => {
    const column = place.get(instants[r])
    if (column === undefined) return
    const group = Object.fromEntries(groups.map(({ name, i }) => [name, row[i]]))
    for (const { name, i } of figures) {
      const key = JSON.stringify([group, name])
      if (!lines.has(key) && lines.size >= MOST_LINES) continue
      const line = lines.get(key) ?? {
        group: figures.length > 1 ? { ...group, '': name } : group,
        calculate: name,
        values: Array<number | null>(times.length).fill(null),
      }
      lines.set(key, line)
      const value = number(row[i])
      line.values[column] = Number.isFinite(value) ? value : null
    }
  })
  return { times, lines: [...lines.values()] }
}
