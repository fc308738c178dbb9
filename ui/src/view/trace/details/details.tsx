/** Everything about the selected span: what went wrong first, then why it is slow, then what it carries. */
import type { Span } from '../../../model/api'
import { spanId } from '../../../model/ids'
import { nameOf } from '../../../model/names'
import { duration, percent, plural } from '../../../model/number'
import { Copy } from '../../parts/copy'
import { ProblemNotice, Skeleton } from '../../parts/notice'
import { Service } from '../../parts/service'
import { useTraceData } from '../data'
import { useDock } from '../dock'
import { useShowing } from '../stage'
import { AttributeGroups, AttributeList, PinnedSection } from './attributes'
import { ErrorSection } from './error'
import { EventList } from './events'
import { ExemplarSection } from './exemplars'
import { HistorySection } from './history'
import { LinkList } from './links'
import { LockSection } from './locks'
import { LogList, LogSection } from './logs'
import { NowSection } from './now'
import { Section } from './section'
import { useSelected } from './selected'
import { WhySection } from './why'

export function Details() {
  const { layout } = useTraceData()
  const row = useShowing(showing => showing.span)
  const log = useShowing(showing => showing.log)
  const known = row >= 0 && row < layout.columns.count
  return (
    <section className="details" id="details" tabIndex={-1} aria-label="Details">
      {!known && log < 0 && <p className="dim details-empty">Select a span or a mark to read about it.</p>}
      {!known && log >= 0 && <LogSection index={log} />}
      {known && <SpanDetails key={spanId(layout.columns, row)} row={row} log={log} />}
    </section>
  )
}

function SpanDetails({ row, log }: { row: number; log: number }) {
  const { layout, whole, facts } = useTraceData()
  const { span, resource, scope, error } = useSelected(spanId(layout.columns, row))
  return (
    <>
      <Head row={row} span={span} />
      {log >= 0 && <LogSection index={log} />}
      {error && <ProblemNotice error={error} />}
      {!span && !error && <Skeleton rows={8} />}
      {span && <ErrorSection span={span} />}
      {span?.running && <NowSection running={span.running} />}
      <LockSection row={row} />
      <WhySection row={row} />
      <HistorySection row={row} />
      {span && (
        <>
          <PinnedSection attributes={span.attributes} resource={resource?.attributes ?? {}} />
          <AttributeGroups attributes={span.attributes} />
          <LeftOut dropped={span.dropped} />
          <EventList events={span.events} />
          <LogList row={row} />
          <ExemplarSection row={row} />
          <LinkList
            links={span.links}
            linkedFrom={whole?.linked_from.filter(() => facts.roots[0] === span.span_id) ?? []}
          />
          <Section title="Resource" folded>
            <AttributeList attributes={resource?.attributes ?? {}} whose="resource" />
          </Section>
          <Section title="Instrumentation" folded>
            <p className="code">{[scope?.name, scope?.version].filter(Boolean).join(' ') || 'not named'}</p>
          </Section>
          <p className="row raw">
            <Copy text={JSON.stringify(span, null, 2)} label="Copy as JSON" />
            <span className="code dim">span {span.span_id}</span>
          </p>
        </>
      )}
    </>
  )
}

/** What the program recorded and its SDK did not send, because there was too much of it. */
function LeftOut({ dropped }: Pick<Span, 'dropped'>) {
  if (!dropped) return null
  const of = [
    dropped.attributes ? plural(dropped.attributes, 'attribute') : '',
    dropped.events ? plural(dropped.events, 'event') : '',
    dropped.links ? plural(dropped.links, 'link') : '',
  ].filter(Boolean)
  if (!of.length) return null
  return <p className="left-out warn">Its SDK left out {of.join(', ')}: more than it may send.</p>
}

function Head({ row, span }: { row: number; span: Span | null }) {
  const { layout } = useTraceData()
  const { columns, start, end, extent } = layout
  const { side, turn } = useDock()
  const length = end[row] - start[row]
  // More than all of it has who is far away: a clock was wrong.
  const share = length / (extent[1] - extent[0])
  return (
    <header className="details-head">
      <h2 className={columns.error[row] ? 'error' : ''}>{nameOf(columns, row)}</h2>
      <p>
        <Service name={columns.services[columns.service[row]]} />
        {span && <span className="dim">{span.kind}</span>}
        <span className="number strong">{duration(length)}</span>
        {share <= 1 && <span className="dim number">{percent(share)} of the trace</span>}
      </p>
      <button
        type="button"
        className="quiet dock-turn"
        onClick={turn}
        aria-label={`Dock the details ${side === 'right' ? 'at the bottom' : 'to the right'}`}
      >
        {side === 'right' ? '⬓' : '◨'}
      </button>
    </header>
  )
}
