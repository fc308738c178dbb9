/** Find: at once in what is here; where that is a shape alone, the server looks through attributes and records too. */
import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { quote, term } from '../../model/filter'
import { findByName, findInTrace, withFound } from '../../model/find'
import { rowOfId } from '../../model/ids'
import type { Layout } from '../../model/layout'
import { ask } from '../ask'
import { useTraceData } from './data'
import { useShowing, useStage } from './stage'

const MOST = 1000
const TYPED_MS = 300

export function useFind() {
  const stage = useStage()
  const { layout, whole } = useTraceData()
  const text = useShowing(showing => showing.find).trim()
  const remote = useRemote(layout, whole ? '' : text)
  useEffect(() => {
    if (!text) return stage.set({ found: null })
    const { order } = layout.tree
    if (whole) return stage.set({ found: findInTrace(whole, order, text) })
    const known = findByName(layout.columns, order, text)
    const rows = (remote?.spans ?? []).map(id => rowOfId(layout.columns, id))
    stage.set({ found: withFound(layout.columns, order, known, rows, remote?.logs ?? []) })
  }, [stage, layout, whole, text, remote])
}

interface Remote {
  /** Those that match themselves, or through one of their records. */
  spans: string[]
  logs: string[]
}

/** Words of attributes, events and bodies; the newest MOST of each. */
function useRemote({ columns, extent }: Layout, text: string): Remote | undefined {
  const rested = useRested(text)
  const { traceId, origin } = columns
  const { data } = useQuery({
    queryKey: ['find', traceId, rested],
    queryFn: async ({ signal }): Promise<Remote> => {
      const filter = `${term('trace', traceId)} ${quote(rested)}`
      const [start, end] = extent.map(at => String(origin + BigInt(Math.round(at))))
      const question = { params: { filter, start, end: String(BigInt(end) + 1n), limit: MOST }, signal, aside: true }
      const [found, told] = await Promise.all([
        ask<{ spans: { span_id: string }[] }>('/api/spans', question),
        ask<{ logs: { id: string; span_id: string | null }[] }>('/api/logs', question),
      ])
      const through = told.logs.map(log => log.span_id).filter(id => id !== null)
      return {
        spans: [...new Set([...found.spans.map(span => span.span_id), ...through])],
        logs: told.logs.map(log => log.id),
      }
    },
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
