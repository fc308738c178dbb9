/** What the server answers, as the HTTP API documents it. Instants are unix nanoseconds in strings, durations nanoseconds. */

export type Kind = 'internal' | 'server' | 'client' | 'producer' | 'consumer' | 'unspecified'
export type StatusCode = 'unset' | 'ok' | 'error'
export type Severity = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal'
export type Value = string | number | boolean | null | Value[] | { [key: string]: Value }
export type Attributes = Record<string, Value>

export interface Scanned {
  rows: number
  bytes: number
  ms: number
}

export interface ServiceShare {
  name: string
  spans: number
  errors: number
  self_time?: number
}

export interface TraceRow {
  trace_id: string
  service: string
  name: string
  start: string
  duration: number
  extent?: { start: string; end: string }
  spans: number
  errors: number
  logs: number
  status: StatusCode
  running: boolean
  complete: boolean
  root?: 'received' | 'local'
  services: ServiceShare[]
}

export interface TraceList {
  traces: TraceRow[]
  next: string | null
  scanned: Scanned
}

export interface Resource {
  attributes: Attributes
  schema_url?: string
}

export interface Scope {
  name?: string
  version?: string
  attributes?: Attributes
  schema_url?: string
}

export interface SpanEvent {
  time: string
  name: string
  attributes: Attributes
}

export interface Link {
  trace_id: string
  span_id: string
  attributes?: Attributes
}

export interface Running {
  last_seen: string
  stack: string[]
  state: 'running' | 'lost'
}

export interface Span {
  span_id: string
  parent_span_id: string | null
  service: string
  name: string
  kind: Kind
  start: string
  duration: number
  self_time?: number
  status: { code: StatusCode; message?: string }
  resource: number | Resource
  scope: number | Scope
  attributes: Attributes
  events: SpanEvent[]
  links: Link[]
  dropped?: { attributes: number; events: number; links: number }
  running: Running | null
}

export interface LogRecord {
  id: string
  time: string
  observed_time?: string
  severity: Severity | null
  severity_number?: number
  severity_text?: string
  body: Value
  event_name: string | null
  attributes: Attributes
  trace_id?: string
  span_id: string | null
  service: string
  resource: number | Resource
  scope: number | Scope
}

export interface PathPiece {
  span_id: string
  start: string
  end: string
  /** `queue`: the wait before an asynchronous span began. */
  name?: string
}

/** What can be said about a trace, in corrected times. */
export interface Findings {
  roots: string[]
  orphans: string[]
  depth: number
  first_error: string | null
  services: { service: string; spans: number; errors: number; self_time: number; critical_time: number }[]
  skew: { span_id: string; shift: number }[]
  percentile?: { value: number; count: number; window: string } | null
}

export interface Facts extends Findings {
  critical_path: PathPiece[]
  critical_path_extent?: PathPiece[]
}

/** The facts that go with a shape: rows of it, nanoseconds after its start, and which places are waits in a queue. */
export interface DrawnFacts extends Findings {
  path: { row: number[]; start: number[]; end: number[]; queue: number[] }
}

export interface Trace {
  trace_id: string
  start: string
  duration: number
  resources: Resource[]
  scopes: Scope[]
  spans: Span[]
  logs: LogRecord[]
  linked_from: { trace_id: string; span_id: string; service: string; name: string }[]
  facts: Facts
  truncated: boolean
}

/** A trace without attributes, column by column: what drawing a very large one needs. */
export interface Shape {
  trace_id: string
  start: string
  names: string[]
  services: string[]
  columns: {
    span_id: string[]
    parent: number[]
    name: number[]
    service: number[]
    start: number[]
    duration: number[]
    kind: Kind[]
    status: StatusCode[]
    logs: number[]
    running: ('running' | 'lost' | null)[]
  }
  log_marks: [row: number, ns: number, severity: Severity | null, id: string][]
}

export interface LogList {
  logs: (LogRecord & { trace_id?: string })[]
  next: string | null
  scanned: Scanned
}

export interface ServiceRow {
  name: string
  rate: number
  error_rate: number
  count: number
  errors: number
  p50: number | null
  p95: number | null
  p99: number | null
  last_seen: string
  operations: number
}

export interface SqlAnswer {
  columns: { name: string; type: string }[]
  rows: Value[][]
  truncated: boolean
  elapsed_ms: number
}

export interface Status {
  version: string
  uptime_s: number
  signals: Record<string, { received: number; rejected: number; acknowledged: number; stored: number; lag_s: number }>
  engine: { kind: string; version: string; up: boolean; restarts: number; rss_bytes: number }
  disk: { spool_bytes: number; store_bytes: number; free_bytes: number }
}
