/** One service: how long it takes, what fails in it, who calls it and whom it calls. */
import { Link, useParams } from '@tanstack/react-router'
import { useMemo } from 'react'
import { term } from '../../model/filter'
import { duration, percent, plural, rate } from '../../model/number'
import { useServices } from '../data'
import { keepRange } from '../frame/frame'
import { useRange } from '../frame/range'
import { Notice, ProblemNotice } from '../parts/notice'
import { Service } from '../parts/service'
import { useTitle } from '../parts/title'
import { Waiting } from '../parts/waiting'
import { Callers } from './callers'
import { Failures } from './failures'
import { Latency } from './latency'
import { Operations } from './operations'
import './services.css'

export function ServicePage() {
  const { name } = useParams({ from: '/services/$name' })
  const [range] = useRange()
  const list = useServices(range)
  const { data } = list
  const service = useMemo(() => data?.services.find(each => each.name === name), [data, name])
  useTitle(name)
  const filter = term('service', name)
  return (
    <div className="page">
      <div className="bar-line">
        <h1 className="headline">
          <Link to="/services" search={keepRange}>
            Services
          </Link>{' '}
          <span className="dim">/</span> <Service name={name} />
        </h1>
        {service && service.count > 0 && (
          <span className="number">
            {rate(service.rate)} ·{' '}
            <span className={service.errors ? 'error' : ''}>{percent(service.error_rate)} errors</span> · p50{' '}
            {duration(service.p50)} · p95 {duration(service.p95)} · p99 {duration(service.p99)} ·{' '}
            <span className="dim">{plural(service.count, 'request')}</span>
          </span>
        )}
        <span className="row links">
          <Link to="/traces" search={before => ({ ...keepRange(before), filter })}>
            Traces
          </Link>
          <Link to="/logs" search={before => ({ ...keepRange(before), filter })}>
            Logs
          </Link>
          <Link to="/explore" search={before => ({ ...keepRange(before), filter, group: 'name' })}>
            Explore
          </Link>
        </span>
      </div>
      {list.isPending && <Waiting names={['services']} rows={16} answer={list} />}
      {list.error && !data && <ProblemNotice error={list.error} retry={() => void list.refetch()} />}
      {data && !service && <Notice title={`${name} sent nothing in this time range.`} />}
      {service && (
        <div className="scroll-page sections">
          <Latency service={name} />
          <Operations service={name} />
          <Failures service={name} />
          <Callers service={name} />
        </div>
      )}
    </div>
  )
}
