/** The rows of an answer, virtual in their height: a thousand of them do not slow the page. */

import { Link } from '@tanstack/react-router'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useRef } from 'react'
import type { SqlAnswer, Value } from '../../model/api'
import { isNumber, isTraceId } from '../../model/sql-answer'
import { valueText } from '../../model/values'

const ROW = 24

export function SqlRows({ answer }: { answer: SqlAnswer }) {
  const scroller = useRef<HTMLElement>(null)
  const rows = useVirtualizer({
    count: answer.rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 12,
  })
  const shown = rows.getVirtualItems()
  const above = shown[0]?.start ?? 0
  const below = rows.getTotalSize() - (shown.at(-1)?.end ?? 0)
  return (
    <section className="scroll-page" ref={scroller} tabIndex={0} aria-label="Rows of the answer">
      <table className="rows">
        <thead>
          <tr>
            {answer.columns.map(column => (
              <th key={column.name} title={column.type} className={isNumber(column.type) ? 'right' : ''}>
                {column.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {above > 0 && <Gap height={above} />}
          {shown.map(({ index }) => (
            <tr key={index}>
              {answer.rows[index].map((value, c) => (
                <td key={answer.columns[c].name} className={isNumber(answer.columns[c].type) ? 'number right' : 'code'}>
                  <Cell value={value} name={answer.columns[c].name} />
                </td>
              ))}
            </tr>
          ))}
          {below > 0 && <Gap height={below} />}
        </tbody>
      </table>
    </section>
  )
}

function Gap({ height }: { height: number }) {
  return (
    <tr>
      <td style={{ height, padding: 0 }} />
    </tr>
  )
}

/** The id of a trace leads there. */
function Cell({ value, name }: { value: Value; name: string }) {
  if (value === null) return <span className="dim">NULL</span>
  const text = valueText(value)
  if (!isTraceId(name, text)) return text
  return (
    <Link to="/traces/$id" params={{ id: text }}>
      {text}
    </Link>
  )
}
