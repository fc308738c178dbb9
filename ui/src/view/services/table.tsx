import { useNavigate, useSearch } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import type { ServiceRow } from '../../model/api'
import { type Change, changeOf, preceding } from '../../model/change'
import { serverNow } from '../ask'
import { useServices } from '../data'
import { keepRange } from '../frame/frame'
import { useRange } from '../frame/range'
import { useListKeys } from '../parts/list-keys'
import { ServiceLine } from './line'
import { useSparks } from './sparks'

const SORTS = ['changed', 'name', 'rate', 'errors', 'p50', 'p95', 'p99'] as const
type Sort = (typeof SORTS)[number]

interface Row {
  service: ServiceRow
  change: Change
}

const BY: Record<Sort, (a: Row, b: Row) => number> = {
  changed: (a, b) => b.change.score - a.change.score || b.service.rate - a.service.rate,
  name: (a, b) => a.service.name.localeCompare(b.service.name),
  rate: (a, b) => b.service.rate - a.service.rate,
  errors: (a, b) => b.service.error_rate - a.service.error_rate,
  p50: (a, b) => (b.service.p50 ?? 0) - (a.service.p50 ?? 0),
  p95: (a, b) => (b.service.p95 ?? 0) - (a.service.p95 ?? 0),
  p99: (a, b) => (b.service.p99 ?? 0) - (a.service.p99 ?? 0),
}

export function ServiceTable({ services }: { services: ServiceRow[] }) {
  const [range] = useRange()
  const { sort: wanted } = useSearch({ from: '/services' })
  const sort = SORTS.find(each => each === wanted) ?? 'changed'
  const earlier = useMemo(() => preceding(range, serverNow()), [range])
  const { data: before } = useServices(earlier)
  const sparks = useSparks(range)
  const rows = useMemo(() => {
    const known = new Map(before?.services.map(service => [service.name, service]))
    const all = services.map(service => ({ service, change: changeOf(service, known.get(service.name)) }))
    return all.sort(BY[sort])
  }, [services, before, sort])
  const compared = before?.services.some(service => service.count > 0) ?? false
  const [chosen, choose] = useState(0)
  const navigate = useNavigate()
  const open = (index: number) =>
    void navigate({ to: '/services/$name', params: { name: rows[index].service.name }, search: keepRange })
  useListKeys({ count: rows.length, chosen, choose, open })
  return (
    <section className="scroll-page" tabIndex={0} aria-label="Services">
      <table className="rows services-rows">
        <Head sort={sort} />
        <tbody>
          {rows.map(({ service, change }, i) => (
            <ServiceLine
              key={service.name}
              service={service}
              change={change}
              compared={compared}
              spark={sparks.get(service.name)}
              chosen={i === chosen}
            />
          ))}
        </tbody>
      </table>
    </section>
  )
}

function Head({ sort }: { sort: Sort }) {
  const navigate = useNavigate({ from: '/services' })
  const head = (each: Sort, title: string, right = true, tip?: string) => (
    <th className={right ? 'right' : ''} title={tip} aria-sort={sort === each ? 'descending' : 'none'}>
      <button
        type="button"
        className="sort"
        aria-pressed={sort === each}
        onClick={() =>
          void navigate({ search: before => ({ ...before, sort: each === 'changed' ? undefined : each }) })
        }
      >
        {title} {sort === each ? '▾' : ''}
      </button>
    </th>
  )
  return (
    <thead>
      <tr>
        {head('name', 'Service', false)}
        {head('changed', 'What changed', false, 'Against the stretch of time right before, as long as this one')}
        {head('rate', 'Rate')}
        {head('errors', 'Errors')}
        {head('p50', 'p50')}
        {head('p95', 'p95')}
        {head('p99', 'p99')}
        <th className="right">Requests</th>
        <th className="right">Last seen</th>
      </tr>
    </thead>
  )
}
