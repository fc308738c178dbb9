import type { ReactNode } from 'react'
import { asProblem } from '../ask'

/** A page or a part of it that has nothing to show: what was looked for, and what to do about it. */
export function Notice({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="notice">
      <p className="notice-title">{title}</p>
      {children}
    </div>
  )
}

/** A hint of the server, as a sentence. */
export function said(hint: string): string {
  return `${hint[0].toUpperCase()}${hint.slice(1)}`
}

/** The verb for so many that a filter finds elsewhere. */
export function doThere(found: number, filter: string): string {
  if (filter) return found === 1 ? 'matches' : 'match'
  return found === 1 ? 'is there' : 'are there'
}

export function ProblemNotice({ error, retry }: { error: unknown; retry?: () => void }) {
  const problem = asProblem(error)
  return (
    <div className="notice" role="alert">
      <p className="notice-title">{problem.message}</p>
      {problem.hint && <p>{problem.hint}</p>}
      {retry && (
        <button type="button" onClick={retry}>
          Try again
        </button>
      )}
    </div>
  )
}

/** Grey lines where rows will be, of the size they will have. `silent` beside another one that says so. */
export function Skeleton({ rows, silent = false }: { rows: number; silent?: boolean }) {
  const said = silent ? { 'aria-hidden': true } : { role: 'status', 'aria-label': 'Loading' }
  return (
    <div className="skeleton" {...said}>
      {Array.from({ length: rows }, (_, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows are all alike
        <div key={i} className="skeleton-row" />
      ))}
    </div>
  )
}

/** A page that could not be drawn: after an update its files have other names, and loading it anew finds them. */
export function Broken({ error }: { error: unknown }) {
  return (
    <Notice title="This page could not be shown.">
      <p>{error instanceof Error ? error.message : String(error)}</p>
      <p>If the server was updated while this page was open, loading it again helps.</p>
      <button type="button" onClick={() => location.reload()}>
        Load again
      </button>
    </Notice>
  )
}
