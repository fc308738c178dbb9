import { Link } from '@tanstack/react-router'
import { term } from '../../model/filter'
import { count, duration, percent, rate } from '../../model/number'
import { rangeLabel } from '../../model/range'
import { useServices } from '../data'
import { keepRange } from '../frame/frame'
import { useRange } from '../frame/range'
import { Moment } from '../parts/moment'
import { Notice, ProblemNotice, Skeleton } from '../parts/notice'
import { Service } from '../parts/service'
import { Title } from '../parts/title'

const HEADS = ['Rate', 'Errors', 'p50', 'p95', 'p99', 'Requests', 'Last seen']

/** All services of the time range, busiest first. */
export function ServicesPage() {
  const [range] = useRange()
  const { data, error, isPending, refetch } = useServices(range)
  if (error && !data) return <ProblemNotice error={error} retry={() => void refetch()} />
  if (isPending) return <Skeleton rows={12} />
  if (!data.services.length) return <Notice title={`No service sent anything in the ${rangeLabel(range)}.`} />
  const rows = [...data.services].sort((a, b) => b.rate - a.rate)
  return (
    <div className="scroll-page">
      <Title text="Services" />
      <table className="rows">
        <thead>
          <tr>
            <th>Service</th>
            {HEADS.map(title => (
              <th key={title} className="right">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(row => (
            <tr key={row.name}>
              <td>
                <Link
                  className="ink"
                  to="/traces"
                  search={before => ({ ...keepRange(before), filter: term('service', row.name) })}
                >
                  <Service name={row.name} />
                </Link>
              </td>
              <td className="number right">{rate(row.rate)}</td>
              <td className={`number right ${row.errors ? 'error' : 'dim'}`}>
                {row.errors ? `${percent(row.error_rate)} · ${count(row.errors)}` : '0'}
              </td>
              <td className="number right">{duration(row.p50)}</td>
              <td className="number right">{duration(row.p95)}</td>
              <td className="number right">{duration(row.p99)}</td>
              <td className="number right">{count(row.count)}</td>
              <td className="number right dim">
                <Moment at={row.last_seen} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
