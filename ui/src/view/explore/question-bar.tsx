/** calculate … where … group by … every: each part applied as soon as it is left or Enter is pressed. */
import type { Asked, ExploreView } from '../../model/question'
import { useRange } from '../frame/range'
import { FilterInput } from '../parts/filter-input'
import { Part } from '../parts/part'
import { Views } from '../parts/views'
import { useFields } from '../questions'
import type { Change } from './page'

interface Props {
  asked: Asked
  change: Change
}

const VIEWS: readonly (readonly [ExploreView, string])[] = [
  ['heatmap', 'Heatmap'],
  ['lines', 'Lines'],
  ['flame', 'Flame graph'],
]
const CALCULATE = {
  traces: [
    'count',
    'rate',
    'error_rate',
    'p50(duration)',
    'p95(duration)',
    'p99(duration)',
    'avg(duration)',
    'max(duration)',
    'sum(duration)',
    'count(traces)',
  ],
  logs: ['count', 'rate'],
}
const EVERY = ['', '10s', '30s', '1m', '5m', '15m', '1h']

/** What was chosen by a click belongs to the question it was clicked in. */
const ANEW = { box: undefined, at: undefined }

export function QuestionBar({ asked, change }: Props) {
  const [range] = useRange()
  const fields = useFields(asked.signal, undefined, range).data?.fields.map(field => field.name) ?? []
  return (
    <div className="question">
      <label className="part">
        <span className="dim">of</span>
        <select
          aria-label="Signal"
          value={asked.signal}
          onChange={event =>
            change({ ...ANEW, signal: event.target.value, calculate: undefined, group: undefined, view: undefined })
          }
        >
          <option value="traces">spans</option>
          <option value="logs">log records</option>
        </select>
      </label>
      {asked.view === 'lines' && (
        <Part
          label="calculate"
          text={asked.calculate.join(', ')}
          known={CALCULATE[asked.signal]}
          apply={calculate => change({ ...ANEW, calculate })}
          wide
        />
      )}
      <div className="part grow">
        <span className="dim">where</span>
        <FilterInput
          signal={asked.signal}
          filter={asked.filter}
          apply={filter => change({ ...ANEW, filter })}
          error={null}
          placeholder="everything"
        />
      </div>
      {asked.view !== 'flame' && (
        <Part
          label="group by"
          text={asked.groupBy.join(', ')}
          known={fields}
          apply={group => change({ ...ANEW, group: group || '-' })}
        />
      )}
      {asked.view !== 'flame' && (
        <label className="part">
          <span className="dim">every</span>
          <select value={asked.every} onChange={event => change({ ...ANEW, every: event.target.value })}>
            {EVERY.map(every => (
              <option key={every} value={every}>
                {every || 'auto'}
              </option>
            ))}
          </select>
        </label>
      )}
      {asked.signal === 'traces' && (
        <Views
          label="Shown as"
          views={VIEWS}
          view={asked.view}
          show={view => change({ view: view === 'heatmap' ? undefined : view })}
        />
      )}
    </div>
  )
}
