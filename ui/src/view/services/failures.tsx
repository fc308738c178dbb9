import { Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import type { Query } from '../../model/api'
import { term } from '../../model/filter'
import { count } from '../../model/number'
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
      limit: 20,
      ...rangeParams(range),
    }),
    [filter, range],
  )
  const { data } = useSums('failures', query)
  if (!data?.rows.length) return null
  const at = (name: string) => data.columns.findIndex(column => column.name === name)
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
          {data.rows.map(row => {
            const [type, name, message] = GROUPS.map(field => text(row[at(field)]))
            const narrowed = `${filter} ${term('name', name)}${type ? ` ${term('error.type', type)}` : ''}`
            return (
              <tr key={`${type} ${name} ${message}`}>
                <td className="error">{type || '(no type)'}</td>
                <td>
                  <Link className="ink" to="/traces" search={before => ({ ...keepRange(before), filter: narrowed })}>
                    {name}
                  </Link>
                </td>
                <td className="dim" title={message}>
                  {message}
                </td>
                <td className="number right">{count(number(row[at('count')]))}</td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </section>
  )
}

function text(value: Parameters<typeof valueText>[0] | undefined): string {
  return value === null || value === undefined ? '' : valueText(value)
}
