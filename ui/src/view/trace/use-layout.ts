/** A trace's layout: small ones from the whole answer, large ones from their shape, laid out in a worker. */
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { Findings, Trace } from '../../model/api'
import { RUNNING } from '../../model/columns'
import { type Layout, layoutTrace } from '../../model/layout'
import { buildRows, PLAIN_VIEW, type Rows } from '../../model/rows'
import { ask, asProblem } from '../ask'
import { queries, type TracePages, WHOLE_SPANS } from '../data'
import { openedTrace } from './opened'
import { loadShape } from './shape'

export interface Loaded {
  layout: Layout
  /** With everything alike folded, nothing else. */
  rows: Rows
  facts: Findings
  /** With attributes; null where only the shape is here. */
  whole: Trace | null
  /** Read from a file: there is no server to ask more of. */
  local?: boolean
}

export interface Loading {
  loaded: Loaded | null
  error: unknown
  retry: () => void
}

const WHILE_RUNNING_MS = 2000
/** The server gives a whole trace with at most so many log records. */
const WHOLE_LOGS = 10_000
/** A link may be quicker than the trace that it leads to. */
const NOT_FOUND = 404

export function useLayout(id: string): Loading {
  const opened = openedTrace(id)
  const local = useMemo(() => opened && { ...wholeOf(opened.trace), local: true }, [opened])
  const stored = useStored(id, !opened)
  return local ? { loaded: local, error: null, retry: () => {} } : stored
}

function useStored(id: string, enabled: boolean): Loading {
  const known = knownSpans(id)
  const cut = queries.getQueryData<Trace>(['trace', id])?.truncated ?? false
  const shape = useShape(id, enabled && (known === null || known > WHOLE_SPANS || cut))
  const spans = known ?? shape.data?.layout.columns.count ?? null
  const chatty = (shape.data?.layout.logs.at.length ?? 0) > WHOLE_LOGS
  // Without a shape there may still be log records that name the trace.
  const trace = useWhole(id, enabled && (shape.isError || (!chatty && spans !== null && spans <= WHOLE_SPANS)))
  const whole = useMemo(() => {
    if (!trace.data || (trace.data.truncated && shape.data)) return null
    return wholeOf(trace.data)
  }, [trace.data, shape.data])
  const drawn = useMemo(() => shape.data && { ...shape.data, whole: null }, [shape.data])
  return {
    loaded: whole ?? drawn ?? null,
    error: trace.error ?? shape.error,
    retry: () => void (trace.error ? trace.refetch() : shape.refetch()),
  }
}

function wholeOf(trace: Trace): Loaded {
  const layout = layoutTrace(trace)
  return { layout, rows: buildRows(layout, PLAIN_VIEW), facts: trace.facts, whole: trace }
}

/** How many spans a list said that the trace has. */
function knownSpans(id: string): number | null {
  for (const [, data] of queries.getQueriesData<TracePages>({ queryKey: ['traces'] })) {
    const row = data?.pages.flatMap(page => page.traces).find(row => row.trace_id === id)
    if (row) return row.spans
  }
  return null
}

function useWhole(id: string, enabled: boolean) {
  return useQuery({
    queryKey: ['trace', id],
    queryFn: ({ signal }) => ask<Trace>(`/api/traces/${id}`, { params: { max_spans: WHOLE_SPANS }, signal }),
    enabled,
    refetchInterval: ({ state: { data, error } }) => {
      const expected = data ? isUnderWay(data) : asProblem(error).status === NOT_FOUND
      return expected ? WHILE_RUNNING_MS : false
    },
  })
}

/** Spans without their parent may still get it for as long as this. */
const ARRIVING_NS = 60_000_000_000n

/** Something runs, or parents have not arrived though the trace has only just been. */
function isUnderWay({ spans, facts }: Trace): boolean {
  if (spans.some(span => span.running?.state === 'running')) return true
  if (!facts.orphans.length) return false
  const now = BigInt(Date.now()) * 1_000_000n
  return spans.some(span => now - BigInt(span.start) - BigInt(span.duration) < ARRIVING_NS)
}

function useShape(id: string, enabled: boolean) {
  return useQuery({
    queryKey: ['shape', id],
    queryFn: ({ signal }) => loadShape(id, signal),
    enabled,
    refetchInterval: query =>
      query.state.data?.layout.columns.running.includes(RUNNING) ? WHILE_RUNNING_MS * 2 : false,
  })
}
