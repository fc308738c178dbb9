/** This span beside others of its name: is it slow for what it is? */
import { Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import { FIGURES, type History, historyOf, likeIt, place, rankWords, valueAt } from '../../../model/history'
import { duration, plural } from '../../../model/number'
import { useSums } from '../../questions'
import { dayAround } from '../compare/use-diff'
import { useTraceData } from '../data'
import { Section } from './section'

const WIDE = 200

export function HistorySection({ row }: { row: number }) {
  const { layout, local } = useTraceData()
  const { columns } = layout
  const name = columns.names[columns.name[row]]
  const filter = likeIt(columns.services[columns.service[row]], name)
  const query = useMemo(
    () => ({ signal: 'traces' as const, filter, calculate: FIGURES, ...dayAround(layout) }),
    [filter, layout],
  )
  const { data, isPlaceholderData } = useSums('like', local || !name || columns.running[row] ? null : query)
  const history = useMemo(() => data && historyOf(data.rows[0] ?? []), [data])
  if (!history || isPlaceholderData) return null
  const own = layout.end[row] - layout.start[row]
  const all = (order?: 'slowest') => ({
    to: '/traces' as const,
    search: (before: { range?: string }) => ({ range: before.range, filter, ...(order && { order }) }),
  })
  return (
    <Section title="Beside others of its name">
      <p>
        <span className="strong">{rankWords(history, own)}</span> of {plural(history.others, 'other')} within a day;
        median <span className="number">{duration(valueAt(history, 50))}</span>,{' '}
        <Link {...all('slowest')}>
          slowest <span className="number">{duration(history.most)}</span>
        </Link>{' '}
        · <Link {...all()}>all like it</Link>
      </p>
      {history.least < history.most && <Strip history={history} own={own} />}
    </Section>
  )
}

/** From the shortest to the longest, the middle half thick, the median marked, this one blue. */
function Strip({ history, own }: { history: History; own: number }) {
  const at = place(history, own)
  const x = (duration: number) => 2 + at(duration) * (WIDE - 4)
  const [quarter, median, rest] = ([25, 50, 75] as const).map(level => x(valueAt(history, level)))
  return (
    <svg className="strip" width={WIDE} height={18} aria-hidden="true">
      <line x1={x(history.least)} x2={x(history.most)} y1={9} y2={9} />
      <rect x={quarter} width={Math.max(1, rest - quarter)} y={5} height={8} />
      <line className="median" x1={median} x2={median} y1={4} y2={14} />
      <line className="own" x1={x(own)} x2={x(own)} y1={0} y2={18} />
    </svg>
  )
}
