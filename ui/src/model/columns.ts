/**
 * A trace column by column, whichever way it came: whole (`/api/traces/{id}`) or as its shape. Row i of every column
 * is one span; times are nanoseconds after `origin` on the reporting clocks, uncorrected.
 */
import type { Facts, Kind, PathPiece, Resource, Severity, Shape, Trace } from './api'
import { writeId } from './ids'
import { after, instant } from './time'

const ROOT = -1
/** The parent was named but has not arrived. */
export const MISSING = -2

const KINDS: Kind[] = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer']
export const SERVER = KINDS.indexOf('server')
export const CLIENT = KINDS.indexOf('client')
export const CONSUMER = KINDS.indexOf('consumer')
export const SEVERITIES: Severity[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal']

export const ENDED = 0
export const RUNNING = 1
export const LOST = 2

/** Instants on spans: log records or span events. `ref` is the record's id, or the event's index in its span. */
export interface Instants {
  row: Int32Array
  at: Float64Array
  severity: Uint8Array
  ref: string[]
}

/** Stretches of time inside spans. */
export interface Pieces {
  row: Int32Array
  from: Float64Array
  to: Float64Array
  queue: Uint8Array
}

export interface Columns {
  traceId: string
  origin: bigint
  count: number
  names: string[]
  services: string[]
  /** Eight bytes a span. */
  ids: Uint8Array
  parent: Int32Array
  /** The id of a missing parent, where known. */
  missing: Map<number, string>
  name: Uint32Array
  service: Uint32Array
  start: Float64Array
  duration: Float64Array
  kind: Uint8Array
  error: Uint8Array
  running: Uint8Array
  /** Spans of one process have one clock; its number means nothing else. */
  process: Int32Array
  shift: Float64Array
  logs: Instants
  events: Instants
  path: Pieces
}

/** Hands out an index per text. */
class Dictionary {
  readonly words: string[] = []
  private readonly places = new Map<string, number>()

  place(word: string): number {
    const known = this.places.get(word)
    if (known !== undefined) return known
    this.places.set(word, this.words.length)
    return this.words.push(word) - 1
  }
}

function empty(traceId: string, origin: bigint, count: number): Columns {
  const none = (): Instants => ({
    row: new Int32Array(),
    at: new Float64Array(),
    severity: new Uint8Array(),
    ref: [],
  })
  return {
    traceId,
    origin,
    count,
    names: [],
    services: [],
    ids: new Uint8Array(count * 8),
    parent: new Int32Array(count).fill(ROOT),
    missing: new Map(),
    name: new Uint32Array(count),
    service: new Uint32Array(count),
    start: new Float64Array(count),
    duration: new Float64Array(count),
    kind: new Uint8Array(count),
    error: new Uint8Array(count),
    running: new Uint8Array(count),
    process: new Int32Array(count),
    shift: new Float64Array(count),
    logs: none(),
    events: none(),
    path: { row: new Int32Array(), from: new Float64Array(), to: new Float64Array(), queue: new Uint8Array() },
  }
}

export function columnsOfTrace(trace: Trace): Columns {
  const columns = empty(trace.trace_id, instant(trace.start), trace.spans.length)
  const rowOf = new Map<string, number>()
  trace.spans.forEach((span, row) => void (rowOf.has(span.span_id) || rowOf.set(span.span_id, row)))
  const names = new Dictionary()
  const services = new Dictionary()
  const processes = new Dictionary()
  trace.spans.forEach((span, row) => {
    writeId(columns.ids, row, span.span_id)
    columns.name[row] = names.place(span.name)
    columns.service[row] = services.place(span.service)
    columns.start[row] = after(columns.origin, span.start)
    columns.duration[row] = span.duration
    columns.kind[row] = KINDS.indexOf(span.kind)
    columns.error[row] = span.status.code === 'error' ? 1 : 0
    columns.running[row] = runningCode(span.running?.state ?? null)
    columns.process[row] = processes.place(processOf(trace, span.resource))
    setParent(columns, row, span.parent_span_id, rowOf)
  })
  columns.names = names.words
  columns.services = services.words
  columns.events = eventsOf(trace, columns.origin)
  columns.logs = logsOf(trace, columns.origin, rowOf)
  columns.shift = shifts(columns.count, trace.facts.skew, rowOf)
  columns.path = pathOf(trace.facts, columns.origin, rowOf)
  return columns
}

export function columnsOfShape(shape: Shape): Columns {
  const from = shape.columns
  const columns = empty(shape.trace_id, instant(shape.start), from.span_id.length)
  from.span_id.forEach((id, row) => void writeId(columns.ids, row, id))
  columns.names = shape.names
  columns.services = shape.services
  columns.parent.set(from.parent)
  columns.name.set(from.name)
  columns.service.set(from.service)
  columns.start.set(from.start)
  columns.duration.set(from.duration)
  columns.kind.set(from.kind.map(kind => KINDS.indexOf(kind)))
  columns.error.set(from.status.map(status => (status === 'error' ? 1 : 0)))
  columns.running.set(from.running.map(runningCode))
  columns.process.set(from.process)
  for (const [row, parent] of shape.orphans) {
    columns.parent[row] = MISSING
    columns.missing.set(row, parent)
  }
  columns.logs = instants(
    shape.log_marks.map(([row, at, severity, ref]) => ({ row, at, severity: severityCode(severity), ref })),
  )
  return columns
}

/** As the store has it (`trivet_process`): its own id, else where it runs and its number, else the resource. */
function processOf(trace: Trace, resource: number | Resource): string {
  const attributes = (typeof resource === 'number' ? trace.resources[resource] : resource)?.attributes ?? {}
  const text = (key: string) => String(attributes[key] ?? '')
  const host = text('container.id') || text('host.id') || text('host.name')
  const place = host && text('process.pid') && `${host}:${text('process.pid')}`
  return text('service.instance.id') || place || JSON.stringify(attributes)
}

function runningCode(state: 'running' | 'lost' | null): number {
  if (state === null) return ENDED
  return state === 'lost' ? LOST : RUNNING
}

function severityCode(severity: Severity | null): number {
  return severity === null ? SEVERITIES.indexOf('info') : SEVERITIES.indexOf(severity)
}

function setParent(columns: Columns, row: number, parent: string | null, rowOf: ReadonlyMap<string, number>) {
  if (!parent) return
  const found = rowOf.get(parent)
  columns.parent[row] = found ?? MISSING
  if (found === undefined) columns.missing.set(row, parent)
}

function eventsOf(trace: Trace, origin: bigint): Instants {
  return instants(
    trace.spans.flatMap((span, row) =>
      span.events.map((event, index) => ({
        row,
        at: after(origin, event.time),
        severity: event.name === 'exception' ? SEVERITIES.indexOf('error') : SEVERITIES.indexOf('info'),
        ref: String(index),
      })),
    ),
  )
}

/** Records without a span of this trace stand on row ROOT: they belong to the trace as a whole. */
function logsOf(trace: Trace, origin: bigint, rowOf: ReadonlyMap<string, number>): Instants {
  return instants(
    trace.logs.map(log => ({
      row: log.span_id ? (rowOf.get(log.span_id) ?? ROOT) : ROOT,
      at: after(origin, log.time),
      severity: severityCode(log.severity),
      ref: log.id,
    })),
  )
}

function instants(list: { row: number; at: number; severity: number; ref: string }[]): Instants {
  return {
    row: Int32Array.from(list, each => each.row),
    at: Float64Array.from(list, each => each.at),
    severity: Uint8Array.from(list, each => each.severity),
    ref: list.map(each => each.ref),
  }
}

function shifts(count: number, skew: Facts['skew'], rowOf: ReadonlyMap<string, number>): Float64Array {
  const shift = new Float64Array(count)
  for (const each of skew) for (const row of rowsOf([each.span_id], rowOf)) shift[row] = each.shift
  return shift
}

function pathOf(facts: Facts, origin: bigint, rowOf: ReadonlyMap<string, number>): Pieces {
  const pieces: PathPiece[] = facts.critical_path_extent?.length ? facts.critical_path_extent : facts.critical_path
  const known = pieces.filter(piece => rowOf.has(piece.span_id))
  return {
    row: Int32Array.from(
      rowsOf(
        known.map(piece => piece.span_id),
        rowOf,
      ),
    ),
    from: Float64Array.from(known, piece => after(origin, piece.start)),
    to: Float64Array.from(known, piece => after(origin, piece.end)),
    queue: Uint8Array.from(known, piece => (piece.name === 'queue' ? 1 : 0)),
  }
}

function rowsOf(ids: readonly string[], rowOf: ReadonlyMap<string, number>): number[] {
  return ids.map(id => rowOf.get(id)).filter(row => row !== undefined)
}
