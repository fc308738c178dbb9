/** The trace itself, for whatever stands below the trace page. */
import { useMemo } from 'react'
import type { LogRecord } from '../../model/api'
import { bodyLine } from '../../model/find'
import { useSlots } from '../parts/service'
import { useTheme } from '../theme'
import { useShowing } from './stage'
import type { Loaded } from './use-layout'

export function useTraceData(): Loaded {
  return useShowing(showing => showing.loaded)
}

/** By id; where only the shape is here, those that have been on screen. */
export function useLogRecords(): ReadonlyMap<string, LogRecord> {
  const { whole } = useTraceData()
  const seen = useShowing(showing => showing.records)
  return useMemo(() => (whole ? new Map(whole.logs.map(log => [log.id, log])) : seen), [whole, seen])
}

export function logText(records: ReadonlyMap<string, LogRecord>, id: string): string {
  const record = records.get(id)
  return record ? bodyLine(record.body, record.event_name) : '…'
}

/** A colour per service, in the order of the columns. */
export function useColours(): string[] {
  const { layout } = useTraceData()
  const theme = useTheme()
  const slots = useSlots(layout.columns.services)
  return useMemo(
    () => layout.columns.services.map(name => theme.services[slots.get(name) ?? 0]),
    [layout, theme, slots],
  )
}
