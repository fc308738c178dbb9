/** When the traces began, those with errors in red. */
import { useMemo } from 'react'
import type { Query } from '../../model/api'
import { plural } from '../../model/number'
import { rangeMs, rangeParams } from '../../model/range'
import { every, stack, stepMs } from '../../model/series'
import { serverNow } from '../ask'
import type { ListQuestion } from '../data'
import { Timeline } from '../parts/timeline'
import { useSums } from '../questions'

const COLUMNS = 120
const FAILED = 'with errors'
const FINE = 'without'

/** `ready`: the list itself has been answered, and what stands beside it may be asked. */
export function TracesTimeline({ question, ready }: { question: ListQuestion; ready: boolean }) {
  const { range, filter } = question
  const asked = useMemo(() => {
    const ends = rangeMs(range, serverNow())
    const step = every(ends.to - ends.from, COLUMNS)
    const all: Query = { signal: 'traces', filter, calculate: ['count(traces)'], every: step, ...rangeParams(range) }
    const failed: Query = { ...all, filter: filter ? `(${filter}) trace.errors>0` : 'trace.errors>0' }
    return { ends, step: stepMs(step), all, failed }
  }, [range, filter])
  const all = useSums('timeline', ready ? asked.all : null)
  const failed = useSums('timeline-errors', ready ? asked.failed : null)
  const made = useMemo(() => {
    if (!all.data) return null
    const of = (name: string, data: typeof all.data | undefined) =>
      stack(data?.series ?? [], asked.ends, asked.step, [name], () => name)
    const total = of(FINE, all.data)
    const red = of(FAILED, failed.data).layers[0]
    const fine = { name: FINE, values: total.layers[0].values.map((n, i) => Math.max(0, n - red.values[i])) }
    return { ...total, layers: [red, fine] }
  }, [all.data, failed.data, asked])
  const count = made?.layers.flatMap(layer => layer.values).reduce((a, b) => a + b, 0) ?? 0
  return <Timeline stack={made} tones={['error', 'edge']} label={`When ${plural(count, 'trace')} began`} />
}
