import { Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import type { Query } from '../../model/api'
import { grouped } from '../../model/failures'
import { term } from '../../model/filter'
import { count, plural } from '../../model/number'
import { rangeParams } from '../../model/range'
import { number } from '../../model/series'
import { valueText } from '../../model/values'
import { keepRange } from '../frame/frame'
import { useRange } from '../frame/range'
import { useSums } from '../questions'

const GROUPS = ['error.type', 'name', 'status.message']

/** Errors by their type and where they happened, most frequent first. */
export function Failures({ service }: { service: string }) {
  const [range] = useRange()
  const filter = `${term('service', service)} status:error`
  const query = useMemo<Query>(
    () => ({
      signal: 'traces',
      filter,
      calculate: ['count'],
      group_by: GROUPS,
      order: '-count',
      limit: 200,
      ...rangeParams(range),
    }),
    [filter, range],
  )
  const { data } = useSums('failures', query)
  if (!data?.rows.length) return null
  const at = (name: string) => data.columns.findIndex(column => column.name === name)
  const rows = data.rows.map(row => {
    const [type, name, message] = GROUPS.map(field => text(row[at(field)]))
    return { type, name, message, count: number(row[at('count')]) }
  })
  return (
    <section>
      <h2>Errors</h2>
      <table className="rows">
        <thead>
          <tr>
            <th>Type</th>
            <th>In</th>
            <th>Message</th>
            <th className="right">Count</th>
          </tr>
        </thead>
        <tbody>
          {grouped(rows).map(({ type, name, message, others, count: n }) => (
            <tr key={`${type} ${name}`}>
              <td className="error">{type || '(no type)'}</td>
              <td>
                <Link
                  className="ink"
                  to="/traces"
                  search={before => ({
                    ...keepRange(before),
                    filter: `${filter} ${term('name', name)}${type ? ` ${term('error.type', type)}` : ''}`,
                  })}
                >
                  {name}
                </Link>
              </td>
              <td className="dim" title={message}>
                {message}
                {others > 0 && ` · and ${plural(others, 'other message')}`}
              </td>
              <td className="number right">{count(n)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function text(value: Parameters<typeof valueText>[0] | undefined): string {
  return value === null || value === undefined ? '' : valueText(value)
}
