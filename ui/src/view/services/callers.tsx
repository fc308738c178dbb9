import { Link } from '@tanstack/react-router'
import type { Edge } from '../../model/api'
import { count, duration, percent } from '../../model/number'
import { keepRange } from '../frame/frame'
import { useRange } from '../frame/range'
import { Service } from '../parts/service'
import { useMap } from '../questions'

/** What calls the service, and what it calls. */
export function Callers({ service }: { service: string }) {
  const [range] = useRange()
  const { data } = useMap(range)
  if (!data) return null
  return (
    <section className="pair">
      <Calls title="Called by" edges={data.edges.filter(edge => edge.to === service)} other={edge => edge.from} />
      <Calls title="Calls" edges={data.edges.filter(edge => edge.from === service)} other={edge => edge.to} />
    </section>
  )
}

function Calls({ title, edges, other }: { title: string; edges: Edge[]; other: (edge: Edge) => string }) {
  return (
    <div>
      <h2>{title}</h2>
      {!edges.length && <p className="dim">Nothing that is known. Calls are worked out once a minute.</p>}
      {edges.length > 0 && (
        <table className="rows">
          <thead>
            <tr>
              <th>Service</th>
              <th>How</th>
              <th className="right">Calls</th>
              <th className="right">Errors</th>
              <th className="right">p95</th>
            </tr>
          </thead>
          <tbody>
            {edges.map(edge => (
              <tr key={`${other(edge)} ${edge.kind}`}>
                <td>
                  <Link className="ink" to="/services/$name" params={{ name: other(edge) }} search={keepRange}>
                    <Service name={other(edge)} />
                  </Link>
                </td>
                <td className="dim">{edge.kind}</td>
                <td className="number right">{count(edge.count)}</td>
                <td className={`number right ${edge.errors ? 'error' : 'dim'}`}>
                  {edge.errors ? percent(edge.errors / edge.count) : '0'}
                </td>
                <td className="number right">{duration(edge.p95)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  )
}
