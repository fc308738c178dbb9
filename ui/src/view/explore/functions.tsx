import { useMemo } from 'react'
import { functionsOf, type Merged } from '../../model/merged'
import { count, duration, percent } from '../../model/number'
import { Service } from '../parts/service'
import type { Change } from './page'

const MOST = 30

/** Functions by their own time; a click shows only the ways that lead through one. */
export function Functions({ merged, change }: { merged: Merged; change: Change }) {
  const functions = useMemo(() => functionsOf(merged).slice(0, MOST), [merged])
  const all = merged.weight[0] || 1
  return (
    <table className="rows">
      <thead>
        <tr>
          <th>Function</th>
          <th>Service</th>
          <th className="right">Own time</th>
          <th className="right">Share</th>
          <th className="right">Calls</th>
          <th className="right">Errors</th>
        </tr>
      </thead>
      <tbody>
        {functions.map(each => (
          <tr key={`${each.service}|${each.name}`}>
            <td>
              <button
                type="button"
                className="link ink"
                title="Show only the ways that lead through this"
                onClick={() => change({ focus: `${each.service}|${each.name}`, at: undefined })}
              >
                {each.name}
              </button>
            </td>
            <td>
              <Service name={each.service ?? ''} />
            </td>
            <td className="number right">{duration(each.self)}</td>
            <td className="number right">{percent(each.self / all)}</td>
            <td className="number right">{count(each.count)}</td>
            <td className={`number right ${each.errors ? 'error' : 'dim'}`}>{each.errors ? count(each.errors) : ''}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
