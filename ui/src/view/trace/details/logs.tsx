/** Log records: the selected one in full, and the list of those of a span. */
import { useEffect, useRef } from 'react'
import { SEVERITIES } from '../../../model/columns'
import { bodyLine } from '../../../model/find'
import { spanId } from '../../../model/ids'
import { count, duration } from '../../../model/number'
import { valueText } from '../../../model/values'
import { Copy } from '../../parts/copy'
import { Moment } from '../../parts/moment'
import { useLogRecords, useTraceData } from '../data'
import { selectLog } from '../moves'
import { useShowing, useStage } from '../stage'
import { AttributeList } from './attributes'
import { Section } from './section'
import { useSelected } from './selected'

/** More than anybody reads in a list; the marks lead to each of the others. */
const MOST = 500

export function LogSection({ index }: { index: number }) {
  const { layout } = useTraceData()
  const row = layout.logs.row[index]
  const { logs } = useSelected(row >= 0 ? spanId(layout.columns, row) : '')
  const strays = useLogRecords()
  const id = layout.logs.ref[index]
  const record = logs.find(log => log.id === id) ?? strays.get(id)
  const severity = record?.severity ?? SEVERITIES[layout.logs.severity[index]]
  const section = useRef<HTMLDetailsElement>(null)
  const known = record !== undefined
  // Whoever chose it in the list of records reads it there.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another record is another text
  useEffect(() => {
    if (known && !document.activeElement?.closest('.log-list')) section.current?.scrollIntoView({ block: 'nearest' })
  }, [index, known])
  if (!record) return null
  const body = record.body === null ? (record.event_name ?? '') : valueText(record.body)
  return (
    <Section
      ref={section}
      title="Log record"
      side={
        <>
          <span className={`severity ${severity}`}>{severity}</span>
          <Moment at={record.time} as="clock" />
          <span className="number dim">{duration(layout.logs.at[index] - layout.zero)} in</span>
        </>
      }
    >
      <div className="snippet">
        <pre className="code log-body">{body}</pre>
        <Copy text={body} />
      </div>
      {Object.keys(record.attributes).length > 0 && <AttributeList attributes={record.attributes} whose="log" />}
    </Section>
  )
}

export function LogList({ row }: { row: number }) {
  const { layout } = useTraceData()
  const stage = useStage()
  const chosen = useShowing(showing => showing.log)
  const { logs } = useSelected(spanId(layout.columns, row))
  if (!logs.length) return null
  const place = layout.tree.place[row]
  const from = layout.logs.offset[place]
  const own = Array.from({ length: layout.logs.offset[place + 1] - from }, (_, i) => from + i)
  const shown = own.sort((a, b) => layout.logs.at[a] - layout.logs.at[b]).slice(0, MOST)
  const byId = new Map(logs.map(log => [log.id, log]))
  return (
    <Section title={`Logs, ${count(logs.length)}`}>
      <ul className="log-list">
        {shown.map(i => {
          const record = byId.get(layout.logs.ref[i])
          return (
            <li key={i}>
              <button type="button" aria-pressed={i === chosen} onClick={() => selectLog(stage, i)}>
                <span className="number dim">{duration(layout.logs.at[i] - layout.zero)}</span>
                <span className={`severity ${SEVERITIES[layout.logs.severity[i]]}`}>
                  {SEVERITIES[layout.logs.severity[i]]}
                </span>
                <span className="code cut">{record ? bodyLine(record.body, record.event_name) : ''}</span>
              </button>
            </li>
          )
        })}
      </ul>
      {own.length > MOST && <p className="dim">and {count(own.length - MOST)} more, as marks on the bar</p>}
    </Section>
  )
}
