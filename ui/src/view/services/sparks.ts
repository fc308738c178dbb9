/** How rate, errors and p95 of every service ran over the range. */
import { useMemo } from 'react'
import type { Query } from '../../model/api'
import { type Range, rangeMs, rangeParams } from '../../model/range'
import { align, every } from '../../model/series'
import { serverNow } from '../ask'
import { useSums } from '../questions'

/** What the rollups count too: requests and jobs as they come in. */
export const ENTRIES = 'kind in (server, consumer)'
const POINTS = 40

export interface Sparks {
  rate: (number | null)[]
  errors: (number | null)[]
  p95: (number | null)[]
}

export function useSparks(range: Range): Map<string, Sparks> {
  const query = useMemo<Query>(() => {
    const { from, to } = rangeMs(range, serverNow())
    return {
      signal: 'traces',
      filter: ENTRIES,
      calculate: ['rate', 'error_rate', 'p95(duration)'],
      group_by: ['service'],
      every: every(to - from, POINTS),
      limit: 100,
      ...rangeParams(range),
    }
  }, [range])
  const { data } = useSums('sparks', query)
  return useMemo(() => {
    const sparks = new Map<string, Sparks>()
    for (const { group, calculate, values } of data ? align(data.series).lines : []) {
      const name = String(group.service)
      const known = sparks.get(name) ?? { rate: [], errors: [], p95: [] }
      sparks.set(name, known)
      if (calculate === 'rate') known.rate = values.map(value => value ?? 0)
      if (calculate === 'error_rate') known.errors = values.map(value => value ?? 0)
      if (calculate === 'p95(duration)') known.p95 = values
    }
    return sparks
  }, [data])
}
