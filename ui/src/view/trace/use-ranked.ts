/** Where the trace stands among its like: a whole trace comes with it, a shape does not. */
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { Findings, Percentile } from '../../model/api'
import { ask } from '../ask'
import type { Loaded } from './use-layout'

export function useRanked({ layout, whole, local, facts }: Loaded): Findings {
  const { columns } = layout
  const root = layout.tree.roots[0] ?? -1
  const like =
    root < 0
      ? null
      : {
          service: columns.services[columns.service[root]],
          name: columns.names[columns.name[root]],
          start: String(columns.origin + BigInt(columns.start[root])),
          duration: columns.duration[root],
        }
  const { data } = useQuery({
    queryKey: ['percentile', like],
    queryFn: ({ signal }) => ask<{ percentile: Percentile | null }>('/api/percentile', { params: like ?? {}, signal }),
    enabled: like !== null && !whole && !local,
    staleTime: 60_000,
    retry: false,
  })
  return useMemo(() => (data ? { ...facts, percentile: data.percentile } : facts), [data, facts])
}
