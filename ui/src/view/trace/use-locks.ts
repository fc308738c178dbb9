/** The lock waits of this trace, and those of others that wait for it. */
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { LogList } from '../../model/api'
import { RUNNING } from '../../model/columns'
import { term } from '../../model/filter'
import { LOCK_WAIT, type LockWait, lockWaits } from '../../model/locks'
import { ask } from '../ask'
import { useLogRecords, useTraceData } from './data'

const WHILE_RUNNING_MS = 5000
const MOST = 200

export function useLockWaits(): LockWait[] {
  const records = useLogRecords()
  return useMemo(() => lockWaits([...records.values()]), [records])
}

const NONE: LockWait[] = []

export function useHeldUp(): LockWait[] {
  const { layout, local } = useTraceData()
  const { traceId, origin, running } = layout.columns
  const filter = `${term('event_name', LOCK_WAIT)} ${term('trivet.lock.holder.trace_id', traceId)}`
  const { data } = useQuery({
    queryKey: ['held-up', traceId],
    queryFn: ({ signal }) => {
      const params = { filter, start: String(origin), limit: MOST }
      return ask<LogList>('/api/logs', { params, signal, aside: true })
    },
    enabled: !local,
    refetchInterval: running.includes(RUNNING) ? WHILE_RUNNING_MS : false,
    retry: false,
  })
  return useMemo(() => (data ? lockWaits(data.logs) : NONE), [data])
}
