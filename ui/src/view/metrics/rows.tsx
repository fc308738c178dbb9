import type { QueryAnswer } from '../../model/api'
import { groupFilter } from '../../model/question'
import { number, rowGroup } from '../../model/series'
import { figure } from '../../model/units'
import { valueText } from '../../model/values'
import { Dot } from '../parts/service'
import type { MetricsSearch } from '../router'

interface Props {
  answer: QueryAnswer
  groupBy: string[]
  filter: string
  change: (changes: MetricsSearch) => void
}

/** The groups and their figures over the whole time; a click on a value makes it the filter. */
export function MetricRows({ answer, groupBy, filter, change }: Props) {
  const figures = answer.columns
    .map((column, at) => ({ ...column, at }))
    .filter(column => !groupBy.includes(column.name))
  return (
    <table className="rows">
      <thead>
        <tr>
          {groupBy.map(field => (
            <th key={field}>{field}</th>
          ))}
          {figures.map(({ name }) => (
            <th key={name} className="right">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {answer.rows.map(row => {
          const group = rowGroup(answer, row, groupBy)
          return (
            <tr key={JSON.stringify(group)}>
              {groupBy.map(field => (
                <td key={field}>
                  <button
                    type="button"
                    className="link ink row"
                    onClick={() => change({ filter: groupFilter(filter, { [field]: group[field] ?? null }) })}
                  >
                    {field === 'service' && <Dot service={String(group[field])} />}
                    {group[field] === null ? <span className="dim">(absent)</span> : valueText(group[field])}
                  </button>
                </td>
              ))}
              {figures.map(({ name, unit, at }) => (
                <td key={name} className="number right">
                  {figure(number(row[at]), unit)}
                </td>
              ))}
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}
