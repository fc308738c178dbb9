/** This trace against another, or against many: one merged tree, and what explains that it took longer or not as long. */
import { Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import { readAgainst } from '../../../model/diff'
import { duration, plural } from '../../../model/number'
import { ProblemNotice } from '../../parts/notice'
import { Waiting } from '../../parts/waiting'
import { useTraceData } from '../data'
import { useShowing } from '../stage'
import { Choice } from './choice'
import { DiffFlame } from './flame'
import { Ranking } from './ranking'
import { type Compared, DIFF, useDiff } from './use-diff'

export function CompareView() {
  const { layout } = useTraceData()
  const against = useShowing(showing => showing.against)
  const read = useMemo(() => readAgainst(against), [against])
  const answer = useDiff(layout, read)
  const { data, error } = answer
  return (
    <div className="compare">
      <div className="compare-head">
        <Choice against={read} />
        {data && <Sentence compared={data} />}
        <p className="legend">
          <span>
            <i className="slower" />
            slower here
          </span>
          <span>
            <i className="faster" />
            faster
          </span>
          <span>
            <i className="only" />
            in one alone
          </span>
        </p>
      </div>
      {error && <ProblemNotice error={error} retry={() => void answer.refetch()} />}
      {!data && !error && <Waiting names={[DIFF]} rows={8} answer={answer} />}
      {data && (
        <div className="sandwich">
          <Ranking diff={data.diff} />
          <DiffFlame diff={data.diff} />
        </div>
      )}
    </div>
  )
}

function Sentence({ compared: { diff, other, among } }: { compared: Compared }) {
  const { a, b } = diff
  const delta = b.duration - a.duration
  const how = delta === 0 ? 'as long' : delta > 0 ? `${duration(delta)} longer` : `${duration(-delta)} less`
  return (
    <p>
      <span className="strong">{duration(b.duration)}</span> here,{' '}
      <span className="strong">{duration(a.duration)}</span>{' '}
      {other ? (
        <>
          in{' '}
          <Link to="/traces/$id" params={{ id: other }} search={{}}>
            {among > 1 ? `the median of ${among} others` : `${other.slice(0, 8)}…`}
          </Link>
        </>
      ) : (
        `on average of ${plural(a.traces, 'trace')}`
      )}
      : <span className={delta > 0 ? 'warn strong' : 'strong'}>{how}</span>.
      {diff.truncated && <span className="dim"> Not all traces that match were read.</span>}
      {diff.left_out > 0 && <span className="dim"> {plural(diff.left_out, 'small call path')} not drawn.</span>}
    </p>
  )
}
