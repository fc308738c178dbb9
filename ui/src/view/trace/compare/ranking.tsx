import { useRef, useState } from 'react'
import type { Diff } from '../../../model/api'
import { shownName } from '../../../model/names'
import { duration } from '../../../model/number'
import { Dot } from '../../parts/service'
import { useTraceData } from '../data'
import { select } from '../moves'
import { useStage } from '../stage'
import { useLines } from '../use-lines'

/** Shorter ones explain nothing that anybody would look for. */
const LEAST_SHARE = 0.005
const MOST = 100

/** What explains the difference: the time that each function has more, or less, of on the critical path. */
export function Ranking({ diff }: { diff: Diff }) {
  const stage = useStage()
  const { layout } = useTraceData()
  const most = Math.max(1, ...diff.explains.map(each => Math.abs(each.delta)))
  const shown = diff.explains.filter(each => Math.abs(each.delta) >= most * LEAST_SHARE).slice(0, MOST)
  const list = useRef<HTMLUListElement>(null)
  const [at, setAt] = useState(-1)
  const choose = (i: number) => {
    setAt(i)
    select(stage, longestNamed(layout, shown[i].service, shown[i].name))
  }
  useLines(list, shown.length, at, choose)
  return (
    <div className="functions">
      <p className="functions-head dim">What explains it, on the critical path</p>
      {!shown.length && <p className="details-empty dim">Both wait for the same things equally long.</p>}
      <ul ref={list}>
        {shown.map(({ service, name, delta }, i) => (
          <li key={`${service} ${name}`}>
            <button
              type="button"
              className="explains"
              title={`${service} › ${name}`}
              aria-pressed={i === at}
              onClick={() => choose(i)}
            >
              <i
                className={`share ${delta > 0 ? 'slower' : 'faster'}`}
                style={{ width: `${(100 * Math.abs(delta)) / most}%` }}
              />
              <Dot service={service} />
              <span className="cut">{shownName(name)}</span>
              <span className="number right">
                {delta > 0 ? '+' : ''}
                {duration(delta)}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  )
}

/** -1 where the function is in the other trace alone. */
function longestNamed(
  { columns, start, end }: ReturnType<typeof useTraceData>['layout'],
  service: string,
  name: string,
) {
  const [serviceAt, nameAt] = [columns.services.indexOf(service), columns.names.indexOf(name)]
  let longest = -1
  for (let row = 0; row < columns.count; row++) {
    if (columns.service[row] !== serviceAt || columns.name[row] !== nameAt) continue
    if (longest < 0 || end[row] - start[row] > end[longest] - start[longest]) longest = row
  }
  return longest
}
