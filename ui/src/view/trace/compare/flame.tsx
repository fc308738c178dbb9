/** The merged tree: wider is slower, amber has become slower and blue faster, hatched is in one of the two alone. */
import { useEffect, useMemo } from 'react'
import type { Diff, DiffNode } from '../../../model/api'
import { type Change, changeOf, flatten, matchCalls } from '../../../model/diff'
import { shownName } from '../../../model/names'
import { count, duration } from '../../../model/number'
import { Skeleton } from '../../parts/notice'
import { useTheme } from '../../theme'
import { useTraceData } from '../data'
import { select, showWindow } from '../moves'
import { FlameCanvas } from '../pictures/flame-canvas'
import { useLeftHeavy } from '../pictures/use-picture'
import { useShowing, useStage } from '../stage'

const SAYS: Record<Change, string> = {
  slower: 'slower here',
  faster: 'faster here',
  same: 'as long',
  new: 'here alone',
  gone: 'not here',
}

export function DiffFlame({ diff }: { diff: Diff }) {
  const stage = useStage()
  const { layout } = useTraceData()
  const theme = useTheme()
  const span = useShowing(showing => showing.span)
  const found = useShowing(showing => showing.found)
  const made = useLeftHeavy(layout)
  const difference = useMemo(() => flatten(diff), [diff])
  const { boxes, nodes, most } = difference
  const match = useMemo(
    () => made && matchCalls(difference, made.calls, layout.columns.names, layout.columns.services),
    [difference, made, layout],
  )
  const nodeOf = (row: number) => (made && match && row >= 0 ? match.nodeOf[made.calls.ofSpan[row]] : -1)
  useEffect(() => {
    if (made && match) stage.set({ boxed: { boxes, refOf: row => match.nodeOf[made.calls.ofSpan[row]] } })
  }, [stage, boxes, made, match])
  const matched = useMemo(
    () => new Set(found?.rows.map(row => made && match?.nodeOf[made.calls.ofSpan[row]])),
    [found, made, match],
  )
  const look = useMemo(() => {
    const fills = { slower: theme.warn, new: theme.warn, faster: theme.accent, gone: theme.accent, same: theme.edge }
    return (ref: number) => {
      const change = changeOf(nodes[ref])
      return {
        text: `${shownName(nodes[ref].name)}  ${signed(nodes[ref].delta)}`,
        fill: fills[change],
        strength: change === 'same' ? 0.18 : 0.2 + 0.5 * Math.min(1, Math.abs(nodes[ref].delta) / most),
        failed: false,
        dimmed: found !== null && !matched.has(ref),
        hatched: change === 'new' || change === 'gone',
      }
    }
  }, [nodes, most, theme, found, matched])
  if (!match || !made) return <Skeleton rows={8} />
  return (
    <FlameCanvas
      boxes={boxes}
      look={look}
      chosen={nodeOf(span)}
      choose={ref => match.callOf[ref] >= 0 && select(stage, made.calls.longest[match.callOf[ref]])}
      open={ref => {
        const at = boxes.ref.indexOf(ref)
        showWindow(stage, [boxes.from[at], boxes.to[at]])
      }}
      tip={ref => <DiffTip node={nodes[ref]} traces={[diff.a.traces, diff.b.traces]} />}
      label="Both sides merged by call path; the list beside it says in words what differs"
    />
  )
}

function signed(ns: number): string {
  return ns > 0 ? `+${duration(ns)}` : ns < 0 ? duration(ns) : ''
}

function DiffTip({ node, traces: [a, b] }: { node: DiffNode; traces: [number, number] }) {
  const change = changeOf(node)
  const side = ({ count: n, total }: DiffNode['a'], traces: number) =>
    n ? `${duration(total / traces)}${n / traces === 1 ? '' : ` in ${count(n / traces)} spans`}` : 'none'
  return (
    <>
      <p className="strong">{shownName(node.name)}</p>
      {node.service && <p>{node.service}</p>}
      <p>here {side(node.b, b)}</p>
      <p>there {side(node.a, a)}</p>
      <p className="dim">
        {SAYS[change]} {signed(node.delta)}
      </p>
    </>
  )
}
