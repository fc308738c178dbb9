/** The filter above a page: its text, what the answer cost, and the server's complaint under its column. */
import type { ReactNode } from 'react'
import type { Signal } from '../../model/api'
import { asProblem } from '../ask'
import { FilterInput } from './filter-input'

interface Props {
  signal: Signal
  filter: string
  apply: (filter: string) => void
  error: unknown
  placeholder: string
  children?: ReactNode
  before?: ReactNode
}

export function FilterBar({ signal, filter, apply, error, placeholder, children, before }: Props) {
  return (
    <div className="filter-bar">
      {before}
      <FilterInput signal={signal} filter={filter} apply={apply} error={error} placeholder={placeholder} />
      <div className="filter-side">{children}</div>
      <FilterProblem error={error} />
    </div>
  )
}

/** What the server says about this filter; null for what went wrong otherwise. */
function filterProblem(error: unknown) {
  const problem = error ? asProblem(error) : null
  return problem?.at === null || problem?.at === undefined
    ? null
    : { ...problem, at: problem.at, message: problem.message }
}

function FilterProblem({ error }: { error: unknown }) {
  const problem = filterProblem(error)
  if (!problem) return null
  return (
    <p id="filter-problem" className="filter-problem" role="alert">
      {problem.message}
      {problem.hint && <span className="dim"> · {problem.hint}</span>}
    </p>
  )
}
