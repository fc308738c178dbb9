/** What an answer cost; while it is being worked out, for how long, and a way to stop it. */
import { useQueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { count, percent } from '../../model/number'
import { useProgress } from '../progress'
import { useSlow } from './slow'

interface Props {
  busy: boolean
  /** Query keys begin with this; cancelling stops them all. */
  names: readonly string[]
  scanned?: { rows: number; ms: number } | undefined
  children?: ReactNode
}

export function Asked({ busy, names, scanned, children }: Props) {
  const client = useQueryClient()
  const slow = useSlow(busy)
  const progress = useProgress(names)
  if (slow !== null) {
    const stop = () => {
      for (const name of names) void client.cancelQueries({ queryKey: [name] })
    }
    return (
      <span className="asked dim number" role="status">
        asking · {(slow / 1000).toFixed(1)} s{progress && progress.rows > 0 && ` · ${count(progress.rows)}\u00a0rows`}
        {progress && progress.total > 0 && ` of ${count(progress.total)}, ${percent(progress.rows / progress.total)}`}{' '}
        <button type="button" className="link" onClick={stop}>
          Cancel
        </button>
      </span>
    )
  }
  return (
    <span className="asked dim number">
      {children}
      {scanned && ` · ${count(scanned.rows)}\u00a0rows read · ${Math.round(scanned.ms)}\u00a0ms`}
    </span>
  )
}

/** Nobody is working on it, and there is nothing to show: it was stopped. */
export function Stopped({ again }: { again: () => void }) {
  return (
    <div className="notice">
      <p className="notice-title">Cancelled.</p>
      <button type="button" onClick={again}>
        Ask again
      </button>
    </div>
  )
}
