/** What arrives, as it arrives. */
import { useEffect, useRef, useState } from 'react'
import type { LogRecord, Span } from '../../model/api'

interface Kinds {
  traces: Span & { trace_id: string }
  logs: LogRecord
}

export type LiveState = 'off' | 'connecting' | 'live' | 'broken'

/** Follows a signal while `on`; the browser connects again by itself when the server comes back. */
export function useLive<S extends keyof Kinds>(
  signal: S,
  filter: string,
  on: boolean,
  take: (row: Kinds[S]) => void,
  skipped: (count: number) => void = () => {},
): LiveState {
  const [state, setState] = useState<LiveState>('off')
  const latest = useRef({ take, skipped })
  latest.current = { take, skipped }
  useEffect(() => {
    if (!on) return setState('off')
    setState('connecting')
    const source = new EventSource(`/api/live?${new URLSearchParams({ signal, ...(filter && { filter }) })}`)
    source.onopen = () => setState('live')
    source.onerror = () => setState('broken')
    source.addEventListener(signal === 'logs' ? 'log' : 'span', event => latest.current.take(JSON.parse(event.data)))
    source.addEventListener('skipped', event => latest.current.skipped(JSON.parse(event.data).count))
    return () => source.close()
  }, [signal, filter, on])
  return state
}
