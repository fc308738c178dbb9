import { type Range, rangeLabel, readRange } from '../../model/range'
import { serverNow } from '../ask'
import { useLogs } from '../data'
import { useRange } from '../frame/range'
import { Elsewhere } from '../parts/elsewhere'
import { doThere, Notice, said } from '../parts/notice'

/** Nothing matches: what was looked for, and the nearest thing that exists. */
export function NoLogs({ range, filter, hint }: { range: Range; filter: string; hint: string | null | undefined }) {
  const [, setRange] = useRange()
  const wider = useLogs({ last: 7 * 86_400_000 }, filter)
  const found = wider.data?.pages[0]?.logs.length ?? 0
  const when = 'last' in range ? `the ${rangeLabel(range)}` : rangeLabel(range)
  return (
    <Notice title={`No log record${filter ? ` matches ${filter}` : ''} in ${when}.`}>
      {hint && <p>{said(hint)}</p>}
      {found > 0 && (
        <p>
          {wider.hasNextPage ? `More than ${found}` : found} {doThere(found, filter)} in the last 7 days.{' '}
          <button type="button" onClick={() => setRange(readRange('7d', serverNow()) as Range)}>
            Show them
          </button>
        </p>
      )}
      {wider.data && !found && <Elsewhere />}
    </Notice>
  )
}
