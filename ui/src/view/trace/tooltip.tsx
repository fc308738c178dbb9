import { useEffect, useMemo } from 'react'
import { SEVERITIES } from '../../model/columns'
import { spanId } from '../../model/ids'
import { count, duration } from '../../model/number'
import { logText, useLogRecords, useTraceData } from './data'
import { useSelected } from './details/selected'
import type { Pointed } from './pointer'
import { useStage } from './stage'
import { fetchStrays } from './use-records'

const MOST = 8
const WIDE = 440

/** What the records under the pointer say. */
export function Tooltip({ mark, x, y }: Pointed) {
  const { layout, whole } = useTraceData()
  const { logs, zero } = layout
  const row = logs.row[mark.members[0]]
  const asked = useSelected(row < 0 ? '' : spanId(layout.columns, row)).logs
  const known = useLogRecords()
  const records = useMemo(() => new Map([...known, ...asked.map(log => [log.id, log] as const)]), [known, asked])
  const stage = useStage()
  useEffect(() => {
    if (row < 0 && !whole) void fetchStrays(stage, mark.members.slice(0, MOST))
  }, [stage, whole, row, mark])
  const shown = mark.members.slice(0, MOST)
  // Beside the pointer, on the side where there is room.
  const side = x > WIDE + 20 ? { right: `calc(100% - ${x}px + 6px)` } : { left: x + 14 }
  return (
    <div className="tooltip-place" aria-hidden="true">
      <div className="tooltip" style={{ ...side, top: y + 24, maxWidth: WIDE }}>
        {shown.map(i => (
          <p key={i}>
            <span className="number dim">{duration(logs.at[i] - zero)}</span>
            <span className={`severity ${SEVERITIES[logs.severity[i]]}`}>{SEVERITIES[logs.severity[i]]}</span>
            <span className="tooltip-text code">{logText(records, logs.ref[i])}</span>
          </p>
        ))}
        {mark.count > MOST && (
          <p className="dim more">and {count(mark.count - MOST)} more: zoom in, or click for the details</p>
        )}
      </div>
    </div>
  )
}
