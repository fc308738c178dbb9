/** The list of traces: filter, when they began, what splits them, and the rows. */
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { asProblem } from '../ask'
import type { ListQuestion, Order } from '../data'
import { useKept, useNewestTrace, useTraces } from '../data'
import { useRange } from '../frame/range'
import { Stopped } from '../parts/asked'
import { Facets } from '../parts/facets'
import { FilterBar } from '../parts/filter-bar'
import { ProblemNotice, Skeleton } from '../parts/notice'
import { Title } from '../parts/title'
import { FirstRun } from '../start/first-run'
import { useLiveTraces } from './live'
import { LiveSwitch } from './live-switch'
import { NothingFound } from './nothing'
import { Summary } from './summary'
import { TraceTable } from './table'
import { TracesTimeline } from './timeline'

type Changes = { filter?: string; order?: Order; live?: string | undefined; marked?: string | undefined }

export function TracesPage() {
  const { filter = '', order = 'newest', live, marked = '' } = useSearch({ from: '/traces' })
  const [range] = useRange()
  const navigate = useNavigate({ from: '/traces' })
  const question: ListQuestion = { range, filter, order }
  const list = useTraces(question)
  // A filter that cannot be read is mended in sight of what was there.
  const misread = list.isError && asProblem(list.error).at !== null
  const kept = useKept(list.data, misread)
  const loaded = kept?.pages.flatMap(page => page.traces) ?? []
  const on = live === 'on' && order === 'newest' && 'last' in range
  const [traces, state] = useLiveTraces(question, loaded, on)
  const ready = list.isSuccess && !list.isPlaceholderData
  const empty = list.isSuccess && traces.length === 0
  const newest = useNewestTrace(empty)
  const [first, setFirst] = useState(false)
  // The instruction stays while the first trace arrives: it says so itself.
  if (!first && empty && newest.data?.traces.length === 0) setFirst(true)
  const showList = () => void list.refetch().then(() => setFirst(false))
  if (first) return <FirstRun showList={showList} />
  const search = (changes: Changes) => void navigate({ search: before => ({ ...before, ...changes }) })
  return (
    <div className="traces">
      <Title text="Traces" />
      <FilterBar
        signal="traces"
        filter={filter}
        apply={filter => search({ filter })}
        error={list.error}
        placeholder="service:api status:error duration>500ms"
      >
        <Summary list={list} count={traces.length} />
        <LiveSwitch
          on={on}
          state={state}
          turn={() => search(on ? { live: undefined } : { live: 'on', order: 'newest' })}
        />
      </FilterBar>
      <TracesTimeline question={question} ready={ready} />
      <div className={`traces-body ${empty || (list.isError && !kept) ? 'alone' : ''}`}>
        <Facets ready={ready} signal="traces" filter={filter} apply={filter => search({ filter })} />
        {list.isPending &&
          (list.fetchStatus === 'idle' ? <Stopped again={() => void list.refetch()} /> : <Skeleton rows={24} />)}
        {list.isError && !list.data && !misread && (
          <ProblemNotice error={list.error} retry={() => void list.refetch()} />
        )}
        {empty && <NothingFound question={question} newest={newest.data?.traces[0]} hint={list.data?.pages[0]?.hint} />}
        {traces.length > 0 && (
          <TraceTable
            traces={traces}
            order={order}
            setOrder={order => search({ order, live: undefined })}
            more={() => void (list.hasNextPage && !list.isFetching && list.fetchNextPage())}
            stale={list.isPlaceholderData || misread}
            again={() => void list.refetch()}
            place={JSON.stringify(question)}
            marked={marked ? marked.split(',') : []}
            mark={ids => search({ marked: ids.join(',') || undefined })}
          />
        )}
      </div>
    </div>
  )
}
