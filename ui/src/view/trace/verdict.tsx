import { Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import type { Span } from '../../model/api'
import { tone } from '../../model/marks'
import { duration, plural } from '../../model/number'
import { exceptionType, valueText, whereNow } from '../../model/values'
import { type Part, verdict } from '../../model/verdict'
import { Copy } from '../parts/copy'
import { Moment } from '../parts/moment'
import { useTraceData } from './data'
import { useSelected } from './details/selected'
import { nextLog } from './moves'
import { openedTrace } from './opened'
import { Share } from './share/menu'
import { useStage } from './stage'
import type { Loaded } from './use-layout'
import { useHeldUp, useLockWaits } from './use-locks'
import { useRanked } from './use-ranked'

/** One sentence made of facts, and what the trace consists of. */
export function Verdict() {
  const loaded = useTraceData()
  const { layout } = loaded
  const facts = useRanked(loaded)
  const waits = useLockWaits()
  const heldUp = useHeldUp()
  const { span: failed, error } = useSelected(facts.first_error)
  const parts = useMemo(() => {
    const now = (row: number) => whereNow(loaded.whole?.spans[row]?.running?.stack ?? [])
    return verdict(layout, facts, {
      errorType: failed ? errorType(failed) : error ? null : undefined,
      waits,
      heldUp,
      now,
    })
  }, [layout, facts, loaded, waits, heldUp, failed, error])
  return (
    <header className="verdict">
      <h1>
        {parts.map((part, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a sentence have no other name
          <Said key={i} part={part} />
        ))}
      </h1>
      <Facts loaded={loaded} verdict={parts} />
    </header>
  )
}

function Said({ part: { text, strong, error, pending, span, trace } }: { part: Part }) {
  if (pending) return <i className="pending" />
  const classes = `${strong ? 'strong' : ''} ${error ? 'error' : ''}`
  if (trace)
    return (
      <Link to="/traces/$id" params={{ id: trace }} search={span ? { span } : {}} className={`verdict-link ${classes}`}>
        {text}
      </Link>
    )
  if (!span) return <span className={classes}>{text}</span>
  return (
    <Link
      from="/traces/$id"
      to="."
      search={before => ({ ...before, span, log: undefined })}
      className={`verdict-link ${classes}`}
    >
      {text}
    </Link>
  )
}

function Facts({ loaded, verdict }: { loaded: Loaded; verdict: readonly Part[] }) {
  const { layout, facts } = loaded
  const { columns, logs, far, tree } = layout
  const opened = loaded.local ? openedTrace(columns.traceId) : null
  const backwards = columns.duration.reduce((sum, lasts) => sum + (lasts < 0 ? 1 : 0), 0)
  const skewed = columns.shift.reduce((most, shift) => Math.max(most, Math.abs(shift)), 0)
  return (
    <div className="trace-facts dim">
      <div className="trace-size">
        <Moment at={String(columns.origin + BigInt(Math.round(layout.zero)))} />
        <span>{plural(columns.count, 'span')}</span>
        <span>{plural(columns.services.length, 'service')}</span>
        <span>
          {plural(logs.at.length, 'log record')}
          <Severe />
        </span>
        <span>depth {facts.depth}</span>
        {tree.roots.length === 0 && tree.orphans.length > 0 && (
          <span className="warn" title="The span that started it all never came. The earliest that did stands for it.">
            root not received
          </span>
        )}
        {facts.orphans.length > 0 && (
          <span className="warn">{plural(facts.orphans.length, 'span')} without their parent</span>
        )}
        {opened && (
          <span>
            from {opened.from}
            {opened.others > 0 && `, the largest of ${opened.others + 1} traces in it`}
          </span>
        )}
        {far > 0 && <span className="warn">{plural(far, 'span')} dated far away: a clock was wrong</span>}
        {backwards > 0 && <span className="warn">{plural(backwards, 'span')} ended before starting</span>}
        {skewed > 0 && (
          <span title="Clocks of different machines disagreed; server spans were moved into their callers.">
            clocks corrected by up to {duration(skewed)}
          </span>
        )}
      </div>
      <span className="trace-id code">
        {columns.traceId} <Copy text={columns.traceId} />
      </span>
      <Share verdict={verdict} />
    </div>
  )
}

/** The errors among the records; a click goes from one to the next, as the key does through warnings too. */
function Severe() {
  const stage = useStage()
  const { logs } = useTraceData().layout
  const failed = useMemo(() => logs.severity.reduce((sum, each) => sum + (tone(each) === 'error' ? 1 : 0), 0), [logs])
  if (!failed) return null
  return (
    <>
      {', '}
      <button
        type="button"
        className="link error"
        title="To the next of them"
        onClick={() => nextLog(stage, 1, 'error')}
      >
        {plural(failed, 'error')}
      </button>
    </>
  )
}

/** The type of an error: its exception's, else what the convention calls `error.type`, else its message. */
function errorType(span: Span): string | null {
  const exception = span.events.find(event => event.name === 'exception')
  const named = exception ? exceptionType(exception.attributes) : ''
  const type = named || valueText(span.attributes['error.type'] ?? span.status.message ?? '')
  return type ? shortName(type) : null
}

/** `sqlalchemy.exc.TimeoutError` is read as `TimeoutError`. */
function shortName(type: string): string {
  return /^[\w.]+$/.test(type) ? (type.split('.').at(-1) ?? type) : type.slice(0, 80)
}
