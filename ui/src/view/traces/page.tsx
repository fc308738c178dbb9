/** The list of traces: filter, when they began, what splits them, and the rows. */
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { asProblem } from '../ask'
import type { ListQuestion, Order } from '../data'
import { useNewestTrace, useTraces } from '../data'
import { useRange } from '../frame/range'
import { FilterBar } from '../parts/filter-bar'
import { ProblemNotice, Skeleton } from '../parts/notice'
import { Title } from '../parts/title'
import { FirstRun } from '../start/first-run'
import { Facets } from './facets'
import { Histogram } from './histogram'
import { NothingFound } from './nothing'
import { Summary } from './summary'
import { TraceTable } from './table'

export function TracesPage() {
  const { filter = '', order = 'newest' } = useSearch({ from: '/traces' })
  const [range] = useRange()
  const navigate = useNavigate({ from: '/traces' })
  const question: ListQuestion = { range, filter, order }
  const list = useTraces(question)
  const traces = list.data?.pages.flatMap(page => page.traces) ?? []
  const empty = list.isSuccess && traces.length === 0
  const newest = useNewestTrace(empty)
  const [first, setFirst] = useState(false)
  // The instruction stays while the first trace arrives: it says so itself.
  if (!first && empty && newest.data?.traces.length === 0) setFirst(true)
  const showList = () => void list.refetch().then(() => setFirst(false))
  if (first) return <FirstRun showList={showList} />
  const search = (changes: { filter?: string; order?: Order }) =>
    void navigate({ search: before => ({ ...before, ...changes }) })
  return (
    <div className="traces">
      <Title text="Traces" />
      <FilterBar
        filter={filter}
        apply={filter => search({ filter })}
        error={list.error}
        placeholder="service:api status:error duration>500ms"
      >
        <Summary list={list} count={traces.length} />
      </FilterBar>
      <Histogram traces={traces} complete={!list.hasNextPage} />
      <div className={`traces-body ${traces.length ? '' : 'alone'}`}>
        <Facets traces={traces} filter={filter} apply={filter => search({ filter })} />
        {list.isPending && <Skeleton rows={24} />}
        {list.isError && !list.data && asProblem(list.error).at === null && (
          <ProblemNotice error={list.error} retry={() => void list.refetch()} />
        )}
        {empty && <NothingFound question={question} newest={newest.data?.traces[0]} />}
        {traces.length > 0 && (
          <TraceTable
            traces={traces}
            order={order}
            setOrder={order => search({ order })}
            more={() => void (list.hasNextPage && !list.isFetching && list.fetchNextPage())}
            stale={list.isPlaceholderData}
            again={() => void list.refetch()}
            place={JSON.stringify(question)}
          />
        )}
      </div>
    </div>
  )
}
