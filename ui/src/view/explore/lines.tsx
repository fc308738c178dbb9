/** A chart for each figure, and a table of the groups below. */

import { useSearch } from '@tanstack/react-router'
import { useMemo } from 'react'
import type { QueryAnswer } from '../../model/api'
import { plural } from '../../model/number'
import { type Asked, groupFilter, isAnswerTo, readSpot, stepOf, sumsOf, writeSpot } from '../../model/question'
import type { Range } from '../../model/range'
import { rangeMs } from '../../model/range'
import { align, groupLabel, stepMs } from '../../model/series'
import { serverNow } from '../ask'
import { useRange } from '../frame/range'
import { Asked as Cost } from '../parts/asked'
import { Chart } from '../parts/chart'
import { useLineColours } from '../parts/colours'
import { Elsewhere } from '../parts/elsewhere'
import { Notice, ProblemNotice } from '../parts/notice'
import { Waiting } from '../parts/waiting'
import { useSums } from '../questions'
import { Examples } from './examples'
import { Groups } from './groups'
import type { Change } from './page'

interface Props {
  asked: Asked
  range: Range
  change: Change
}

const MOST_LINES = 20

export function LinesView({ asked, range, change }: Props) {
  const key = JSON.stringify([asked, range])
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key says all of it
  const query = useMemo(() => sumsOf(asked, range, serverNow(), MOST_LINES), [key])
  const sums = useSums('explore', query)
  const { at } = useSearch({ from: '/explore' })
  const spot = readSpot(at)
  if (sums.error && !sums.data) return <ProblemNotice error={sums.error} retry={() => void sums.refetch()} />
  if (!sums.data || !isAnswerTo(sums.data, asked)) return <Waiting names={['/api/query']} rows={16} answer={sums} />
  const answer = sums.data
  if (!answer.samples.some(count => count > 0))
    return (
      <Notice
        title={asked.filter ? `Nothing matches ${asked.filter} in this time range.` : 'Nothing in this time range.'}
      >
        <Elsewhere hint={answer.hint} />
      </Notice>
    )
  return (
    <section className="scroll-page" tabIndex={0} aria-label="Answer">
      <p className="cost">
        <Cost busy={sums.isFetching} names={['/api/query']} scanned={answer.scanned}>
          {plural(answer.rows.length, 'group')}
        </Cost>
      </p>
      {asked.calculate.map(calculate => (
        <Figure key={calculate} calculate={calculate} answer={answer} asked={asked} range={range} change={change} />
      ))}
      {spot && <Examples spot={spot} signal={asked.signal} close={() => change({ at: undefined })} />}
      <Legend answer={answer} asked={asked} change={change} />
    </section>
  )
}

function Figure({ calculate, answer, asked, range, change }: Props & { calculate: string; answer: QueryAnswer }) {
  const [, setRange] = useRange()
  const aligned = useMemo(() => align(answer.series.filter(line => line.calculate === calculate)), [answer, calculate])
  const colours = useLineColours(aligned.lines)
  const unit = answer.columns.find(column => column.name === calculate)?.unit ?? ''
  const { from, to } = rangeMs(range, serverNow())
  const step = stepMs(stepOf(asked, range, serverNow()))
  const pick = (at: number, line: number) => {
    const filter = groupFilter(asked.filter, aligned.lines[line]?.group ?? {})
    change({ at: writeSpot({ from: at, to: at + step, filter }) })
  }
  return (
    <div className="figure-chart">
      <h2>{calculate}</h2>
      <Chart
        aligned={aligned}
        unit={unit}
        colours={colours}
        from={from}
        to={to}
        height={asked.calculate.length > 1 ? 160 : 260}
        label={`${calculate} over time: ${aligned.lines.map(line => groupLabel(line.group)).join(', ')}`}
        onRange={(from, to) => setRange({ from, to })}
        onPick={pick}
      />
    </div>
  )
}

/** The table is the legend: its rows carry the colours of the lines. */
function Legend({ answer, asked, change }: Omit<Props, 'range'> & { answer: QueryAnswer }) {
  const lines = useMemo(
    () => align(answer.series.filter(line => line.calculate === asked.calculate[0])).lines,
    [answer, asked.calculate],
  )
  const colours = useLineColours(lines)
  const known = useMemo(() => new Map(lines.map((line, i) => [groupLabel(line.group), colours[i]])), [lines, colours])
  return <Groups answer={answer} asked={asked} change={change} colours={known} />
}
