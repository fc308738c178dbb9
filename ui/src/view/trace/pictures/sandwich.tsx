/** Sandwich: the functions of the trace in a list; of the chosen one the callers above and the callees below. */
import { useMemo, useRef } from 'react'
import { shownName } from '../../../model/names'
import { count, duration } from '../../../model/number'
import type { Call } from '../../../model/sandwich'
import { type Group, groupSpans } from '../../../model/table'
import { Notice, Skeleton } from '../../parts/notice'
import { Dot } from '../../parts/service'
import { useTraceData } from '../data'
import { useShowing, useStage } from '../stage'
import { useLines } from '../use-lines'
import { CallsFlame } from './heavy'
import { useSandwich } from './use-picture'

const MOST = 500

export function SandwichView() {
  const { layout } = useTraceData()
  const { services, names, service, name, count: spans } = layout.columns
  const focus = useShowing(showing => showing.focus)
  const span = useShowing(showing => showing.span)
  const first = layout.tree.roots[0] ?? layout.tree.order[0]
  const call = useMemo(() => {
    const row = span >= 0 ? span : first
    return readCall(layout.columns, focus) ?? (row === undefined ? null : { service: service[row], name: name[row] })
  }, [layout, focus, span, first, service, name])
  if (!spans || !call) return <Notice title="This trace has no spans." />
  return (
    <div className="sandwich">
      <Functions chosen={`${services[call.service]}|${names[call.name]}`} />
      <Middle service={call.service} name={call.name} />
    </div>
  )
}

/** `service|name`, as the API writes it. */
function readCall({ services, names }: { services: string[]; names: string[] }, text: string): Call | null {
  const at = text.indexOf('|')
  if (at < 0) return null
  const call = { service: services.indexOf(text.slice(0, at)), name: names.indexOf(text.slice(at + 1)) }
  return call.service < 0 || call.name < 0 ? null : call
}

function Middle({ service, name }: Call) {
  const stage = useStage()
  const { layout } = useTraceData()
  const { services, names } = layout.columns
  const call = useMemo(() => ({ service, name }), [service, name])
  const made = useSandwich(layout, call)
  if (!made) return <Skeleton rows={8} />
  const focusOn = (node: number) => {
    stage.set({ focus: `${services[made.calls.service[node]]}|${names[made.calls.name[node]]}`, part: null })
  }
  return (
    <CallsFlame
      calls={made.calls}
      boxes={made.boxes}
      middle={0}
      open={focusOn}
      label={`What calls ${shownName(names[name])} above it, what it calls below; the table says the same in words`}
    />
  )
}

function idOf({ service, key }: Group): string {
  return `${service}|${key}`
}

function Functions({ chosen }: { chosen: string }) {
  const stage = useStage()
  const { layout } = useTraceData()
  const groups = useMemo(() => {
    const { names, name } = layout.columns
    return groupSpans(layout, row => names[name[row]], true).sort((a, b) => b.self - a.self)
  }, [layout])
  const list = useRef<HTMLUListElement>(null)
  const shown = groups.slice(0, MOST)
  const focusOn = (group: Group) => stage.set({ focus: idOf(group), part: null })
  const at = shown.findIndex(group => idOf(group) === chosen)
  useLines(list, shown.length, at, i => focusOn(shown[i]))
  return (
    <div className="functions">
      <p className="functions-head dim">
        <span>Functions by self time</span>
      </p>
      <ul ref={list}>
        {shown.map((group, i) => (
          <li key={idOf(group)}>
            <button
              type="button"
              aria-pressed={i === at}
              title={`${group.service} › ${group.key}`}
              onClick={() => focusOn(group)}
            >
              <Dot service={group.service ?? ''} />
              <span className="cut">{shownName(group.key)}</span>
              <span className="dim number">{group.count > 1 && `× ${count(group.count)}`}</span>
              <span className="number right">{duration(group.self)}</span>
            </button>
          </li>
        ))}
      </ul>
      {groups.length > MOST && <p className="dim functions-head">and {count(groups.length - MOST)} more</p>}
    </div>
  )
}
