/** Log records: when they came by severity, what splits them, and the records or their patterns. */

import { useNavigate, useSearch } from '@tanstack/react-router'
import { useEffect } from 'react'
import { plural } from '../../model/number'
import { asProblem } from '../ask'
import { useKept, useLogs } from '../data'
import { useRange } from '../frame/range'
import { Asked, Stopped } from '../parts/asked'
import { Facets } from '../parts/facets'
import { FilterBar } from '../parts/filter-bar'
import { ProblemNotice, Skeleton } from '../parts/notice'
import { Title } from '../parts/title'
import { Views } from '../parts/views'
import type { LogsSearch } from '../router'
import { LiveSwitch } from '../traces/live-switch'
import { NoLogs } from './nothing'
import { LogOptions } from './options'
import { Folded, Patterns } from './patterns'
import { LogTable } from './table'
import { useTail } from './tail'
import { LogsTimeline } from './timeline'
import './logs.css'

type View = 'records' | 'patterns'

export function LogsPage() {
  const search = useSearch({ from: '/logs' })
  const { filter = '', view = 'records' } = search
  const navigate = useNavigate({ from: '/logs' })
  const [range] = useRange()
  const list = useLogs(range, filter)
  const ready = list.isSuccess && !list.isPlaceholderData
  const on = search.live === 'on' && 'last' in range
  // A filter that cannot be read is mended in sight of what was there.
  const misread = list.isError && asProblem(list.error).at !== null
  const kept = useKept(list.data, misread)
  const tail = useTail(filter, on, kept?.pages.flatMap(page => page.logs) ?? [])
  const empty = list.isSuccess && tail.logs.length === 0
  const { refetch } = list
  // What came before the line was open, or while it was broken.
  useEffect(() => {
    if (tail.state === 'live') void refetch()
  }, [tail.state, refetch])
  const change = (changes: LogsSearch) => void navigate({ search: before => ({ ...before, ...changes }) })
  const columns = search.columns?.split(',').filter(Boolean) ?? []
  const apply = (filter: string) => change({ filter, open: undefined })
  return (
    <div className="traces">
      <Title text="Logs" />
      <FilterBar
        signal="logs"
        filter={filter}
        apply={apply}
        error={list.error}
        placeholder="service:api severity:error timeout"
        before={
          <Views<View>
            label="Logs as"
            views={[
              ['records', 'Records'],
              ['patterns', 'Patterns'],
            ]}
            view={view as View}
            show={view => change({ view: view === 'records' ? undefined : view })}
          />
        }
      >
        {view === 'patterns' ? (
          <Folded filter={filter} range={range} />
        ) : (
          <>
            <Asked
              busy={list.isFetching && !list.isFetchingNextPage}
              names={['logs', '/api/query']}
              scanned={list.data?.pages[0]?.scanned}
            >
              {list.data && `${list.hasNextPage ? 'first ' : ''}${plural(tail.logs.length, 'record')}`}
            </Asked>
            <LogOptions columns={columns} wrap={search.wrap === 'on'} change={change} />
          </>
        )}
        <LiveSwitch on={on} state={tail.state} turn={() => change({ live: on ? undefined : 'on', view: undefined })} />
      </FilterBar>
      <LogsTimeline range={range} filter={filter} ready={ready} />
      <div className={`traces-body ${empty || (list.isError && !kept) ? 'alone' : ''}`}>
        <Facets ready={ready} signal="logs" filter={filter} apply={apply} />
        {view === 'patterns' ? (
          <Patterns range={range} filter={filter} apply={filter => change({ filter, view: undefined })} />
        ) : (
          <>
            {list.isPending &&
              (list.fetchStatus === 'idle' ? <Stopped again={() => void list.refetch()} /> : <Skeleton rows={24} />)}
            {list.isError && !list.data && !misread && (
              <ProblemNotice error={list.error} retry={() => void list.refetch()} />
            )}
            {empty && <NoLogs range={range} filter={filter} hint={list.data?.pages[0]?.hint} />}
            {tail.logs.length > 0 && (
              <LogTable
                tail={tail}
                filter={filter}
                columns={columns}
                wrap={search.wrap === 'on'}
                open={search.open}
                change={change}
                more={() => void (list.hasNextPage && !list.isFetching && list.fetchNextPage())}
                again={() => void list.refetch()}
              />
            )}
          </>
        )}
      </div>
    </div>
  )
}
