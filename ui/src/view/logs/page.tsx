/** Log records, newest first; each leads to its moment in its trace. */
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useRef } from 'react'
import type { LogRecord } from '../../model/api'
import { bodyLine } from '../../model/find'
import { plural } from '../../model/number'
import { rangeLabel } from '../../model/range'
import { asProblem } from '../ask'
import { useLogs } from '../data'
import { useRange } from '../frame/range'
import { FilterBar } from '../parts/filter-bar'
import { Moment } from '../parts/moment'
import { Notice, ProblemNotice, Skeleton } from '../parts/notice'
import { Service } from '../parts/service'
import { Title } from '../parts/title'

const ROW = 24
const AHEAD = 30

export function LogsPage() {
  const { filter = '' } = useSearch({ from: '/logs' })
  const navigate = useNavigate({ from: '/logs' })
  const [range] = useRange()
  const list = useLogs(range, filter)
  const logs = list.data?.pages.flatMap(page => page.logs) ?? []
  const scanned = list.data?.pages[0]?.scanned
  return (
    <div className="traces">
      <Title text="Logs" />
      <FilterBar
        filter={filter}
        apply={filter => void navigate({ search: before => ({ ...before, filter }) })}
        error={list.error}
        placeholder="service:api severity:error timeout"
      >
        {scanned && (
          <span className="dim number">
            {list.hasNextPage ? 'first ' : ''}
            {plural(logs.length, 'record')} · {Math.round(scanned.ms)} ms
          </span>
        )}
      </FilterBar>
      {list.isPending && <Skeleton rows={24} />}
      {list.isError && !list.data && asProblem(list.error).at === null && (
        <ProblemNotice error={list.error} retry={() => void list.refetch()} />
      )}
      {list.isSuccess && !logs.length && <Notice title={`No log record matches in the ${rangeLabel(range)}.`} />}
      {logs.length > 0 && (
        <LogTable logs={logs} more={() => void (list.hasNextPage && !list.isFetching && list.fetchNextPage())} />
      )}
    </div>
  )
}

function LogTable({ logs, more }: { logs: LogRecord[]; more: () => void }) {
  const scroller = useRef<HTMLDivElement>(null)
  const rows = useVirtualizer({
    count: logs.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 8,
  })
  const last = rows.getVirtualItems().at(-1)?.index ?? 0
  useEffect(() => {
    if (last + AHEAD > logs.length) more()
  }, [last, logs.length, more])
  return (
    <div className="table" role="table" aria-label="Log records" aria-rowcount={logs.length}>
      <div className="scroller" ref={scroller} role="rowgroup" tabIndex={0} aria-label="Rows">
        <div className="spacer" style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map(({ index, start }) => (
            <LogLine key={index} log={logs[index]} top={start} index={index} />
          ))}
        </div>
      </div>
    </div>
  )
}

function LogLine({ log, top, index }: { log: LogRecord; top: number; index: number }) {
  const search = { ...(log.span_id && { span: log.span_id }), log: log.id }
  const body = bodyLine(log.body, log.event_name)
  return (
    <div
      role="row"
      tabIndex={-1}
      className="log-line"
      aria-rowindex={index + 1}
      style={{ transform: `translateY(${top}px)` }}
    >
      <span role="cell">
        <Moment at={log.time} />
      </span>
      <span role="cell" className={`severity ${log.severity ?? ''}`}>
        {log.severity ?? ''}
      </span>
      <span role="cell">
        <Service name={log.service} />
      </span>
      <span role="cell" className="cut code" title={body}>
        {body}
      </span>
      <span role="cell" className="right">
        {log.trace_id && (
          <Link to="/traces/$id" params={{ id: log.trace_id }} search={search}>
            in trace
          </Link>
        )}
      </span>
    </div>
  )
}
