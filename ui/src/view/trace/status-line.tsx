import { nameOf } from '../../model/names'
import { duration, offset } from '../../model/number'
import { lineage } from '../../model/rows'
import { clock } from '../../model/time'
import { useTraceData } from './data'
import { spanOfRow } from './scene'
import { useShowing } from './stage'

/** The way from the root to what is under the pointer (else to the selection), and its times. */
export function StatusLine() {
  const { layout } = useTraceData()
  const row = useShowing(({ layout, rows, hover, span }) => {
    const under = spanOfRow(layout, rows, hover)
    return under < 0 ? span : under
  })
  if (row < 0 || row >= layout.columns.count) return <div className="status-line" />
  const { columns, start, end, self, zero } = layout
  return (
    <div className="status-line">
      <span className="way">
        {nearest(lineage(layout, row)).map((each, i, way) => (
          <span key={each} className={`cut ${i === way.length - 1 ? 'strong' : 'dim'}`}>
            {each < 0 ? '…' : nameOf(columns, each)}
          </span>
        ))}
      </span>
      <span className="number dim">
        {columns.services[columns.service[row]]} · at {offset(start[row] - zero)},{' '}
        {clock(columns.origin + BigInt(Math.round(start[row])))} · takes {duration(end[row] - start[row])}, self{' '}
        {duration(self[row])}
      </span>
    </div>
  )
}

const MOST = 5

/** Of a long way the root and the last few steps; -1 stands for what is left out. */
function nearest(way: number[]): number[] {
  return way.length > MOST ? [way[0], -1, ...way.slice(2 - MOST)] : way
}
