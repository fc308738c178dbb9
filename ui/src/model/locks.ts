/** Who waits for whose lock: records that `trivet watch postgres` puts on the waiting span. */
import type { LogRecord } from './api'
import { valueText } from './values'

export const LOCK_WAIT = 'trivet.lock.wait'

export interface LockWait {
  /** The record itself. */
  id: string
  trace: string | null
  span: string | null
  /** Of the span that waits, as the watcher calls it. */
  name: string
  table: string
  mode: string
  /** ns. */
  waited: number
  holder: { trace: string; span: string; name: string }
}

/** The last report of each wait, the longest first. */
export function lockWaits(records: readonly LogRecord[]): LockWait[] {
  const waits = new Map<string, LockWait>()
  for (const record of records) {
    if (record.event_name !== LOCK_WAIT) continue
    const wait = lockWait(record)
    const place = `${wait.trace} ${wait.span} ${wait.table} ${wait.holder.span}`
    const known = waits.get(place)
    if (!known || known.waited <= wait.waited) waits.set(place, wait)
  }
  return [...waits.values()].sort((a, b) => b.waited - a.waited)
}

function lockWait({ id, attributes, trace_id, span_id }: LogRecord): LockWait {
  const text = (key: string) => (key in attributes ? valueText(attributes[key]) : '')
  return {
    id,
    trace: trace_id ?? null,
    span: span_id,
    name: text('trivet.lock.name') || 'a session',
    table: text('trivet.lock.table'),
    mode: text('trivet.lock.mode'),
    waited: Number(text('trivet.lock.waited')) || 0,
    holder: {
      trace: text('trivet.lock.holder.trace_id'),
      span: text('trivet.lock.holder.span_id'),
      name: text('trivet.lock.holder.name'),
    },
  }
}
