/** Flame in time order: the waterfall's spans, folded into as few lanes as they need. */
import { useMemo } from 'react'
import { nameOf } from '../../../model/names'
import { count, duration, percent } from '../../../model/number'
import { Skeleton } from '../../parts/notice'
import { useColours, useTraceData } from '../data'
import { frameSpan, select } from '../moves'
import { useShowing, useStage } from '../stage'
import { FlameCanvas } from './flame-canvas'
import { useTimeFlame } from './use-picture'

export function TimeFlame() {
  const stage = useStage()
  const { layout } = useTraceData()
  const colours = useColours()
  const boxes = useTimeFlame(layout)
  const chosen = useShowing(showing => showing.span)
  const found = useShowing(showing => showing.found)
  const { columns, path } = layout
  const look = useMemo(
    () => (row: number) => ({
      text: nameOf(columns, row),
      fill: colours[columns.service[row]],
      failed: columns.error[row] === 1,
      dimmed: found !== null && !found.spans[row],
    }),
    [columns, colours, found],
  )
  if (!boxes) return <Skeleton rows={8} />
  return (
    <FlameCanvas
      boxes={boxes}
      look={look}
      path={(row, line) => {
        for (let i = path.offset[row]; i < path.offset[row + 1]; i++) if (!path.queue[i]) line(path.from[i], path.to[i])
      }}
      chosen={chosen}
      choose={row => select(stage, row)}
      open={row => frameSpan(stage, row)}
      tip={row => <SpanTip row={row} />}
      label={`Flame graph in order of time, ${count(columns.count)} spans; the waterfall says the same in words`}
    />
  )
}

function SpanTip({ row }: { row: number }) {
  const { layout } = useTraceData()
  const { columns, start, end, self, extent, zero } = layout
  const length = end[row] - start[row]
  return (
    <>
      <p className="strong">{nameOf(columns, row)}</p>
      <p>
        {columns.services[columns.service[row]]} · {duration(length)}, {percent(length / (extent[1] - extent[0]))} of
        the trace
      </p>
      <p className="dim">
        self {duration(self[row])} · begins at {duration(start[row] - zero)}
      </p>
      {columns.error[row] === 1 && <p className="error">error</p>}
    </>
  )
}
