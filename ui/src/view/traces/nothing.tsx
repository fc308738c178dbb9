/** Nothing matches: what was looked for, and the nearest thing that exists. */
import { Link } from '@tanstack/react-router'
import type { TraceRow } from '../../model/api'
import { type Range, rangeLabel, readRange } from '../../model/range'
import { ago, milliseconds } from '../../model/time'
import { serverNow } from '../ask'
import { type ListQuestion, useTraces } from '../data'
import { useRange } from '../frame/range'
import { doThere, Notice, said } from '../parts/notice'

interface Props {
  question: ListQuestion
  newest: TraceRow | undefined
  /** What the server says may be misspelt. */
  hint: string | null | undefined
}

export function NothingFound({ question, newest, hint }: Props) {
  const [, setRange] = useRange()
  const wider = useTraces({ ...question, range: { last: 7 * 86_400_000 } })
  const found = wider.data?.pages[0]?.traces.length ?? 0
  const what = question.filter ? `No trace matches ${question.filter}` : 'No trace'
  return (
    <Notice title={`${what} in ${phrase(question.range)}.`}>
      {hint && <p>{said(hint)}</p>}
      {found > 0 && (
        <p>
          {wider.hasNextPage ? `More than ${found}` : found} {doThere(found, question.filter)} in the last 7 days.{' '}
          <button type="button" onClick={() => setRange(readRange('7d', serverNow()) as Range)}>
            Show them
          </button>
        </p>
      )}
      {newest && (
        <p>
          The newest trace is{' '}
          <Link to="/traces/$id" params={{ id: newest.trace_id }}>
            {newest.name} in {newest.service}
          </Link>
          , {ago(milliseconds(BigInt(newest.start)), serverNow())}.
        </p>
      )}
    </Notice>
  )
}

function phrase(range: Range): string {
  return 'last' in range ? `the ${rangeLabel(range)}` : rangeLabel(range)
}
