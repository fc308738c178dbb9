/** Find in trace: which spans and log records hold a text, in names, services, attributes, events and bodies. */
import type { Trace } from './api'
import type { Columns } from './columns'
import { valueText } from './values'

export interface Found {
  /** 1 for spans that match themselves or through one of their records. */
  spans: Uint8Array
  logs: ReadonlySet<string>
  /** Matching rows in drawing order. */
  rows: number[]
}

/** By name and service alone: all that a shape knows. */
export function findByName(columns: Columns, order: Int32Array, text: string): Found {
  const wanted = text.toLowerCase()
  const hit = (words: string[]) => words.map(word => word.toLowerCase().includes(wanted))
  const names = hit(columns.names)
  const services = hit(columns.services)
  return found(columns.count, order, row => names[columns.name[row]] || services[columns.service[row]], new Set())
}

/** What the shape knows, and what the server found by its attributes, events and records. */
export function withFound(
  columns: Columns,
  order: Int32Array,
  known: Found,
  spans: Iterable<number>,
  logs: Iterable<string>,
): Found {
  const more = new Set(spans)
  return found(columns.count, order, row => known.spans[row] === 1 || more.has(row), new Set(logs))
}

/** In everything that a whole trace holds. */
export function findInTrace(trace: Trace, order: Int32Array, text: string): Found {
  const wanted = text.toLowerCase()
  const has = (value: unknown) => haystack(value).includes(wanted)
  const logs = trace.logs.filter(log => has([log.body, log.attributes, log.event_name]))
  const spansOfLogs = new Set(logs.map(log => log.span_id))
  const matches = (row: number) => {
    const span = trace.spans[row]
    if (spansOfLogs.has(span.span_id) || span.span_id.startsWith(wanted)) return true
    return has([span.name, span.service, span.status.message, span.attributes, span.events])
  }
  return found(trace.spans.length, order, matches, new Set(logs.map(log => log.id)))
}

const texts = new WeakMap<object, string>()

/** Lower-case text of keys and values; remembered per object, for it is asked at every keystroke. */
function haystack(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value !== 'object') return String(value).toLowerCase()
  const known = texts.get(value)
  if (known !== undefined) return known
  const parts = Array.isArray(value)
    ? value.map(haystack)
    : Object.entries(value).map(([key, each]) => `${key.toLowerCase()}=${haystack(each)}`)
  const text = parts.join('\n')
  texts.set(value, text)
  return text
}

function found(count: number, order: Int32Array, matches: (row: number) => boolean, logs: Set<string>): Found {
  const spans = new Uint8Array(count)
  const rows: number[] = []
  for (const row of order) {
    if (!matches(row)) continue
    spans[row] = 1
    rows.push(row)
  }
  return { spans, logs, rows }
}

/** The body of a record on one line. */
export function bodyLine(body: Trace['logs'][number]['body'], event: string | null): string {
  const text = body === null || body === undefined ? '' : valueText(body)
  return (text || event || '').replace(/\s+/g, ' ').trim()
}
