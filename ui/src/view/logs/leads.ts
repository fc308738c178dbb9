/** Where a record leads: to its moment in its trace, and to what the same process said around it. */
import type { LogRecord } from '../../model/api'
import { term } from '../../model/filter'
import { processTerm } from '../../model/log-fields'
import { writeRange } from '../../model/range'
import { milliseconds } from '../../model/time'

const AROUND_MS = 5000

export function placeOf(log: LogRecord) {
  if (!log.trace_id) return null
  const search = { ...(log.span_id && { span: log.span_id }), log: log.id }
  return { to: '/traces/$id', params: { id: log.trace_id }, search } as const
}

export function aroundOf(log: LogRecord) {
  const at = milliseconds(BigInt(log.time))
  const { field, value } = processTerm(log)
  const search = {
    filter: term(field, value),
    range: writeRange({ from: at - AROUND_MS, to: at + AROUND_MS }),
    open: log.id,
  }
  return { to: '/logs', search } as const
}
