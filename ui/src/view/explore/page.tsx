/** One question, asked of everything: how much, how long, split by what; and what is different about these. */
import { useNavigate, useSearch } from '@tanstack/react-router'
import { readQuestion } from '../../model/question'
import { useRange } from '../frame/range'
import { Title } from '../parts/title'
import type { ExploreSearch } from '../router'
import './explore.css'
import { FlameView } from './flame'
import { HeatmapView } from './heatmap'
import { LinesView } from './lines'
import { QuestionBar } from './question-bar'

export type Change = (changes: ExploreSearch) => void

export function ExplorePage() {
  const search = useSearch({ from: '/explore' })
  const navigate = useNavigate({ from: '/explore' })
  const [range] = useRange()
  const asked = readQuestion(search)
  const change: Change = changes => void navigate({ search: before => ({ ...before, ...changes }) })
  const View = { heatmap: HeatmapView, lines: LinesView, flame: FlameView }[asked.view]
  return (
    <div className="page">
      <Title text="Explore" />
      <QuestionBar asked={asked} change={change} />
      <View asked={asked} range={range} change={change} />
    </div>
  )
}
