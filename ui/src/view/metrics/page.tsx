/** All metrics at the side; the chosen one over time. */
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useMemo } from 'react'
import type { MetricRow } from '../../model/api'
import { foundMetrics, metricKey } from '../../model/metrics'
import { plural } from '../../model/number'
import { rangeLabel } from '../../model/range'
import { useRange } from '../frame/range'
import { Elsewhere } from '../parts/elsewhere'
import { Notice, ProblemNotice } from '../parts/notice'
import { Title } from '../parts/title'
import { Waiting } from '../parts/waiting'
import { useMetrics } from '../questions'
import type { MetricsSearch } from '../router'
import { MetricList } from './list'
import './metrics.css'
import { MetricView } from './metric'

export function MetricsPage() {
  const search = useSearch({ from: '/metrics-explorer' })
  const navigate = useNavigate({ from: '/metrics-explorer' })
  const [range] = useRange()
  const list = useMetrics(range)
  const metrics = list.data?.metrics ?? []
  const found = useMemo(() => foundMetrics(list.data?.metrics ?? [], search.find ?? ''), [list.data, search.find])
  const change = (changes: MetricsSearch) => void navigate({ search: before => ({ ...before, ...changes }) })
  if (list.error && !list.data) return <ProblemNotice error={list.error} retry={() => void list.refetch()} />
  if (list.isPending) return <Waiting names={['/api/metrics']} rows={24} answer={list} />
  if (!metrics.length) {
    return (
      <Notice title={`No metric sent anything in the ${rangeLabel(range)}.`}>
        <Title text="Metrics" />
        <p>Metrics come by OTLP like spans do: the same endpoint, the same SDK.</p>
        <Elsewhere />
      </Notice>
    )
  }
  const chosen =
    metrics.find(metric => metricKey(metric) === search.metric || metric.name === search.metric) ??
    telling(found) ??
    metrics[0]
  return (
    <div className="metrics-page">
      <Title text="Metrics" />
      <MetricList
        found={found}
        chosen={chosen}
        find={search.find ?? ''}
        told={`${plural(metrics.length, 'metric')}${list.data?.truncated ? ', the first of more' : ''}`}
        choose={metric =>
          change({ metric: metricKey(metric), calculate: undefined, group: undefined, filter: undefined })
        }
        setFind={find => void navigate({ replace: true, search: before => ({ ...before, find: find || undefined }) })}
      />
      <MetricView key={metricKey(chosen)} metric={chosen} all={metrics} range={range} search={search} change={change} />
    </div>
  )
}

/** What to show first: how long things take says more than how much memory they have. */
function telling(metrics: MetricRow[]): MetricRow | undefined {
  return metrics.find(metric => metric.type.endsWith('histogram')) ?? metrics[0]
}
