/** A trace as OTLP JSON: ids in hex, instants as strings, enumerations as numbers. */
import type { Attributes, LogRecord, Resource, Scope, Span, Trace, Value } from './api'

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

export const KIND_NUMBERS = { unspecified: 0, internal: 1, server: 2, client: 3, producer: 4, consumer: 5 } as const
export const STATUS_NUMBERS = { unset: 0, ok: 1, error: 2 } as const

/** `resourceSpans` and `resourceLogs`, as collectors and `trivet import` take them. */
export function toOtlp(trace: Trace): Json {
  return {
    resourceSpans: grouped(trace, trace.spans, 'scopeSpans', 'spans', span => spanOut(trace.trace_id, span)),
    resourceLogs: grouped(trace, trace.logs, 'scopeLogs', 'logRecords', log => logOut(trace.trace_id, log)),
  }
}

type Origin = Pick<Span, 'resource' | 'scope'>

/** Under its resource, then under its scope. */
function grouped<T extends Origin>(
  trace: Trace,
  items: readonly T[],
  scopes: string,
  list: string,
  out: (item: T) => Json,
): Json[] {
  const resources = new Map<number | Resource, Map<number | Scope, Json[]>>()
  for (const item of items) {
    const inside = resources.get(item.resource) ?? new Map<number | Scope, Json[]>()
    resources.set(item.resource, inside)
    inside.set(item.scope, [...(inside.get(item.scope) ?? []), out(item)])
  }
  return [...resources].map(([resource, inside]) => ({
    resource: { attributes: pairs(placed(trace.resources, resource)?.attributes ?? {}) },
    [scopes]: [...inside].map(([scope, found]) => ({ scope: scopeOut(placed(trace.scopes, scope)), [list]: found })),
  }))
}

function placed<T>(list: readonly T[], given: number | T): T | undefined {
  return typeof given === 'number' ? list[given] : given
}

function scopeOut(scope: Scope | undefined): Json {
  return { name: scope?.name ?? '', version: scope?.version ?? '', attributes: pairs(scope?.attributes ?? {}) }
}

function spanOut(traceId: string, span: Span): Json {
  // What has not ended is told as our SDK tells it at exit.
  const attributes = span.running ? { ...span.attributes, 'trivet.incomplete': true } : span.attributes
  return {
    traceId,
    spanId: span.span_id,
    ...(span.parent_span_id && { parentSpanId: span.parent_span_id }),
    name: span.name,
    kind: KIND_NUMBERS[span.kind],
    startTimeUnixNano: span.start,
    endTimeUnixNano: String(BigInt(span.start) + BigInt(span.duration)),
    attributes: pairs(attributes),
    events: span.events.map(({ time, name, attributes }) => ({
      timeUnixNano: time,
      name,
      attributes: pairs(attributes),
    })),
    links: span.links.map(link => ({
      traceId: link.trace_id,
      spanId: link.span_id,
      attributes: pairs(link.attributes ?? {}),
    })),
    status: {
      code: STATUS_NUMBERS[span.status.code],
      ...(span.status.message && { message: span.status.message }),
    },
    ...(span.flags !== undefined && { flags: span.flags }),
    ...(span.trace_state && { traceState: span.trace_state }),
  }
}

function logOut(traceId: string, log: LogRecord): Json {
  return {
    traceId,
    ...(log.span_id && { spanId: log.span_id }),
    timeUnixNano: log.time,
    ...(log.observed_time && { observedTimeUnixNano: log.observed_time }),
    severityNumber: log.severity_number ?? 0,
    severityText: log.severity_text ?? '',
    ...(log.body !== null && { body: anyValue(log.body) }),
    ...(log.event_name && { eventName: log.event_name }),
    attributes: pairs(log.attributes),
  }
}

function pairs(attributes: Attributes): Json[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: anyValue(value) }))
}

function anyValue(value: Value): { [key: string]: Json } {
  if (value === null) return {}
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  if (typeof value === 'number') return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value }
  if (Array.isArray(value)) return { arrayValue: { values: value.map(anyValue) } }
  if ('$int' in value) return { intValue: value.$int as string }
  if ('$double' in value) return { doubleValue: value.$double as string }
  if ('$bytes' in value) return { bytesValue: value.$bytes as string }
  return { kvlistValue: { values: pairs(value) } }
}
