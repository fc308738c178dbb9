import { plural } from '../../model/number'
import type { useTraces } from '../data'
import { Asked } from '../parts/asked'

/** How many were found, and what it took to find them. */
export function Summary({ list, count: loaded }: { list: ReturnType<typeof useTraces>; count: number }) {
  const scanned = list.data?.pages[0]?.scanned
  return (
    <Asked busy={list.isFetching && !list.isFetchingNextPage} names={['traces', '/api/query']} scanned={scanned}>
      {list.data && (list.hasNextPage ? `first ${plural(loaded, 'trace')}` : plural(loaded, 'trace'))}
    </Asked>
  )
}
