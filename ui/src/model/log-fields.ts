/** A field of a log record by its name, as a column shows it. */
import type { Attributes, LogRecord, Value } from './api'

const OWN: Record<string, (log: LogRecord) => Value | undefined> = {
  severity: log => log.severity,
  service: log => log.service,
  event_name: log => log.event_name,
  trace_id: log => log.trace_id,
  span_id: log => log.span_id,
  severity_text: log => log.severity_text,
}

function attributesOf(origin: LogRecord['resource'] | LogRecord['scope']): Attributes {
  return typeof origin === 'object' ? (origin.attributes ?? {}) : {}
}

/** The record's own attribute, else its resource's, else its scope's; undefined where there is none. */
export function logField(log: LogRecord, field: string): Value | undefined {
  if (field in OWN) return OWN[field](log) ?? undefined
  const bare = field.replace(/^(log|resource|scope)\./, '')
  const places = [log.attributes, attributesOf(log.resource), attributesOf(log.scope)]
  for (const name of [field, bare]) for (const place of places) if (name in place) return place[name]
  return undefined
}

/** What tells the process of a record from others of its service. */
export function processTerm(log: LogRecord): { field: string; value: string } {
  const resource = attributesOf(log.resource)
  for (const field of ['service.instance.id', 'k8s.pod.name', 'host.name']) {
    if (typeof resource[field] === 'string') return { field, value: resource[field] }
  }
  return { field: 'service', value: log.service }
}
