/** The groups as a table; a click on one makes it the filter. */
import type { MouseEvent } from 'react'
import type { QueryAnswer, Value } from '../../model/api'
import { toggleTerm } from '../../model/filter'
import type { Asked } from '../../model/question'
import { groupFilter } from '../../model/question'
import { groupLabel, number } from '../../model/series'
import { figure } from '../../model/units'
import { valueText } from '../../model/values'
import { Dot } from '../parts/service'
import type { Change } from './page'

interface Props {
  answer: QueryAnswer
  asked: Asked
  change: Change
  /** The colour of a group's line, by the group's label. */
  colours?: ReadonlyMap<string, string>
}

export function Groups({ answer, asked, change, colours }: Props) {
  if (!asked.groupBy.length) return null
  const sort = (calculate: string) =>
    change({ calculate: [calculate, ...asked.calculate.filter(each => each !== calculate)].join(', ') })
  return (
    <table className="rows">
      <thead>
        <tr>
          {asked.groupBy.map(field => (
            <th key={field}>{field}</th>
          ))}
          {asked.calculate.map((calculate, i) => (
            <th key={calculate} className="right">
              <button type="button" className="sort" aria-pressed={i === 0} onClick={() => sort(calculate)}>
                {calculate} {i === 0 ? '▾' : ''}
              </button>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {answer.rows.map(row => (
          <Row
            key={JSON.stringify(row.slice(0, asked.groupBy.length))}
            row={row}
            answer={answer}
            asked={asked}
            change={change}
            {...(colours && { colours })}
          />
        ))}
      </tbody>
      {answer.other && (
        <tfoot>
          <tr>
            <td className="dim" colSpan={asked.groupBy.length}>
              {answer.other.groups} more groups together
            </td>
            {asked.calculate.map(calculate => (
              <td key={calculate} className="number right dim">
                {figure(number(answer.other?.values[calculate]), unitOf(answer, calculate))}
              </td>
            ))}
          </tr>
        </tfoot>
      )}
    </table>
  )
}

function unitOf(answer: QueryAnswer, name: string): string {
  return answer.columns.find(column => column.name === name)?.unit ?? ''
}

function Row({ row, answer, asked, change, colours }: Props & { row: Value[] }) {
  const place = (name: string) => answer.columns.findIndex(column => column.name === name)
  const group = Object.fromEntries(asked.groupBy.map(field => [field, row[place(field)] ?? null]))
  const include = (event: MouseEvent, field: string) => {
    const value = group[field]
    const filter =
      event.altKey && value !== null
        ? toggleTerm(asked.filter, field, valueText(value), true)
        : groupFilter(asked.filter, { [field]: value })
    change({ filter, box: undefined, at: undefined })
  }
  return (
    <tr>
      {asked.groupBy.map((field, i) => (
        <td key={field}>
          <button
            type="button"
            className="link ink row"
            title="Click: only these. Alt-click: without them."
            onClick={event => include(event, field)}
          >
            {i === 0 && colours && (
              <span className="dot" style={{ background: colours.get(groupLabel(group)) ?? 'none' }} />
            )}
            {!colours && field === 'service' && <Dot service={String(group[field])} />}
            {group[field] === null ? (
              <span className="dim">(absent)</span>
            ) : (
              valueText(group[field] as Value) || '(empty)'
            )}
          </button>
        </td>
      ))}
      {asked.calculate.map(calculate => (
        <td key={calculate} className="number right">
          {figure(number(row[place(calculate)]), unitOf(answer, calculate))}
        </td>
      ))}
    </tr>
  )
}
