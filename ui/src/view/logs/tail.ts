/** Records as they arrive, held back while somebody reads further down. */
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { LogRecord } from '../../model/api'
import { merged } from '../../model/arrivals'
import { type LiveState, useLive } from '../parts/live'

export interface Tail {
  logs: LogRecord[]
  state: LiveState
  /** Arrived, and not yet shown. */
  waiting: number
  /** Not sent by the server, because the page could not keep up. */
  skipped: number
  /** Holds back what arrives, or lets it in. */
  pause: (paused: boolean) => void
}

const MOST = 5000
/** Records that come together are shown together: no more than some ten drawings a second. */
const TOGETHER_MS = 100

export function useTail(filter: string, on: boolean, known: LogRecord[]): Tail {
  const [shown, setShown] = useState<LogRecord[]>([])
  const [waiting, setWaiting] = useState(0)
  const [skipped, setSkipped] = useState(0)
  const held = useRef<LogRecord[]>([])
  const paused = useRef(false)
  const timer = useRef(0)
  const flush = useCallback(() => {
    timer.current = 0
    setWaiting(paused.current ? held.current.length : 0)
    if (paused.current || !held.current.length) return
    const fresh = held.current.reverse()
    held.current = []
    setShown(before => merged(fresh, before, log => log.id).slice(0, MOST))
  }, [])
  const state = useLive(
    'logs',
    filter,
    on,
    log => {
      held.current.push(log)
      if (held.current.length > MOST) held.current.shift()
      timer.current ||= window.setTimeout(flush, TOGETHER_MS)
    },
    count => setSkipped(before => before + count),
  )
  // biome-ignore lint/correctness/useExhaustiveDependencies: another question begins anew
  useEffect(() => {
    held.current = []
    setShown([])
    setWaiting(0)
    setSkipped(0)
    return () => {
      clearTimeout(timer.current)
      timer.current = 0
    }
  }, [filter, on])
  const pause = useCallback(
    (now: boolean) => {
      if (paused.current === now) return
      paused.current = now
      flush()
    },
    [flush],
  )
  const logs = useMemo(() => (shown.length ? merged(shown, known, log => log.id) : known), [shown, known])
  return { logs, state, waiting, skipped, pause }
}
