/** New traces at the top of the list, as they arrive. */
import { useEffect, useMemo, useRef, useState } from 'react'
import type { TraceList, TraceRow } from '../../model/api'
import { merged, newestFirst } from '../../model/arrivals'
import { rangeParams } from '../../model/range'
import { ask } from '../ask'
import type { ListQuestion } from '../data'
import { type LiveState, useLive } from '../parts/live'

/** A trace is a sum over its spans: it is asked for anew when some have arrived, no oftener than this. */
const LEAST_MS = 1000
/** What was acknowledged so long ago is in the tables, also on a busy machine. */
const STORED_MS = 5000
const MOST_NEW = 100
const MOST_KEPT = 2000
const NONE: TraceRow[] = []

export function useLiveTraces(question: ListQuestion, known: TraceRow[], on: boolean): [TraceRow[], LiveState] {
  const [arrived, setArrived] = useState<TraceRow[]>(NONE)
  const timer = useRef(0)
  const { filter } = question
  const key = JSON.stringify(question)
  const fetchNewest = async () => {
    timer.current = 0
    const params = { ...rangeParams(question.range), filter, order: 'newest', limit: MOST_NEW }
    const newest = await ask<TraceList>('/api/traces', { params, slot: 'live', aside: true }).catch(() => null)
    if (newest) setArrived(before => merged(newest.traces, before, row => row.trace_id).slice(0, MOST_KEPT))
  }
  const soon = () => {
    timer.current ||= window.setTimeout(() => void fetchNewest(), LEAST_MS)
  }
  const state = useLive('traces', filter, on, soon)
  // biome-ignore lint/correctness/useExhaustiveDependencies: what arrived answers the question it was asked for
  useEffect(() => {
    setArrived(NONE)
    return () => {
      clearTimeout(timer.current)
      timer.current = 0
    }
  }, [key, on])
  // What came before the line was open, or while it was broken; once more when all of that is stored.
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked each time it opens
  useEffect(() => {
    if (state !== 'live') return
    soon()
    const later = window.setTimeout(soon, STORED_MS)
    return () => clearTimeout(later)
  }, [state])
  const rows = useMemo(
    () => (on && arrived.length ? newestFirst(merged(arrived, known, row => row.trace_id)) : known),
    [on, arrived, known],
  )
  return [rows, state]
}
