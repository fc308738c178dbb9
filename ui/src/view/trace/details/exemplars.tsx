/** Measurements of metrics that were taken inside this span. */
import { Link } from '@tanstack/react-router'
import { spanId } from '../../../model/ids'
import { count, duration } from '../../../model/number'
import { after } from '../../../model/time'
import { valueText } from '../../../model/values'
import { useTraceData } from '../data'
import { Section } from './section'

export function ExemplarSection({ row }: { row: number }) {
  const { layout, whole, facts, local } = useTraceData()
  const { columns, zero } = layout
  const id = spanId(columns, row)
  // What names no span of the trace belongs to its root.
  const own = (whole?.exemplars ?? []).filter(({ span_id }) => (span_id ?? facts.roots[0]) === id)
  if (!own.length) return null
  return (
    <Section title={`Metrics, ${count(own.length)}`}>
      <table className="why">
        <tbody>
          {own.map(({ metric, value, time }) => (
            <tr key={`${metric} ${time}`}>
              <td>
                {local ? (
                  metric
                ) : (
                  <Link to="/metrics-explorer" search={before => ({ range: before.range, metric })}>
                    {metric}
                  </Link>
                )}
              </td>
              <td className="number right">{typeof value === 'number' ? count(value) : valueText(value)}</td>
              <td className="number right dim">{duration(after(columns.origin, time) - zero)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Section>
  )
}
