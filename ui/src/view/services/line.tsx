/** One service in the table: its figures, how they ran, and what is different from the time before. */
import { Link } from '@tanstack/react-router'
import { memo } from 'react'
import type { ServiceRow } from '../../model/api'
import { type Change, pointsText, ratioText } from '../../model/change'
import { count, duration, percent, rate } from '../../model/number'
import { keepRange } from '../frame/frame'
import { Moment } from '../parts/moment'
import { Service } from '../parts/service'
import { Spark } from '../parts/spark'
import type { Sparks } from './sparks'

interface Props {
  service: ServiceRow
  change: Change
  /** Whether anything is known of the time before. */
  compared: boolean
  spark: Sparks | undefined
  chosen: boolean
}

export const ServiceLine = memo(function ServiceLine({ service, change, compared, spark, chosen }: Props) {
  return (
    <tr className={chosen ? 'chosen' : ''}>
      <td>
        <Link
          className="ink cut"
          title={service.name}
          to="/services/$name"
          params={{ name: service.name }}
          search={keepRange}
        >
          <Service name={service.name} />
        </Link>
      </td>
      <td>
        <Changed change={change} before={before(service, change, compared)} />
      </td>
      <td className="number right">
        {spark && <Spark values={spark.rate} />}{' '}
        <span className="figure">{service.count ? rate(service.rate) : '–'}</span>
      </td>
      <td className={`number right ${service.errors ? 'error' : 'dim'}`}>
        {spark && service.errors > 0 && <Spark values={spark.errors} tone="error" />}{' '}
        <span className="figure">{service.errors ? percent(service.error_rate) : '0'}</span>
      </td>
      <td className="number right">{duration(service.p50)}</td>
      <td className="number right">
        {spark && <Spark values={spark.p95} />} <span className="figure">{duration(service.p95)}</span>
      </td>
      <td className="number right">{duration(service.p99)}</td>
      <td className="number right">{count(service.count)}</td>
      <td className="number right dim">
        <Moment at={service.last_seen} as="narrow" />
      </td>
    </tr>
  )
})

/** What stands where no figure is worth a word. */
function before(service: ServiceRow, change: Change, compared: boolean): string {
  if (change.rate !== null) return 'as before'
  if (!service.count) return ''
  return compared ? 'new' : '–'
}

/** In words, worse before better: what somebody would say first about this service. */
function Changed({ change, before }: { change: Change; before: string }) {
  const errors = pointsText(change.errors)
  const slower = ratioText(change.p95)
  const busier = ratioText(change.rate)
  if (!errors && !slower && !busier) return <span className="dim">{before}</span>
  return (
    <span className="row">
      {errors && <span className={(change.errors ?? 0) > 0 ? 'error' : 'dim'}>errors {errors}</span>}
      {slower && <span className={(change.p95 ?? 0) > 1 ? 'warn' : 'dim'}>p95 {slower}</span>}
      {busier && <span className="dim">rate {busier}</span>}
    </span>
  )
}
