import { count, plural } from '../../model/number'
import type { useTraces } from '../data'

/** How many were found, and what it took to find them. */
export function Summary({ list, count: loaded }: { list: ReturnType<typeof useTraces>; count: number }) {
  const scanned = list.data?.pages[0]?.scanned
  if (list.isFetching && !list.data) return <span className="dim">asking…</span>
  if (!scanned) return null
  return (
    <span className="dim number" title={`${count(scanned.rows)} rows read`}>
      {list.hasNextPage ? `first ${plural(loaded, 'trace')}` : plural(loaded, 'trace')} · {Math.round(scanned.ms)} ms
    </span>
  )
}
