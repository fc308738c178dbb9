/** A statement, and its rows. What was run is in the URL. */
import { useMutation } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import type { SqlAnswer } from '../../model/api'
import { plural } from '../../model/number'
import { valueText } from '../../model/values'
import { ask, asProblem } from '../ask'
import { Title } from '../parts/title'

const EXAMPLE = `SELECT service, name, count() AS spans, quantile(0.95)(duration) / 1e6 AS p95_ms
FROM spans
WHERE start > now() - INTERVAL 1 HOUR
GROUP BY service, name
ORDER BY spans DESC
LIMIT 50`

export function SqlPage() {
  const { query } = useSearch({ from: '/sql' })
  const navigate = useNavigate({ from: '/sql' })
  const [text, setText] = useState(query ?? EXAMPLE)
  const stop = useRef<AbortController>(null)
  const run = useMutation({
    mutationFn: (query: string) => {
      stop.current = new AbortController()
      return ask<SqlAnswer>('/api/sql', { body: { query, limit: 1000 }, signal: stop.current.signal, slot: 'sql' })
    },
  })
  const { mutate } = run
  useEffect(() => {
    if (query) mutate(query)
  }, [query, mutate])
  const submit = () =>
    text === query ? mutate(text) : void navigate({ search: before => ({ ...before, query: text }) })
  return (
    <div className="sql">
      <Title text="SQL" />
      <form
        onSubmit={event => {
          event.preventDefault()
          submit()
        }}
      >
        <textarea
          className="code"
          aria-label="SQL statement"
          spellCheck={false}
          rows={7}
          value={text}
          onChange={event => setText(event.target.value)}
          onKeyDown={event => (event.metaKey || event.ctrlKey) && event.key === 'Enter' && submit()}
        />
        <p className="row">
          <button type="submit">Run</button>
          {run.isPending && (
            <button type="button" onClick={() => stop.current?.abort()}>
              Cancel
            </button>
          )}
          <span className="dim">
            {run.data
              ? `${plural(run.data.rows.length, 'row')}${run.data.truncated ? ', cut there' : ''} · ${run.data.elapsed_ms} ms`
              : 'Ctrl-Enter runs it. Tables: spans, logs, metric_points, traces. Read-only.'}
          </span>
        </p>
      </form>
      {run.error && run.error.name !== 'AbortError' && <Wrong error={run.error} />}
      {run.data && <Answer answer={run.data} />}
    </div>
  )
}

function Wrong({ error }: { error: unknown }) {
  const problem = asProblem(error)
  return (
    <div className="notice" role="alert">
      <p className="notice-title">{problem.message}</p>
      {problem.hint && <p>{problem.hint}</p>}
    </div>
  )
}

function Answer({ answer }: { answer: SqlAnswer }) {
  return (
    <section className="scroll-page" tabIndex={0} aria-label="Rows of the answer">
      <table className="rows">
        <thead>
          <tr>
            {answer.columns.map(column => (
              <th key={column.name} title={column.type} className={isNumber(column.type) ? 'right' : ''}>
                {column.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {answer.rows.map((row, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows of an answer have no other name
            <tr key={i}>
              {row.map((value, c) => (
                <td key={answer.columns[c].name} className={isNumber(answer.columns[c].type) ? 'number right' : 'code'}>
                  {valueText(value)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function isNumber(type: string): boolean {
  return /^(Nullable\()?(U?Int|Float|Decimal)/.test(type)
}
