/** Similar bodies folded into one line each: new ones first, then the most frequent. */
import { useMemo, useState } from 'react'
import { count, plural } from '../../model/number'
import { byNews } from '../../model/patterns'
import { type Range, rangeLabel, rangeMs } from '../../model/range'
import { serverNow } from '../ask'
import { Asked } from '../parts/asked'
import { Elsewhere } from '../parts/elsewhere'
import { useListKeys } from '../parts/list-keys'
import { Moment } from '../parts/moment'
import { Notice, ProblemNotice, Skeleton } from '../parts/notice'
import { Service } from '../parts/service'
import { Spark } from '../parts/spark'
import { usePatterns } from '../questions'

const MOST_SERVICES = 2

interface Props {
  range: Range
  filter: string
  apply: (filter: string) => void
}

export function Patterns({ range, filter, apply }: Props) {
  const { data, error, isPending, refetch } = usePatterns(filter, range, true)
  const { from, to } = useMemo(() => rangeMs(range, serverNow()), [range])
  const patterns = useMemo(() => byNews(data?.patterns ?? [], from, to), [data, from, to])
  const [chosen, choose] = useState(0)
  const open = (index: number) => apply([filter.trim(), patterns[index].pattern.filter].filter(Boolean).join(' '))
  useListKeys({ title: 'Patterns', count: patterns.length, chosen, choose, open })
  if (error && !data) return <ProblemNotice error={error} retry={() => void refetch()} />
  if (isPending) return <Skeleton rows={16} />
  if (!patterns.length)
    return (
      <Notice title={`No log record to fold in the ${rangeLabel(range)}.`}>
        <Elsewhere hint={data?.hint} />
      </Notice>
    )
  return (
    <section className="scroll-page" tabIndex={0} aria-label="Patterns">
      <table className="rows patterns">
        <thead>
          <tr>
            <th className="right">Records</th>
            <th>Over time</th>
            <th>First seen</th>
            <th>Severity</th>
            <th>Service</th>
            <th>Pattern</th>
          </tr>
        </thead>
        <tbody>
          {patterns.map(({ pattern, fresh }, i) => (
            <tr key={pattern.template} className={i === chosen ? 'chosen' : ''}>
              <td className="number right">{count(pattern.count)}</td>
              <td>
                <Spark values={pattern.series.map(([, n]) => n)} />
              </td>
              <td className="dim">
                {fresh && <span className="tag new">new</span>} <Moment at={pattern.first_seen} />
              </td>
              <td className={`severity ${pattern.severity ?? ''}`}>{pattern.severity ?? ''}</td>
              <td>
                {pattern.services.slice(0, MOST_SERVICES).map(name => (
                  <Service key={name} name={name} />
                ))}
              </td>
              <td className="template">
                <button
                  type="button"
                  className="link ink code"
                  title={`${pattern.example}\nClick: its records`}
                  onClick={() => open(i)}
                >
                  <Template text={pattern.template} />
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

/** How many there are of how many records. */
export function Folded({ filter, range }: Pick<Props, 'filter' | 'range'>) {
  const { data, isFetching } = usePatterns(filter, range, true)
  const records = data?.patterns.reduce((sum, pattern) => sum + pattern.count, 0) ?? 0
  return (
    <Asked busy={isFetching} names={['/api/patterns', '/api/query']} scanned={data?.scanned}>
      {data && `${plural(data.patterns.length, 'pattern')} of ${plural(records, 'record')}`}
    </Asked>
  )
}

/** What varies is paler than what stays. */
function Template({ text }: { text: string }) {
  const pieces = text.split(/(<[^<>\s]+>|<…>)/)
  return pieces.map((piece, i) =>
    i % 2 ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one text
      <span key={i} className="dim">
        {piece}
      </span>
    ) : (
      piece
    ),
  )
}
