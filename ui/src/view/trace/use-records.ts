/** Of a trace whose shape alone is here, the texts of the records that are on screen, a span at a time. */
import { useEffect } from 'react'
import { visibleRows } from '../../draw/scene'
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
  const { rows, layout, records } = showing
  const [from, to] = visibleRows(showing)
  const spans = new Set<string>()
  for (let i = from; i < to; i++) {
    if (rows.kind[i] !== LOG || records.has(layout.logs.ref[rows.ref[i]])) continue
    const row = layout.logs.row[rows.ref[i]]
    if (row >= 0) spans.add(spanId(layout.columns, row))
  }
  return [...spans]
}

async function fetchRecords(stage: Stage, id: string) {
  const { traceId } = stage.now.layout.columns
  const answer = await queries
    .fetchQuery({
      queryKey: ['span', traceId, id],
      queryFn: ({ signal }) => ask<SpanAnswer>(`/api/traces/${traceId}/spans/${id}`, { signal }),
    })
    .catch(() => null)
  if (!answer) return
  stage.set({ records: new Map([...stage.now.records, ...answer.logs.map(log => [log.id, log] as const)]) })
}
