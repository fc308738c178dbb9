/** Traces that came from files: they live in this tab, no server knows them. */
import type { Trace } from '../../model/api'

export interface Opened {
  trace: Trace
  /** The file's name. */
  from: string
  /** How many other traces were in it. */
  others: number
}

const opened = new Map<string, Opened>()

export function keepOpened(given: Opened) {
  opened.set(given.trace.trace_id, given)
}

export function openedTrace(id: string): Opened | null {
  return opened.get(id) ?? null
}
