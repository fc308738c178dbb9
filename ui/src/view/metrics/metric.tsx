/** One metric over time: figures that suit its type, split by any attribute, with exemplars that open their traces. */
import { useNavigate } from '@tanstack/react-router'
import { useMemo } from 'react'
import type { MetricRow, QueryAnswer } from '../../model/api'
import { defaultFigures, figuresOf, filterOf, kindWord, type MetricId } from '../../model/metrics'
import { plural } from '../../model/number'
import { readList } from '../../model/question'
import { type Range, rangeMs } from '../../model/range'
import { align, groupLabel } from '../../model/series'
import { unitName } from '../../model/units'
import { serverNow } from '../ask'
import { useRange } from '../frame/range'
import { Asked } from '../parts/asked'
import { Chart, type Dot } from '../parts/chart'
import { useLineColours } from '../parts/colours'
import { FilterInput } from '../parts/filter-input'
import { Notice, ProblemNotice, Skeleton } from '../parts/notice'
import { Part } from '../parts/part'
import { useFields, useSums } from '../questions'
import type { MetricsSearch } from '../router'
import { exemplarDots, metricQuery } from './query'
import { MetricRows } from './rows'

interface Props {
  metric: MetricRow
  /** Some share their names. */
  all: readonly MetricId[]
  range: Range
  search: MetricsSearch
  change: (changes: MetricsSearch) => void
}

export function MetricView({ metric, all, range, search, change }: Props) {
  const asked = readList(search.calculate)
  const figures = asked.length ? asked : defaultFigures(metric)
  const groupBy = readList(search.group)
  const filter = filterOf(metric, search.filter ?? '', all)
  const key = JSON.stringify([metric.name, figures, groupBy, filter, range])
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key says all of it
  const query = useMemo(() => metricQuery(metric, figures, groupBy, filter, range), [key])
  const sums = useSums('metric', query)
  const fields = useFields('metrics', undefined, range).data?.fields.map(field => field.name) ?? []
  return (
    <section className="scroll-page metric-view" tabIndex={0} aria-label={metric.name}>
      <h2 className="headline">{metric.name}</h2>
      <p className="dim">
        {metric.description && `${metric.description} · `}
        {[kindWord(metric), unitName(metric.unit), metric.temporality, plural(metric.series, 'series', 'series')]
          .filter(Boolean)
          .join(' · ')}
      </p>
      <div className="question">
        <Part
          label="show"
          text={figures.join(', ')}
          known={figuresOf(metric)}
          apply={calculate => change({ calculate: calculate || undefined })}
        />
        <div className="part grow">
          <span className="dim">where</span>
          <FilterInput
            signal="metrics"
            filter={search.filter ?? ''}
            apply={filter => change({ filter: filter || undefined })}
            error={sums.error}
            placeholder="everything"
          />
        </div>
        <Part
          label="split by"
          text={groupBy.join(', ')}
          known={fields}
          apply={group => change({ group: group || undefined })}
        />
        <Asked busy={sums.isFetching} names={['/api/query']} scanned={sums.data?.scanned}>
          {sums.data && plural(sums.data.series.length, 'line')}
        </Asked>
      </div>
      {sums.error && !sums.data && <ProblemNotice error={sums.error} retry={() => void sums.refetch()} />}
      {sums.isPending && <Skeleton rows={8} />}
      {sums.data && <Charts answer={sums.data} figures={figures} metric={metric} range={range} />}
      {sums.data && groupBy.length > 0 && (
        <MetricRows answer={sums.data} groupBy={groupBy} filter={search.filter ?? ''} change={change} />
      )}
    </section>
  )
}

interface ChartsProps {
  answer: QueryAnswer
  figures: string[]
  metric: MetricRow
  range: Range
}

/** Figures of one unit share a chart: quantiles belong together, a rate does not belong to them. */
function Charts({ answer, figures, metric, range }: ChartsProps) {
  const units = new Map<string, string[]>()
  for (const figure of figures) {
    const unit = answer.columns.find(column => column.name === figure)?.unit ?? metric.unit
    units.set(unit, [...(units.get(unit) ?? []), figure])
  }
  if (!answer.series.some(line => line.points.length)) return <Notice title="No points in this time range." />
  return [...units].map(([unit, shared]) => (
    <OneChart key={unit} answer={answer} unit={unit} figures={shared} metric={metric} range={range} />
  ))
}

function OneChart({ answer, unit, figures, metric, range }: ChartsProps & { unit: string }) {
  const navigate = useNavigate()
  const [, setRange] = useRange()
  const aligned = useMemo(() => {
    const made = align(answer.series.filter(line => figures.includes(line.calculate)))
    // Two figures of one group are told apart by their names.
    if (figures.length > 1) for (const line of made.lines) line.group = { ...line.group, '': line.calculate }
    return made
  }, [answer, figures])
  const colours = useLineColours(aligned.lines)
  const { from, to } = rangeMs(range, serverNow())
  const measured = unit === metric.unit
  const dots: Dot[] = measured
    ? exemplarDots(
        answer,
        (id, span) => void navigate({ to: '/traces/$id', params: { id }, search: span ? { span } : {} }),
      )
    : []
  return (
    <div className="figure-chart">
      <h3 className="row line-names">
        {aligned.lines.slice(0, 12).map((line, i) => (
          <span key={groupLabel(line.group) + line.calculate} className="row">
            <span className="dot" style={{ background: colours[i] }} />
            {groupLabel(line.group) || line.calculate}
          </span>
        ))}
        {dots.length > 0 && <span className="dim">○ {plural(dots.length, 'exemplar')}: click opens its trace</span>}
      </h3>
      <Chart
        aligned={aligned}
        unit={unit}
        colours={colours}
        from={from}
        to={to}
        height={260}
        dots={dots}
        label={`${metric.name}: ${figures.join(', ')} over time`}
        onRange={(from, to) => setRange({ from, to })}
      />
    </div>
  )
}
