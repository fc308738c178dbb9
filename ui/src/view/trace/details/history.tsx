/** This span beside others of its name: is it slow for what it is? */
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import { term } from '../../../model/filter'
import { historyOf, type Peer, rankWords, strip } from '../../../model/history'
import { spanId } from '../../../model/ids'
import { duration } from '../../../model/number'
import { ask } from '../../ask'
import { dayAround } from '../compare/use-diff'
import { useTraceData } from '../data'
import { Section } from './section'

/** The newest so many are what it is compared with. */
const MOST = 100
const WIDE = 200

export function HistorySection({ row }: { row: number }) {
  const { layout, local } = useTraceData()
  const { columns } = layout
  const service = columns.services[columns.service[row]]
  const name = columns.names[columns.name[row]]
  const filter = `${term('service', service)} ${term('name', name)}`
  const { data } = useQuery({
    queryKey: ['like', service, name, columns.traceId],
    queryFn: ({ signal }) => {
      const params = { filter, limit: MOST, ...dayAround(layout) }
      return ask<{ spans: Peer[] }>('/api/spans', { params, signal, slot: 'like', aside: true })
    },
    enabled: !local && name !== '' && !columns.running[row],
    staleTime: 300_000,
    retry: false,
  })
  const own = useMemo(
    () => ({ trace_id: columns.traceId, span_id: spanId(columns, row), duration: layout.end[row] - layout.start[row] }),
    [columns, layout, row],
  )
  const history = useMemo(() => data && historyOf(data.spans, own), [data, own])
  if (!history) return null
  return (
    <Section title="Beside others of its name">
      <p>
        <span className="strong">{rankWords(history)}</span>; median <To peer={history.median} />, slowest{' '}
        <To peer={history.slowest} /> ·{' '}
        <Link to="/traces" search={before => ({ range: before.range, filter })}>
          all like it
        </Link>
      </p>
      {history.durations[0] < history.durations[history.count - 1] && (
        <Strip {...strip(history.durations, own.duration)} />
      )}
    </Section>
  )
}

function To({ peer }: { peer: Peer }) {
  return (
    <Link to="/traces/$id" params={{ id: peer.trace_id }} search={{ span: peer.span_id }} className="number">
      {duration(peer.duration)}
    </Link>
  )
}

/** Each of the others a line, this one longer and blue. */
function Strip({ others, own }: { others: number[]; own: number }) {
  const x = (at: number) => 2 + at * (WIDE - 4)
  return (
    <svg className="strip" width={WIDE} height={18} aria-hidden="true">
      {others.map((at, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: durations have no other name
        <line key={i} x1={x(at)} x2={x(at)} y1={5} y2={13} />
      ))}
      <line className="own" x1={x(own)} x2={x(own)} y1={0} y2={18} />
    </svg>
  )
}
