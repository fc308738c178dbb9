/** How long what matches took; a box dragged on it asks what is different about what lies inside. */
import { useSearch } from '@tanstack/react-router'
import { useMemo } from 'react'
import { type Box, boxFilter, firstColumn, heatOf, readBox, writeBox } from '../../model/heat'
import { type Asked, heatmapOf, isAnswerTo, readSpot, sumsOf, writeSpot } from '../../model/question'
import type { Range } from '../../model/range'
import { stepMs } from '../../model/series'
import { serverNow } from '../ask'
import { Asked as Cost } from '../parts/asked'
import { Elsewhere } from '../parts/elsewhere'
import { Heatmap } from '../parts/heatmap'
import { Notice, ProblemNotice, Skeleton } from '../parts/notice'
import { Since } from '../parts/since'
import { Waiting } from '../parts/waiting'
import { useHeatmap, useSums } from '../questions'
import { Differences } from './differences'
import { Examples } from './examples'
import { Groups } from './groups'
import type { Change } from './page'

interface Props {
  asked: Asked
  range: Range
  change: Change
}

const MOST_GROUPS = 50

export function HeatmapView({ asked, range, change }: Props) {
  const { box: written, at } = useSearch({ from: '/explore' })
  const key = JSON.stringify([asked.filter, asked.every, range])
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key says all of it
  const query = useMemo(() => heatmapOf(asked, range, serverNow()), [key])
  const answer = useHeatmap('heatmap', query)
  const heat = useMemo(
    () => answer.data && heatOf(answer.data, stepMs(query.every as string)),
    [answer.data, query.every],
  )
  const box = readBox(written)
  const spot = readSpot(at)
  if (answer.error && !answer.data) return <ProblemNotice error={answer.error} retry={() => void answer.refetch()} />
  if (!heat) return <Waiting names={['/api/query']} rows={16} answer={answer} />
  if (!heat.most)
    return (
      <Notice
        title={asked.filter ? `No span matches ${asked.filter} in this time range.` : 'No span in this time range.'}
      >
        <Elsewhere hint={answer.data?.hint} />
      </Notice>
    )
  const choose = (box: Box | null) => change({ box: box ? writeBox(box) : undefined, at: undefined })
  const pick = (box: Box) =>
    change({ at: writeSpot({ from: box.from, to: box.to, filter: boxFilter(asked.filter, 'duration', box) }) })
  return (
    <section className="scroll-page" tabIndex={0} aria-label="Answer">
      <p className="cost">
        <Cost busy={answer.isFetching} names={['/api/query', '/api/compare']} scanned={answer.data?.scanned}>
          duration of each span
        </Cost>
        {!box && <span className="dim"> · drag a box to ask what is different about it, click for examples</span>}
        <Since first={firstColumn(heat)} className="told" />
      </p>
      <Heatmap heat={heat} unit="ns" label="Durations over time" box={box} choose={choose} pick={pick} />
      {spot && <Examples spot={spot} signal="traces" close={() => change({ at: undefined })} />}
      {box ? (
        <Differences box={box} heat={heat} asked={asked} range={range} change={change} />
      ) : (
        <GroupsBelow asked={asked} range={range} change={change} />
      )}
    </section>
  )
}

function GroupsBelow({ asked, range, change }: Props) {
  const key = JSON.stringify([asked, range])
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key says all of it
  const query = useMemo(() => {
    const { every, ...sums } = sumsOf(asked, range, serverNow(), MOST_GROUPS)
    return sums
  }, [key])
  const { data } = useSums('groups', query)
  return data && isAnswerTo(data, asked) ? (
    <Groups answer={data} asked={asked} change={change} />
  ) : (
    <Skeleton rows={8} />
  )
}
