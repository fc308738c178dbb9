import { Link } from '@tanstack/react-router'
import { term } from '../../model/filter'
import { count, duration, percent, rate } from '../../model/number'
import { keepRange } from '../frame/frame'
import { useRange } from '../frame/range'
import { useOperations } from '../questions'

/** What the service answers or works on; a row leads to its traces. */
export function Operations({ service }: { service: string }) {
  const [range] = useRange()
  const { data } = useOperations(service, range)
  if (!data) return null
  return (
    <section>
      <h2>Operations</h2>
      {!data.operations.length && <p className="dim">It answered no request and took no job in this time.</p>}
      {data.operations.length > 0 && (
        <table className="rows">
          <thead>
            <tr>
              <th>Name</th>
              <th>Kind</th>
              {['Rate', 'Errors', 'p50', 'p95', 'p99', 'Requests'].map(title => (
                <th key={title} className="right">
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {data.operations.map(row => (
              <tr key={`${row.kind} ${row.name}`}>
                <td>
                  <Link
                    className="ink"
                    to="/traces"
                    search={before => ({
                      ...keepRange(before),
                      filter: `${term('service', service)} ${term('name', row.name)}`,
                    })}
                  >
                    {row.name}
                  </Link>
                </td>
                <td className="dim">{row.kind}</td>
                <td className="number right">{rate(row.rate)}</td>
                <td className={`number right ${row.errors ? 'error' : 'dim'}`}>
                  {row.errors ? percent(row.error_rate) : '0'}
                </td>
                <td className="number right">{duration(row.p50)}</td>
                <td className="number right">{duration(row.p95)}</td>
                <td className="number right">{duration(row.p99)}</td>
                <td className="number right">{count(row.count)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  )
}
