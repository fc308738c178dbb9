/** The spans in groups: by name, service, kind or any attribute; each column sorts. */
import { useMemo, useRef } from 'react'
import { shownName } from '../../../model/names'
import { count, duration, percent } from '../../../model/number'
import { attributeKeys, attributeOf, type Group, groupSpans, type Sort, sortGroups } from '../../../model/table'
import { Dot } from '../../parts/service'
import { useTraceData } from '../data'
import { select, showPicture } from '../moves'
import { useShowing, useStage } from '../stage'
import type { Loaded } from '../use-layout'
import { useLines } from '../use-lines'

const COLUMNS: readonly { sort: Sort; title: string; hint?: string }[] = [
  { sort: 'count', title: 'count' },
  { sort: 'errors', title: 'errors' },
  { sort: 'total', title: 'total', hint: 'durations, summed' },
  { sort: 'self', title: 'self', hint: 'time that is in none of its children, summed' },
  { sort: 'p95', title: 'p95', hint: 'of a span’s duration' },
  { sort: 'longest', title: 'longest' },
  { sort: 'onPath', title: 'critical path', hint: 'share of the critical path that is in it' },
]
const MOST = 1000

export function TableView() {
  const stage = useStage()
  const loaded = useTraceData()
  const by = useShowing(showing => showing.by)
  const sort = useShowing(showing => showing.sort)
  const rising = !sort.startsWith('-')
  const column = sort.replace('-', '') as Sort
  const groups = useMemo(() => groupSpans(loaded.layout, keysOf(loaded, by), by === 'name'), [loaded, by])
  const sorted = useMemo(() => sortGroups(groups, column, rising).slice(0, MOST), [groups, column, rising])
  const body = useRef<HTMLTableSectionElement>(null)
  const chosen = useChosen(sorted, loaded, by)
  useLines(body, sorted.length, chosen, i => select(stage, sorted[i].row))
  const sortBy = (next: Sort) => {
    // The most first; once more on the same column turns it round.
    const turned = column === next && !rising
    stage.set({ sort: turned ? next : `-${next}` })
  }
  return (
    <div className="scroll-page" tabIndex={-1}>
      <table className="rows groups">
        <thead>
          <tr>
            <th aria-sort={ariaSort(column === 'key', rising)}>
              <GroupBy by={by} />
            </th>
            {COLUMNS.map(({ sort, title, hint }) => (
              <th key={sort} className="right" aria-sort={ariaSort(column === sort, rising)} title={hint}>
                <button type="button" className="quiet" onClick={() => sortBy(sort)}>
                  {title}
                  {column === sort && (rising ? ' ↑' : ' ↓')}
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody ref={body}>
          {sorted.map((group, i) => (
            <Row key={`${group.service} ${group.key}`} group={group} chosen={i === chosen} />
          ))}
        </tbody>
      </table>
      {groups.length > MOST && <p className="notice dim">and {count(groups.length - MOST)} more groups</p>}
    </div>
  )
}

/** The group that the selected span is in, or -1. */
function useChosen(groups: readonly Group[], loaded: Loaded, by: string): number {
  const span = useShowing(showing => showing.span)
  return useMemo(() => {
    if (span < 0) return -1
    const { services, service } = loaded.layout.columns
    const key = keysOf(loaded, by)(span)
    return groups.findIndex(group => group.key === key && (by !== 'name' || group.service === services[service[span]]))
  }, [groups, loaded, by, span])
}

function ariaSort(on: boolean, rising: boolean) {
  return on ? (rising ? 'ascending' : 'descending') : undefined
}

function keysOf({ layout, whole }: Loaded, by: string): (row: number) => string {
  const { names, name, services, service } = layout.columns
  if (by === 'service') return row => services[service[row]]
  if (by === 'kind' && whole) return row => whole.spans[row].kind
  if (by !== 'name' && whole) return row => attributeOf(whole.spans[row].attributes, by)
  return row => names[name[row]]
}

function GroupBy({ by }: { by: string }) {
  const stage = useStage()
  const { whole } = useTraceData()
  const keys = useMemo(() => (whole ? attributeKeys(whole.spans) : []), [whole])
  return (
    <label>
      <span className="unseen">Group by</span>
      <select value={by} onChange={event => stage.set({ by: event.target.value })}>
        <option value="name">by name</option>
        <option value="service">by service</option>
        {whole && <option value="kind">by kind</option>}
        {keys.map(key => (
          <option key={key} value={key}>
            by {key}
          </option>
        ))}
      </select>
    </label>
  )
}

function Row({ group, chosen }: { group: Group; chosen: boolean }) {
  const stage = useStage()
  const { layout } = useTraceData()
  const path = useMemo(() => layout.onPath.reduce((sum, each) => sum + each, 0), [layout])
  return (
    <tr className={chosen ? 'chosen' : ''} aria-selected={chosen} onDoubleClick={() => showPicture(stage, 'waterfall')}>
      <td>
        <button type="button" className="link group-name" onClick={() => select(stage, group.row)}>
          {group.service && <Dot service={group.service} />} {shownName(group.key)}
        </button>
      </td>
      <td className="number right">{count(group.count)}</td>
      <td className={`number right ${group.errors ? 'error' : 'dim'}`}>{group.errors ? count(group.errors) : '–'}</td>
      <td className="number right">{duration(group.total)}</td>
      <td className="number right">{duration(group.self)}</td>
      <td className="number right">{duration(group.p95)}</td>
      <td className="number right">{duration(group.longest)}</td>
      <td className="number right share-cell">
        {group.onPath > 0 && <i className="share" style={{ width: `${(56 * group.onPath) / path}px` }} />}
        {group.onPath > 0 ? percent(group.onPath / path) : <span className="dim">–</span>}
      </td>
    </tr>
  )
}
