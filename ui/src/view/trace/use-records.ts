/** Of a trace whose shape alone is here, the texts of the records that are on screen: a span, or a stretch, at a time. */
import { useEffect } from 'react'
import { visibleRows } from '../../draw/scene'
import type { LogList, LogRecord } from '../../model/api'
import { term } from '../../model/filter'
import { spanId } from '../../model/ids'
import { LOG } from '../../model/rows'
import { ask } from '../ask'
import { queries, type SpanAnswer } from '../data'
import { useTraceData } from './data'
import { type Showing, type Stage, useStage } from './stage'

/** Long enough that scrolling past asks for nothing. */
const SETTLED_MS = 120
const AT_ONCE = 6

export function useRecordsOnScreen() {
  const stage = useStage()
  const { whole } = useTraceData()
  useEffect(() => {
    if (whole) return
    const asked = new Set<string>()
    let timer = 0
    const look = () => {
      const missing = missingSpans(stage.now).filter(id => !asked.has(id))
      for (const id of missing.slice(0, AT_ONCE)) {
        asked.add(id)
        void fetchRecords(stage, id).then(look)
      }
      void fetchStrays(stage, straysOnScreen(stage.now))
    }
    const later = () => {
      clearTimeout(timer)
      timer = window.setTimeout(look, SETTLED_MS)
    }
    later()
    const unsubscribe = stage.subscribe(later)
    return () => {
      clearTimeout(timer)
      unsubscribe()
    }
  }, [stage, whole])
}

/** Spans of log rows on screen whose text is not known. */
function missingSpans(showing: Showing): string[] {
  const { layout } = showing
  const rows = missing(showing).map(log => layout.logs.row[log])
  return [...new Set(rows.filter(row => row >= 0).map(row => spanId(layout.columns, row)))]
}

/** The selected record too: it has no span that would bring it along. */
function straysOnScreen(showing: Showing): number[] {
  const { log, layout } = showing
  return [...missing(showing), ...(log < 0 ? [] : [log])].filter(each => layout.logs.row[each] < 0)
}

function missing(showing: Showing): number[] {
  const { rows, layout, records } = showing
  const [from, to] = visibleRows(showing)
  const logs: number[] = []
  for (let i = from; i < to; i++)
    if (rows.kind[i] === LOG && !records.has(layout.logs.ref[rows.ref[i]])) logs.push(rows.ref[i])
  return logs
}

async function fetchRecords(stage: Stage, id: string) {
  const { traceId } = stage.now.layout.columns
  const answer = await queries
    .fetchQuery({
      queryKey: ['span', traceId, id],
      queryFn: ({ signal }) => ask<SpanAnswer>(`/api/traces/${traceId}/spans/${id}`, { signal }),
    })
    .catch(() => null)
  if (answer) keep(stage, answer.logs)
}

/** So many records of a trace are told at once. */
const MOST = 1000

/** Records outside of any span, as indices in `layout.logs`: whatever the trace told in the stretch that they take. */
export async function fetchStrays(stage: Stage, strays: readonly number[]) {
  const { layout, records } = stage.now
  const unknown = strays.filter(log => !records.has(layout.logs.ref[log])).map(log => layout.logs.at[log])
  if (!unknown.length) return
  const { traceId, origin } = layout.columns
  const params = {
    filter: term('trace', traceId),
    start: String(origin + BigInt(Math.min(...unknown))),
    end: String(origin + BigInt(Math.max(...unknown)) + 1n),
    order: 'oldest',
    limit: MOST,
  }
  const answer = await queries
    .fetchQuery({
      queryKey: ['told', params],
      queryFn: ({ signal }) => ask<LogList>('/api/logs', { params, signal, aside: true }),
    })
    .catch(() => null)
  if (answer) keep(stage, answer.logs)
}

function keep(stage: Stage, logs: readonly LogRecord[]) {
  const fresh = logs.filter(log => !stage.now.records.has(log.id))
  if (fresh.length) stage.set({ records: new Map([...stage.now.records, ...fresh.map(log => [log.id, log] as const)]) })
}
