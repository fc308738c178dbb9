/**
 * What the server answers, under the names that the pages use. The types themselves are made from the server's own
 * (`npm run types`): instants are unix nanoseconds in strings, durations nanoseconds.
 */
import type * as server from './server'

export type * from './answers'

export type {
  Diff,
  DiffNode,
  LogList,
  Percentile,
  Running,
  Scanned,
  ServiceRow,
  SqlAnswer,
  Status,
  Value,
} from './server'

export type Kind = server.Span['kind']
export type StatusCode = server.SpanStatus['code']
export type Severity = NonNullable<server.LogRecord['severity']>
export type Attributes = server.Span['attributes']

/** What pages can do without: traces made by hand may leave it out. */
type Partly<T, K extends keyof T> = Omit<T, K> & Partial<Pick<T, K>>
/** In a trace a place in its list, in a list of rows the thing itself. */
type Placed<T> = Omit<T, 'resource' | 'scope'> & { resource: number | Resource; scope: number | Scope }

type ServiceShare = Partly<server.ServicePart, 'self_time'>
export type TraceRow = Partly<Omit<server.TraceRow, 'services'>, 'root' | 'extent'> & { services: ServiceShare[] }
export type TraceList = Omit<server.TraceList, 'traces'> & { traces: TraceRow[] }

export type Resource = Partly<server.Resource, 'dropped' | 'schema_url' | 'entity_refs'>
export type Scope = Partial<server.Scope>
export type SpanEvent = Partly<server.Event, 'dropped'>
export type Link = Partly<server.Link, 'attributes' | 'trace_state' | 'flags' | 'dropped'>
export type PathPiece = server.Segment

export type Span = Placed<
  Partly<Omit<server.Span, 'status' | 'events' | 'links'>, 'self_time' | 'flags' | 'trace_state' | 'dropped'>
> & { status: Partly<server.SpanStatus, 'message'>; events: SpanEvent[]; links: Link[] }

export type LogRecord = Placed<
  Partly<server.LogRecord, 'observed_time' | 'severity_number' | 'severity_text' | 'flags' | 'dropped'>
> & { trace_id?: string | null }

/** What can be said about a trace, in corrected times. */
export type Findings = Partly<
  Omit<server.Facts, 'critical_path' | 'critical_path_extent'>,
  'gaps' | 'folds' | 'percentile'
>
export type Facts = Findings & Pick<server.Facts, 'critical_path'> & Partial<Pick<server.Facts, 'critical_path_extent'>>

export type Trace = Omit<
  Partly<server.Trace, 'root' | 'extent' | 'exemplars' | 'scanned'>,
  'resources' | 'scopes' | 'spans' | 'logs' | 'facts'
> & { resources: Resource[]; scopes: Scope[]; spans: Span[]; logs: LogRecord[]; facts: Facts }

/** A trace without attributes, column by column: what drawing a very large one needs. */
export type Shape = Partly<server.Shape, 'facts' | 'scanned'>
