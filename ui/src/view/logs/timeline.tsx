import { useMemo } from 'react'
import type { Query } from '../../model/api'
import { plural } from '../../model/number'
import { type Range, rangeMs, rangeParams } from '../../model/range'
import { every, stack, stepMs } from '../../model/series'
import { serverNow } from '../ask'
import { Timeline } from '../parts/timeline'
import { useSums } from '../questions'

const COLUMNS = 120
/** From the foot up. */
const SEVERITIES = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'without severity'] as const
const TONES = ['error', 'error', 'warn', 'edge', 'edge', 'edge', 'edge'] as const

/** How many records of which severity came when. */
export function LogsTimeline({ range, filter, ready }: { range: Range; filter: string; ready: boolean }) {
  const asked = useMemo(() => {
    const ends = rangeMs(range, serverNow())
    const step = every(ends.to - ends.from, COLUMNS)
    const query: Query = {
      signal: 'logs',
      filter,
      calculate: ['count'],
      group_by: ['severity'],
      every: step,
      ...rangeParams(range),
    }
    return { ends, step: stepMs(step), query }
  }, [range, filter])
  const { data } = useSums('timeline', ready ? asked.query : null)
  const made = useMemo(
    () =>
      data &&
      stack(data.series, asked.ends, asked.step, SEVERITIES, ({ group }) =>
        String(group.severity || 'without severity'),
      ),
    [data, asked],
  )
  const count = made?.layers.flatMap(layer => layer.values).reduce((a, b) => a + b, 0) ?? 0
  return <Timeline stack={made ?? null} tones={TONES} label={`When ${plural(count, 'record')} came, by severity`} />
}
