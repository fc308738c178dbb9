/** One record: a line, and everything about it when it is open. */
import { Link } from '@tanstack/react-router'
import { memo } from 'react'
import type { LogRecord } from '../../model/api'
import { bodyLine } from '../../model/find'
import { logField } from '../../model/log-fields'
import { valueText } from '../../model/values'
import { markWords } from '../../model/words'
import { Moment } from '../parts/moment'
import { Service } from '../parts/service'
import type { LogsSearch } from '../router'
import { LogDetails } from './details'
import { gridOf } from './grid'
import { aroundOf, placeOf } from './leads'

interface Props {
  log: LogRecord
  index: number
  top: number
  grid: string
  columns: string[]
  wrap: boolean
  open: boolean
  chosen: boolean
  sought: Parameters<typeof markWords>[1]
  filter: string
  measure: (element: HTMLElement | null) => void
  choose: () => void
  turn: () => void
  change: (changes: LogsSearch) => void
}

export const LogLine = memo(function LogLine(props: Props) {
  const { log, index, top, grid, columns, wrap, open, chosen } = props
  const place = placeOf(log)
  const body = bodyLine(log.body, log.event_name)
  return (
    <div
      ref={props.measure}
      data-index={index}
      className={`log-item ${chosen ? 'chosen' : ''} ${open ? 'open' : ''}`}
      role="row"
      tabIndex={-1}
      aria-rowindex={index + 2}
      aria-selected={chosen}
      style={{ transform: `translateY(${top}px)` }}
    >
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: Enter on the chosen line does the same */}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the row around it is what is named and chosen */}
      <div
        className={`log-line ${wrap ? 'wrap' : ''}`}
        style={gridOf(grid)}
        onClick={event => {
          props.choose()
          if (!(event.target as HTMLElement).closest('a') && !getSelection()?.toString()) props.turn()
        }}
      >
        <span role="cell">
          <Moment at={log.time} as="narrow" />
        </span>
        <span role="cell" className={`severity ${log.severity ?? ''}`}>
          {log.severity ?? ''}
        </span>
        <span role="cell" className="cut">
          <Service name={log.service} />
        </span>
        {columns.map(field => (
          <Cell key={field} log={log} field={field} />
        ))}
        <span role="cell" className={`code body ${wrap ? '' : 'cut'}`} title={wrap ? undefined : body}>
          {markWords(body, props.sought).map((piece, i) =>
            // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one text
            piece.found ? <mark key={i}>{piece.text}</mark> : piece.text,
          )}
        </span>
        <span role="cell" className="leads">
          <Link {...aroundOf(log)}>around</Link>
          {place && <Link {...place}>in trace</Link>}
        </span>
      </div>
      {open && <LogDetails log={log} filter={props.filter} columns={columns} change={props.change} />}
    </div>
  )
})

function Cell({ log, field }: { log: LogRecord; field: string }) {
  const value = logField(log, field)
  const text = value === undefined ? '' : valueText(value)
  return (
    <span role="cell" className="cut code" title={text}>
      {text}
    </span>
  )
}
