/** What the trace is compared with, found and asked for. */
import { useQuery } from '@tanstack/react-query'
import type { Diff, TraceList, TraceRow } from '../../../model/api'
import { type Against, medianOf } from '../../../model/diff'
import { term } from '../../../model/filter'
import type { Layout } from '../../../model/layout'
import { ask, Problem } from '../../ask'
import { askSlow } from '../../progress'

const DAY_NS = 86_400_000_000_000n
/** Where it is asked, and by what it is known while it is worked on. */
export const DIFF = '/api/diff'
/** The newest so many are what the median is taken of. */
const MOST = 500

export interface Compared {
  diff: Diff
  /** The other trace, where it is one; `among` how many it was chosen from. */
  other: string | null
  among: number
}

export function useDiff(layout: Layout, against: Against) {
  const { traceId } = layout.columns
  return useQuery({
    queryKey: [DIFF, traceId, against],
    queryFn: async ({ signal }): Promise<Compared> => {
      const { side, other, among } = await sideOf(layout, against, signal)
      const body = { a: side, b: { trace_id: traceId } }
      const diff = await askSlow<Diff>(DIFF, { body, signal, slot: 'diff' })
      return { diff, other, among }
    },
    retry: false,
    staleTime: 60_000,
  })
}

async function sideOf(layout: Layout, against: Against, signal: AbortSignal) {
  if (against.kind === 'trace') return { side: { trace_id: against.id }, other: against.id, among: 1 }
  const within = dayAround(layout)
  if (against.kind === 'filter') return { side: { filter: against.filter, ...within }, other: null, among: 0 }
  const params = { filter: likeIt(layout), limit: MOST, ...within }
  const { traces } = await ask<TraceList>('/api/traces', { params, signal, aside: true })
  const others = traces.filter(row => row.trace_id !== layout.columns.traceId && !row.running)
  const median = medianOf<TraceRow>(others)
  if (!median) throw new Problem('No other trace like this one is stored.', 0, 'alone', ALONE)
  return { side: { trace_id: median.trace_id }, other: median.trace_id, among: others.length }
}

const ALONE = 'Looked for the same root in the day before and after. Choose a trace by its id, or traces by a filter.'

/** Traces of the same root. */
export function likeIt({ columns, tree }: Layout): string {
  const root = tree.roots[0] ?? tree.orphans[0]?.rows[0] ?? 0
  const service = columns.services[columns.service[root]]
  const name = columns.names[columns.name[root]]
  return `${term('root.service', service)} ${term('root.name', name)}`
}

export function dayAround({ columns, extent }: Layout): { start: string; end: string } {
  const from = columns.origin + BigInt(Math.round(extent[0]))
  const to = columns.origin + BigInt(Math.round(extent[1]))
  return { start: String(from - DAY_NS > 0n ? from - DAY_NS : 0n), end: String(to + DAY_NS) }
}
