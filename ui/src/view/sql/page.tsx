/** A statement, and its rows as a table or a chart. What was run is in the address. */
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { plural } from '../../model/number'
import { asProblem } from '../ask'
import { Asked, Stopped } from '../parts/asked'
import { Title } from '../parts/title'
import { Views } from '../parts/views'
import { useSql } from '../questions'
import { SqlChart } from './chart'
import { Editor } from './editor'
import { SqlRows } from './rows'
import { Schema } from './schema'
import './sql.css'

const EXAMPLE = `SELECT service, name, count() AS spans, quantile(0.95)(duration) / 1e6 AS p95_ms
FROM spans
WHERE start > now() - INTERVAL 1 HOUR
GROUP BY service, name
ORDER BY spans DESC
LIMIT 50`

type View = 'table' | 'chart'

export function SqlPage() {
  const { query, view = 'table' } = useSearch({ from: '/sql' })
  const navigate = useNavigate({ from: '/sql' })
  const client = useQueryClient()
  const [text, setText] = useState(query ?? EXAMPLE)
  useEffect(() => setText(query ?? EXAMPLE), [query])
  const run = useSql(query)
  const { data } = run
  const submit = () => {
    if (text === query) void client.resetQueries({ queryKey: ['/api/sql'] })
    else void navigate({ search: before => ({ ...before, query: text }) })
  }
  return (
    <div className="sql">
      <Title text="SQL" />
      <Schema
        insert={name => setText(before => `${before.trimEnd()} ${name}`)}
        show={statement => setText(statement)}
      />
      <div className="sql-main">
        <Editor text={text} setText={setText} run={submit} error={text === query ? run.error : null}>
          <Asked busy={run.isFetching} names={['/api/sql']}>
            {data
              ? `${plural(data.rows.length, 'row')}${data.truncated ? ', cut there' : ''} · ${data.elapsed_ms} ms`
              : 'Read-only. Times are UTC, durations nanoseconds.'}
          </Asked>
          {data && (
            <Views<View>
              label="Rows as"
              views={[
                ['table', 'Table'],
                ['chart', 'Chart'],
              ]}
              view={view as View}
              show={view =>
                void navigate({ search: before => ({ ...before, view: view === 'table' ? undefined : view }) })
              }
            />
          )}
        </Editor>
        {run.isError && !run.isFetching && <Wrong error={run.error} />}
        {query && run.isPending && run.fetchStatus === 'idle' && <Stopped again={() => void run.refetch()} />}
        {data && !run.isError && (view === 'chart' ? <SqlChart answer={data} /> : <SqlRows answer={data} />)}
      </div>
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
