/** Find: at once in what is here; where that is a shape alone, the server looks through attributes and records too. */
import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { quote } from '../../model/filter'
import { findByName, findInTrace, withFound } from '../../model/find'
import { rowOfId, spanId } from '../../model/ids'
import type { Layout } from '../../model/layout'
import { ask } from '../ask'
import { useTraceData } from './data'
import { useShowing, useStage } from './stage'

const TYPED_MS = 300

/** Whether all has been looked through: the server may have to, and takes its time. */
export function useFind(): boolean {
  const stage = useStage()
  const { layout, whole } = useTraceData()
  const text = useShowing(showing => showing.find).trim()
  const remote = useRemote(layout.columns.traceId, whole ? '' : text)
  useEffect(() => {
    if (!text) return stage.set({ found: null })
    const { order } = layout.tree
    if (whole) return stage.set({ found: findInTrace(whole, order, text) })
    const known = findByName(layout.columns, order, text)
    stage.set({
      found: remote ? withFound(layout.columns, order, known, rowsOf(layout, remote), remote.logs) : known,
    })
  }, [stage, layout, whole, text, remote])
  return whole !== null || remote !== undefined
}

/** Rows of the shape, and the same spans by id; ids of log records. */
interface Remote {
  rows: number[]
  spans: string[]
  logs: string[]
}

/** Spans that match themselves, and those of records that do. A trace that grew since has its spans elsewhere. */
function rowsOf({ columns, logs }: Layout, remote: Remote): number[] {
  const own = remote.rows.map((row, i) =>
    row < columns.count && spanId(columns, row) === remote.spans[i] ? row : rowOfId(columns, remote.spans[i]),
  )
  const told = new Set(remote.logs)
  return [...own, ...logs.row.filter((_, i) => told.has(logs.ref[i]))]
}

/** Words of attributes, events and bodies. */
function useRemote(trace: string, text: string): Remote | undefined {
  const rested = useRested(text)
  const { data } = useQuery({
    queryKey: ['find', trace, rested],
    queryFn: ({ signal }) =>
      ask<Remote>(`/api/traces/${trace}/find`, { params: { filter: quote(rested) }, signal, slot: 'find' }),
    enabled: rested !== '',
    retry: false,
    staleTime: 60_000,
  })
  return text === rested ? data : undefined
}

/** The text once nobody types any more. */
function useRested(text: string): string {
  const [rested, setRested] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => setRested(text), TYPED_MS)
    return () => clearTimeout(timer)
  }, [text])
  return rested
}
