/** Left-heavy: equal call paths merged, the widest left. */
import { useEffect, useMemo } from 'react'
import type { Boxes } from '../../../model/boxes'
import type { Calls } from '../../../model/calls'
import { shownName } from '../../../model/names'
import { count, duration, plural } from '../../../model/number'
import { Notice, Skeleton } from '../../parts/notice'
import { useColours, useTraceData } from '../data'
import { frameSpan, select } from '../moves'
import { useShowing, useStage } from '../stage'
import { FlameCanvas } from './flame-canvas'
import { useLeftHeavy } from './use-picture'

export function LeftHeavy() {
  const stage = useStage()
  const { layout } = useTraceData()
  const made = useLeftHeavy(layout)
  if (!made) return <Skeleton rows={8} />
  return (
    <CallsFlame
      {...made}
      open={node => frameSpan(stage, made.calls.longest[node])}
      label={`Call paths merged, ${count(made.calls.length)} of them, the widest left; the table says the same in words`}
    />
  )
}

interface Props {
  calls: Calls
  boxes: Boxes
  open: (node: number) => void
  label: string
  /** The node that the picture is about. */
  middle?: number
}

/** Merged call paths; the one that holds the selected span is the chosen one, and choosing selects its longest span. */
export function CallsFlame({ calls, boxes, open, label, middle = -1 }: Props) {
  const stage = useStage()
  const { layout } = useTraceData()
  const colours = useColours()
  const span = useShowing(showing => showing.span)
  const matched = useMatched(calls)
  const { columns } = layout
  useEffect(() => stage.set({ boxed: { boxes, refOf: row => calls.ofSpan[row] ?? -1 } }), [stage, boxes, calls])
  const look = useMemo(
    () => (node: number) => ({
      text: `${shownName(columns.names[calls.name[node]])}${calls.count[node] > 1 ? ` × ${count(calls.count[node])}` : ''}`,
      fill: colours[calls.service[node]],
      failed: calls.errors[node] > 0,
      dimmed: matched !== null && !matched[node],
      strong: node === middle,
    }),
    [columns, colours, calls, matched, middle],
  )
  if (boxes.to.every((to, i) => to === boxes.from[i]))
    return (
      <div className="flame">
        <Notice title="Nothing here took any time.">
          <p>A box is as wide as the time that it took. The waterfall and the table show these spans.</p>
        </Notice>
      </div>
    )
  return (
    <FlameCanvas
      boxes={boxes}
      look={look}
      chosen={span < 0 ? -1 : (calls.ofSpan[span] ?? -1)}
      choose={node => select(stage, calls.longest[node])}
      open={open}
      tip={node => <CallTip calls={calls} node={node} />}
      label={label}
    />
  )
}

/** Call paths that hold a span which was searched for. */
function useMatched(calls: Calls): Uint8Array | null {
  const found = useShowing(showing => showing.found)
  return useMemo(() => {
    if (!found) return null
    const matched = new Uint8Array(calls.length)
    for (const row of found.rows) if (calls.ofSpan[row] >= 0) matched[calls.ofSpan[row]] = 1
    return matched
  }, [calls, found])
}

function CallTip({ calls, node }: { calls: Calls; node: number }) {
  const { layout } = useTraceData()
  const { names, services } = layout.columns
  const times = calls.count[node]
  return (
    <>
      <p className="strong">{shownName(names[calls.name[node]])}</p>
      <p>
        {services[calls.service[node]]} · {plural(times, 'span')}
        {calls.errors[node] > 0 && <span className="error"> · {plural(calls.errors[node], 'error')}</span>}
      </p>
      <p>
        {duration(calls.total[node])} in all, self {duration(calls.own[node])}
      </p>
      <p className="dim">wide as the time of its own and below it: {duration(calls.weight[node])}</p>
    </>
  )
}
