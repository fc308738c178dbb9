/** Traces in few words, as the API would give them. */
import type { Facts, LogRecord, PathPiece, Severity, Span, Trace } from '../src/model/api'

export const ORIGIN = 1_760_000_000_000_000_000n

export const NO_FACTS: Facts = {
  roots: [],
  orphans: [],
  depth: 1,
  first_error: null,
  critical_path: [],
  services: [],
  skew: [],
  percentile: null,
}

export const id = (n: number) => n.toString(16).padStart(16, '0')

export interface Given {
  n: number
  parent?: number | null
  at?: number
  lasts?: number
  name?: string
  service?: string
  kind?: Span['kind']
  error?: boolean
  running?: 'running' | 'lost'
  attributes?: Span['attributes']
  events?: Span['events']
}

function span(given: Given): Span {
  const { n, parent = null, at = 0, lasts = 1, name = `span ${n}`, service = 'web', kind = 'internal' } = given
  return {
    span_id: id(n),
    parent_span_id: parent === null ? null : id(parent),
    service,
    name,
    kind,
    start: String(ORIGIN + BigInt(at)),
    duration: lasts,
    status: { code: given.error ? 'error' : 'unset' },
    resource: 0,
    scope: 0,
    attributes: given.attributes ?? {},
    events: given.events ?? [],
    links: [],
    running: given.running
      ? { last_seen: String(ORIGIN + BigInt(at + lasts)), stack: ['app.py:1 main'], state: given.running }
      : null,
  }
}

export function log(
  n: number,
  spanOf: number | null,
  at: number,
  severity: Severity = 'info',
  body = `line ${n}`,
): LogRecord {
  return {
    id: `log-${n}`,
    time: String(ORIGIN + BigInt(at)),
    severity,
    body,
    event_name: null,
    attributes: {},
    span_id: spanOf === null ? null : id(spanOf),
    service: 'web',
    resource: 0,
    scope: 0,
  }
}

export function piece(n: number, from: number, to: number, name?: string): PathPiece {
  const instants = { start: String(ORIGIN + BigInt(from)), end: String(ORIGIN + BigInt(to)) }
  return { span_id: id(n), ...instants, ...(name && { name }) }
}

export function trace(spans: Given[], logs: LogRecord[] = [], facts: Partial<Facts> = {}): Trace {
  const first = spans.reduce((least, given) => Math.min(least, given.at ?? 0), Number.POSITIVE_INFINITY)
  return {
    trace_id: '1'.padStart(32, '0'),
    start: String(ORIGIN + BigInt(Number.isFinite(first) ? first : 0)),
    duration: 1,
    resources: [{ attributes: {} }],
    scopes: [{}],
    spans: spans.map(span),
    logs,
    linked_from: [],
    facts: { ...NO_FACTS, ...facts },
    truncated: false,
  }
}
