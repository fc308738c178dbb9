/** A trace's layout: small ones from the whole answer, large ones from their shape, laid out in a worker. */
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { Findings, Span, Trace } from '../../model/api'
import { RUNNING } from '../../model/columns'
import { type Layout, layoutTrace } from '../../model/layout'
import { buildRows, PLAIN_VIEW, type Rows } from '../../model/rows'
import { ask, asProblem, serverNowNs } from '../ask'
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
  fetchStatus: 'fetching' | 'idle'
}

const WHILE_RUNNING_MS = 2000
/** Looked at less often where an answer takes the server and the page a while. */
const LARGE_SHARE = 25_000
/** The server gives a whole trace with at most so many log records. */
const WHOLE_LOGS = 10_000
/** A link may be quicker than the trace that it leads to. */
const NOT_FOUND = 404

export function useLayout(id: string): Loading {
  const opened = openedTrace(id)
  const local = useMemo(() => opened && { ...wholeOf(opened.trace), local: true }, [opened])
  const stored = useStored(id, !opened)
  return local ? { loaded: local, error: null, retry: () => {}, fetchStatus: 'idle' } : stored
}

function useStored(id: string, enabled: boolean): Loading {
  const known = knownSpans(id)
  const cut = queries.getQueryData<Trace>(['trace', id])?.truncated ?? false
  const shape = useShape(id, enabled && (known === null || known > WHOLE_SPANS || cut))
  const spans = known ?? shape.data?.layout.columns.count ?? null
  const chatty = (shape.data?.layout.logs.at.length ?? 0) > WHOLE_LOGS
  // Without a shape there may still be log records that name the trace.
  const trace = useWhole(id, enabled && (shape.isError || (!chatty && spans !== null && spans <= WHOLE_SPANS)))
  // What runs has run on since the same answer came before.
  const heard = trace.data?.spans.some(isRunning) ? trace.dataUpdatedAt : 0
  const whole = useMemo(() => {
    if (!trace.data || (trace.data.truncated && shape.data)) return null
    return wholeOf(trace.data, heard ? serverNowNs() : undefined)
  }, [trace.data, shape.data, heard])
  const drawn = useMemo(() => shape.data && { ...shape.data, whole: null }, [shape.data])
  return {
    loaded: whole ?? drawn ?? null,
    error: trace.error ?? shape.error,
    retry: () => void (trace.error ? trace.refetch() : shape.refetch()),
    fetchStatus: trace.isFetching || shape.isFetching ? 'fetching' : 'idle',
  }
}

function wholeOf(trace: Trace, now?: bigint): Loaded {
  const layout = layoutTrace(trace, now)
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

/** Of a trace whose last span ended this long ago, more may be on its way. */
const ARRIVING_NS = 60_000_000_000n

function isArriving(last: bigint): boolean {
  const ago = serverNowNs() - last
  return ago < ARRIVING_NS && ago > -ARRIVING_NS
}

function isRunning({ running }: Span): boolean {
  return running?.state === 'running'
}

/** Something runs, or the trace has only just been. */
function isUnderWay({ spans }: Trace): boolean {
  return spans.some(isRunning) || spans.some(span => isArriving(BigInt(span.start) + BigInt(span.duration)))
}

function isShapeUnderWay({ columns, end }: Layout): boolean {
  if (columns.running.includes(RUNNING)) return true
  return isArriving(columns.origin + BigInt(Math.round(end.reduce((last, at) => Math.max(last, at), 0))))
}

function useShape(id: string, enabled: boolean) {
  return useQuery({
    queryKey: ['shape', id],
    queryFn: ({ signal }) => loadShape(id, signal),
    enabled,
    refetchInterval: ({ state: { data } }) =>
      data && isShapeUnderWay(data.layout)
        ? WHILE_RUNNING_MS * (2 + Math.floor(data.layout.columns.count / LARGE_SHARE))
        : false,
  })
}
