/** Traces out of a file: OTLP JSON (one document, or one a line), or a trace as the API or a saved page holds it. */
import type { Attributes, Kind, LogRecord, Span, SpanEvent, StatusCode, Trace, Value } from './api'
import { withLocalFacts } from './local-facts'
import { KIND_NUMBERS, STATUS_NUMBERS } from './otlp-write'
import { severityOf } from './severity'

type Raw = Record<string, unknown>

/** Where a saved page keeps its trace. */
export const SAVED_ID = 'trivet-trace'

/** All traces that the text holds, the one of most spans first; throws with plain words where there is none. */
export function readTraces(text: string): Trace[] {
  const found = new Map<string, Trace>()
  for (const parsed of parsedFrom(text)) {
    if (isTrace(parsed)) found.set(parsed.trace_id, parsed)
    else readOtlp(parsed, found)
  }
  const traces = [...found.values()].map(trace => (trace.facts ? trace : withLocalFacts(trace)))
  if (!traces.length) throw new Error('There is no trace in this file: neither OTLP JSON nor a page saved here.')
  return traces.sort((a, b) => b.spans.length - a.spans.length)
}

function parsedFrom(text: string): Raw[] {
  const saved = new RegExp(`<script[^>]*id="${SAVED_ID}"[^>]*>([^<]*)</script>`).exec(text)
  const json = saved?.[1] ?? text
  try {
    return [JSON.parse(json) as unknown].flat() as Raw[]
  } catch {
    return lines(json)
  }
}

function lines(text: string): Raw[] {
  try {
    return text
      .split('\n')
      .filter(line => line.trim())
      .map(line => JSON.parse(line) as Raw)
  } catch {
    throw new Error('This file is not JSON, nor a line of JSON after the other, nor a page saved here.')
  }
}

function isTrace(given: Raw): given is Raw & Trace {
  return typeof given?.trace_id === 'string' && Array.isArray(given.spans) && Array.isArray(given.resources)
}

function readOtlp(request: Raw, found: Map<string, Trace>) {
  for (const group of list(request?.resourceSpans))
    for (const scope of list(group.scopeSpans))
      for (const span of list(scope.spans)) {
        const trace = traceOf(found, id(span.traceId, 32))
        trace?.spans.push(spanIn(span, origin(trace, group, scope)))
      }
  for (const group of list(request?.resourceLogs))
    for (const scope of list(group.scopeLogs))
      list(scope.logRecords).forEach(log => {
        const trace = traceOf(found, id(log.traceId, 32))
        trace?.logs.push(logIn(log, origin(trace, group, scope), trace.logs.length))
      })
}

function list(given: unknown): Raw[] {
  return Array.isArray(given) ? (given.filter(each => typeof each === 'object' && each !== null) as Raw[]) : []
}

/** Hex in lower case; empty where it is none. */
function id(given: unknown, letters: number): string {
  const text = typeof given === 'string' ? given.toLowerCase() : ''
  return new RegExp(`^[0-9a-f]{${letters}}$`).test(text) ? text : ''
}

function traceOf(found: Map<string, Trace>, traceId: string): Trace | null {
  if (!traceId) return null
  const known = found.get(traceId)
  if (known) return known
  const made = { trace_id: traceId, start: '0', duration: 0, resources: [], scopes: [], spans: [], logs: [] }
  const trace = { ...made, linked_from: [], truncated: false } as unknown as Trace
  found.set(traceId, trace)
  return trace
}

interface Origin {
  service: string
  resource: number
  scope: number
}

const places = new WeakMap<Trace, Map<unknown, number>>()

/** The resource and the scope get their places in the trace when they are first met. */
function origin(trace: Trace, group: Raw, scope: Raw): Origin {
  const known = places.get(trace) ?? new Map<unknown, number>()
  places.set(trace, known)
  const described = (group.resource ?? {}) as Raw
  const named = (scope.scope ?? {}) as Raw
  if (!known.has(group)) known.set(group, trace.resources.push({ attributes: attributesIn(described.attributes) }) - 1)
  if (!known.has(scope)) {
    const attributes = attributesIn(named.attributes)
    known.set(scope, trace.scopes.push({ name: text(named.name), version: text(named.version), attributes }) - 1)
  }
  const resource = known.get(group) as number
  const service = trace.resources[resource].attributes['service.name']
  return {
    service: typeof service === 'string' ? service : 'unknown_service',
    resource,
    scope: known.get(scope) as number,
  }
}

function text(given: unknown): string {
  return typeof given === 'string' ? given : ''
}

function nanoseconds(given: unknown): bigint {
  const digits = typeof given === 'number' ? String(Math.trunc(given)) : text(given)
  return /^\d{1,20}$/.test(digits) ? BigInt(digits) : 0n
}

function word<T extends string>(numbers: Record<T, number>, given: unknown, otherwise: T): T {
  const entry = (Object.entries(numbers) as [T, number][]).find(([, number]) => number === Number(given ?? 0))
  return entry?.[0] ?? otherwise
}

function spanIn(span: Raw, from: Origin): Span {
  const status = (span.status ?? {}) as Raw
  const start = nanoseconds(span.startTimeUnixNano)
  return {
    span_id: id(span.spanId, 16) || '0'.repeat(16),
    parent_span_id: id(span.parentSpanId, 16) || null,
    name: text(span.name),
    kind: word<Kind>(KIND_NUMBERS, span.kind, 'unspecified'),
    start: String(start),
    duration: Number(nanoseconds(span.endTimeUnixNano) - start),
    status: { code: word<StatusCode>(STATUS_NUMBERS, status.code, 'unset'), message: text(status.message) },
    attributes: attributesIn(span.attributes),
    events: list(span.events).map(eventIn),
    links: list(span.links).map(link => ({
      trace_id: id(link.traceId, 32),
      span_id: id(link.spanId, 16),
      attributes: attributesIn(link.attributes),
    })),
    running: null,
    ...from,
  }
}

function eventIn(event: Raw): SpanEvent {
  const time = String(nanoseconds(event.timeUnixNano))
  return { time, name: text(event.name), attributes: attributesIn(event.attributes) }
}

function logIn(log: Raw, from: Origin, place: number): LogRecord {
  const number = Number(log.severityNumber ?? 0)
  const observed = nanoseconds(log.observedTimeUnixNano)
  return {
    id: `record-${place}`,
    time: String(nanoseconds(log.timeUnixNano) || observed),
    severity: severityOf(number, text(log.severityText)),
    severity_number: number,
    severity_text: text(log.severityText),
    body: log.body === undefined ? null : valueIn(log.body),
    event_name: text(log.eventName) || null,
    attributes: attributesIn(log.attributes),
    span_id: id(log.spanId, 16) || null,
    ...from,
  }
}

function attributesIn(given: unknown): Attributes {
  return Object.fromEntries(list(given).map(({ key, value }) => [text(key), valueIn(value)]))
}

/** Deeper than this nothing is read that a person would. */
const DEEPEST = 50

function valueIn(given: unknown, depth = 0): Value {
  const value = (given ?? {}) as Raw
  if (depth > DEEPEST) return null
  if ('stringValue' in value) return text(value.stringValue)
  if ('boolValue' in value) return value.boolValue === true
  if ('intValue' in value) return integer(value.intValue)
  if ('doubleValue' in value)
    return typeof value.doubleValue === 'number' ? value.doubleValue : { $double: String(value.doubleValue) }
  if ('bytesValue' in value) return { $bytes: text(value.bytesValue) }
  if ('arrayValue' in value) return list((value.arrayValue as Raw)?.values).map(each => valueIn(each, depth + 1))
  if ('kvlistValue' in value) {
    const entries = list((value.kvlistValue as Raw)?.values)
    return Object.fromEntries(entries.map(({ key, value }) => [text(key), valueIn(value, depth + 1)]))
  }
  return null
}

function integer(given: unknown): Value {
  const number = Number(given)
  return Number.isSafeInteger(number) ? number : { $int: String(given) }
}
