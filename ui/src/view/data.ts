/** What pages ask the server for, and how long an answer stays good. */
import { type InfiniteData, keepPreviousData, QueryClient, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useRef } from 'react'
import type { LogList, LogRecord, Scanned, ServiceRow, Span, Status, TraceList } from '../model/api'
import { type Range, rangeParams } from '../model/range'
import { ask, asProblem, GONE, UNKNOWN_CALLER } from './ask'

/** A wrong question stays wrong; a server that restarts is back in seconds. */
export const queries = new QueryClient({
  defaultOptions: {
    // The server may well be on this machine: whether there is an internet does not matter.
    mutations: { networkMode: 'always' },
    queries: {
      networkMode: 'always',
      retry: (failures, error) => failures < 2 && [0, 429, 503].includes(asProblem(error).status),
      refetchOnWindowFocus: false,
      staleTime: 10_000,
    },
  },
})

/** Sooner while there is no answer; not at all while there is no token. */
function nextStatusMs(error: Error | null): number | false {
  if (!error) return 5000
  return asProblem(error).status === UNKNOWN_CALLER ? false : 1000
}

export function useStatus() {
  return useQuery({
    queryKey: ['status'],
    queryFn: ({ signal }) => ask<Status>('/api/status', { signal }),
    refetchInterval: query => nextStatusMs(query.state.error),
    retry: false,
  })
}

/** What was asked while the server was away is asked again once it is back. */
export function useComeback(away: boolean) {
  useEffect(() => {
    if (away) return
    const failed = (error: Error | null) => error !== null && asProblem(error).code === GONE
    void queries.refetchQueries({ type: 'active', predicate: ({ state }) => failed(state.error) })
  }, [away])
}

export type Order = 'newest' | 'slowest' | 'errors'

export interface ListQuestion {
  range: Range
  filter: string
  order: Order
}

const PAGE = 200

export type TracePages = InfiniteData<TraceList>

export function useTraces({ range, filter, order }: ListQuestion) {
  return useInfiniteQuery({
    queryKey: ['traces', range, filter, order],
    queryFn: ({ signal, pageParam }) =>
      ask<TraceList>('/api/traces', {
        params: { ...rangeParams(range), filter, order, limit: PAGE, cursor: pageParam },
        signal,
        slot: 'traces',
      }),
    initialPageParam: null as string | null,
    getNextPageParam: page => page.next,
    placeholderData: keepPreviousData,
  })
}

/** The newest trace of all that is stored; asked every second while there is none. */
export function useNewestTrace(enabled: boolean) {
  return useQuery({
    queryKey: ['newest'],
    queryFn: ({ signal }) => ask<TraceList>('/api/traces', { params: { start: '0', limit: 1 }, signal, aside: true }),
    enabled,
    refetchInterval: query => (query.state.data?.traces.length ? false : 1000),
    staleTime: 0,
  })
}

/** Above this many spans a trace is drawn from its shape, and attributes are fetched span by span. */
export const WHOLE_SPANS = 2000

export type SpanAnswer = Span & { logs: LogRecord[] }

export function useSpan(trace: string, span: string | null) {
  return useQuery({
    queryKey: ['span', trace, span],
    queryFn: ({ signal }) => ask<SpanAnswer>(`/api/traces/${trace}/spans/${span}`, { signal }),
    enabled: Boolean(span),
  })
}

export function useLogs(range: Range, filter: string) {
  return useInfiniteQuery({
    queryKey: ['logs', range, filter],
    queryFn: ({ signal, pageParam }) =>
      ask<LogList>('/api/logs', {
        params: { ...rangeParams(range), filter, limit: PAGE, cursor: pageParam },
        signal,
        slot: 'logs',
      }),
    initialPageParam: null as string | null,
    getNextPageParam: page => page.next,
    placeholderData: keepPreviousData,
  })
}

/** The last answer, for as long as `keep` says that it stands for the one that did not come. */
export function useKept<T>(data: T | undefined, keep: boolean): T | undefined {
  const last = useRef<T>(undefined)
  useEffect(() => {
    if (data) last.current = data
  }, [data])
  return data ?? (keep ? last.current : undefined)
}

interface ServiceList {
  services: ServiceRow[]
  scanned: Scanned
}

export function useServices(range: Range) {
  return useQuery({
    queryKey: ['services', range],
    queryFn: ({ signal }) => ask<ServiceList>('/api/services', { params: rangeParams(range), signal }),
    placeholderData: keepPreviousData,
  })
}

const LAST_DAY: Range = { last: 86_400_000 }

/** By powers of ten, then by name: an order that stays while traffic changes a little. */
function busiestFirst(services: readonly ServiceRow[]): string[] {
  const power = (row: ServiceRow) => Math.floor(Math.log10(Math.max(1, row.count)))
  const sorted = [...services].sort((a, b) => power(b) - power(a) || a.name.localeCompare(b.name))
  return sorted.map(service => service.name)
}

/** Every service of the last day: what colours are settled over. */
export function useKnownServices(): string[] | undefined {
  const { data } = useQuery({
    queryKey: ['services', LAST_DAY],
    queryFn: ({ signal }) =>
      ask<{ services: ServiceRow[] }>('/api/services', { params: rangeParams(LAST_DAY), signal, aside: true }),
    staleTime: 300_000,
    retry: false,
  })
  return useMemo(() => data && busiestFirst(data.services), [data])
}
