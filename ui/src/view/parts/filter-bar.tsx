/** The filter's text: applied on Enter, and on leaving it; the server's complaint stands under its column. */
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { asProblem } from '../ask'
import { useKeys } from '../keys'

interface Props {
  filter: string
  apply: (filter: string) => void
  error: unknown
  placeholder: string
  children?: ReactNode
}

export function FilterBar({ filter, apply, error, placeholder, children }: Props) {
  const [text, setText] = useState(filter)
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => setText(filter), [filter])
  useKeys('Filter', [{ keys: '/', does: 'Write a filter', run: () => input.current?.select() }])
  const problem = error ? asProblem(error) : null
  const mine = problem?.at !== null && problem?.at !== undefined
  return (
    <div className="filter-bar">
      <form
        className="filter"
        onSubmit={event => {
          event.preventDefault()
          apply(text.trim())
        }}
      >
        <input
          ref={input}
          className="code"
          aria-label="Filter"
          aria-invalid={mine}
          aria-describedby={mine ? 'filter-problem' : undefined}
          placeholder={placeholder}
          spellCheck={false}
          autoComplete="off"
          value={text}
          onChange={event => setText(event.target.value)}
          onKeyDown={event => event.key === 'Escape' && input.current?.blur()}
        />
        {filter && (
          <button type="button" className="quiet" aria-label="Clear the filter" onClick={() => apply('')}>
            ✕
          </button>
        )}
      </form>
      <div className="filter-side">{children}</div>
      {mine && problem && (
        <p id="filter-problem" className="filter-problem" role="alert">
          <span className="code" aria-hidden="true">
            {' '.repeat(problem.at ?? 0)}▲
          </span>
          {problem.message}
          {problem.hint && <span className="dim"> · {problem.hint}</span>}
        </p>
      )}
    </div>
  )
}
