/** All services of the time range: what changed most comes first. */
import { useNavigate, useSearch } from '@tanstack/react-router'
import { plural } from '../../model/number'
import { rangeLabel } from '../../model/range'
import { useServices } from '../data'
import { useRange } from '../frame/range'
import { Asked } from '../parts/asked'
import { Elsewhere } from '../parts/elsewhere'
import { Notice, ProblemNotice, Skeleton } from '../parts/notice'
import { Title } from '../parts/title'
import { Views } from '../parts/views'
import { ServiceMap } from './map'
import './services.css'
import { ServiceTable } from './table'

type View = 'table' | 'map'

export function ServicesPage() {
  const [range] = useRange()
  const { view = 'table' } = useSearch({ from: '/services' })
  const navigate = useNavigate({ from: '/services' })
  const list = useServices(range)
  const { data, error, isPending } = list
  return (
    <div className="page">
      <Title text="Services" />
      <div className="bar-line">
        <Views<View>
          label="Services as"
          views={[
            ['table', 'Table'],
            ['map', 'Map'],
          ]}
          view={view as View}
          show={view => void navigate({ search: before => ({ ...before, view: view === 'table' ? undefined : view }) })}
        />
        <Asked busy={list.isFetching} names={['services', '/api/query']} scanned={data?.scanned}>
          {data && plural(data.services.length, 'service')}
        </Asked>
      </div>
      {error && !data && <ProblemNotice error={error} retry={() => void list.refetch()} />}
      {isPending && <Skeleton rows={12} />}
      {data?.services.length === 0 && (
        <Notice title={`No service sent anything in the ${rangeLabel(range)}.`}>
          <Elsewhere />
        </Notice>
      )}
      {data &&
        data.services.length > 0 &&
        (view === 'map' ? <ServiceMap services={data.services} /> : <ServiceTable services={data.services} />)}
    </div>
  )
}
