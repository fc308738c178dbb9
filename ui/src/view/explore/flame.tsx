/** All matching traces as one flame graph: where the time goes, by the way the program came there. */
import { useSearch } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import type { FlameAnswer } from '../../model/api'
import { mergedOf, pathTo } from '../../model/merged'
import { count, duration, percent, plural } from '../../model/number'
import type { Asked } from '../../model/question'
import { type Range, rangeParams } from '../../model/range'
import { useKeys } from '../keys'
import { Asked as Cost } from '../parts/asked'
import { Elsewhere } from '../parts/elsewhere'
import { Notice, ProblemNotice } from '../parts/notice'
import { Service } from '../parts/service'
import { Views } from '../parts/views'
import { Waiting } from '../parts/waiting'
import { type FlameQuestion, useFlame } from '../questions'
import { FlamePicture } from './flame-picture'
import { Functions } from './functions'
import type { Change } from './page'

interface Props {
  asked: Asked
  range: Range
  change: Change
}

type Direction = 'top_down' | 'bottom_up'

export function FlameView({ asked, range, change }: Props) {
  const { flame, focus = '' } = useSearch({ from: '/explore' })
  const view: Direction = flame === 'bottom_up' ? 'bottom_up' : 'top_down'
  const question = useMemo<FlameQuestion>(
    () => ({ filter: asked.filter, ...rangeParams(range), view, focus }),
    [asked.filter, range, view, focus],
  )
  const answer = useFlame(question)
  if (answer.error && !answer.data) return <ProblemNotice error={answer.error} retry={() => void answer.refetch()} />
  if (!answer.data) return <Waiting names={['/api/flame']} rows={16} answer={answer} />
  const { data } = answer
  return (
    <section className="flame-view" aria-label="Flame graph of all matching traces">
      <p className="cost row">
        <Views<Direction>
          label="Direction"
          views={[
            ['top_down', 'From the top down'],
            ['bottom_up', 'Who calls what takes time'],
          ]}
          view={view}
          show={view => change({ flame: view === 'top_down' ? undefined : view, at: undefined })}
        />
        {focus && (
          <button
            type="button"
            title="Show everything again"
            onClick={() => change({ focus: undefined, at: undefined })}
          >
            only {focus.replace('|', ' › ')} ✕
          </button>
        )}
        <Cost busy={answer.isFetching} names={['/api/flame']} scanned={data.scanned}>
          {plural(data.traces, 'trace')}
          {data.truncated && ' (the first of more)'} · {plural(data.spans, 'span')}
          {data.left_out > 0 && ` · ${count(data.left_out)} smallest paths left out`}
        </Cost>
      </p>
      {data.spans === 0 ? (
        <Notice title={`No trace matches${asked.filter && ` ${asked.filter}`} in this time range.`}>
          <Elsewhere hint={data.hint} />
        </Notice>
      ) : (
        <Graph answer={data} change={change} />
      )}
    </section>
  )
}

function Graph({ answer, change }: { answer: FlameAnswer; change: Change }) {
  const { at } = useSearch({ from: '/explore' })
  const merged = useMemo(() => mergedOf(answer.root), [answer])
  const top = Math.min(Number(at) || 0, merged.nodes.length - 1)
  const [chosen, setChosen] = useState(-1)
  const zoom = (node: number) => change({ at: node > 0 ? String(node) : undefined })
  useKeys('Flame graph', [
    { keys: '0', does: 'The whole graph', run: () => zoom(0) },
    { keys: 'u', does: 'One level up', run: () => zoom(Math.max(0, merged.parent[top])) },
    { keys: 'Enter', does: 'Zoom to the chosen box', run: () => chosen > 0 && zoom(chosen) },
  ])
  const shown = chosen >= 0 && chosen < merged.nodes.length ? chosen : top
  const node = merged.nodes[shown]
  return (
    <>
      <FlamePicture merged={merged} top={top} chosen={chosen} choose={setChosen} zoom={zoom} />
      <p className="flame-said row" aria-live="polite">
        {pathTo(merged, top).length > 1 && (
          <button type="button" onClick={() => zoom(0)}>
            Whole graph
          </button>
        )}
        {node.service !== null && <Service name={node.service} />}
        <span className="strong cut">{node.name}</span>
        <span className="number">
          {duration(merged.weight[shown])} in all, {percent(merged.weight[shown] / (merged.weight[0] || 1))} · own{' '}
          {duration(node.self)} · {plural(node.count, 'call')}
          {node.errors > 0 && <span className="error"> · {plural(node.errors, 'error')}</span>}
        </span>
        <span className="dim">click chooses, double click zooms</span>
      </p>
      <Functions merged={merged} change={change} />
    </>
  )
}
