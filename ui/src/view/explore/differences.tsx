/** What is different about what lies in the box: fields by how well they tell it from the rest, as pairs of bars. */
import { type MouseEvent, useMemo } from 'react'
import type { CompareAnswer } from '../../model/api'
import { term, toggleTerm } from '../../model/filter'
import { type Box, boxFilter, boxRange, type Heat } from '../../model/heat'
import { count, percent, plural } from '../../model/number'
import type { Asked } from '../../model/question'
import { type Range, rangeParams, writeRange } from '../../model/range'
import { clock } from '../../model/time'
import { figure } from '../../model/units'
import { valueText } from '../../model/values'
import { useRange } from '../frame/range'
import { ProblemNotice, Skeleton } from '../parts/notice'
import { type CompareQuestion, useCompare } from '../questions'
import type { Change } from './page'

interface Props {
  box: Box
  heat: Heat
  asked: Asked
  range: Range
  change: Change
}

const FIELDS = 12
const VALUES = 4

export function Differences({ box, heat, asked, range, change }: Props) {
  const question = useMemo(() => compareQuestion(box, heat, asked.filter, range), [box, heat, asked.filter, range])
  const { data, error, isFetching, refetch } = useCompare(question)
  const [, setRange] = useRange()
  const time = (ms: number) => clock(BigInt(Math.round(ms)) * 1_000_000n).slice(0, 8)
  const inside = boxFilter(asked.filter, 'duration', box)
  return (
    <section className="differences">
      <h2 className="row">
        What is different about {data ? `these ${plural(data.selection.count, 'trace')}` : 'these'}
        <span className="dim">
          {figure(box.low, 'ns')} – {figure(box.high, 'ns')}, {time(box.from)} – {time(box.to)}
          {data && `, against ${count(data.baseline.count)} others`}
        </span>
        <button
          type="button"
          className="link"
          onClick={() => change({ box: undefined, filter: inside, range: writeRange(box) } as object)}
        >
          only these
        </button>
        <button type="button" className="link" onClick={() => setRange({ from: box.from, to: box.to })}>
          only this time
        </button>
        <button
          type="button"
          className="quiet"
          aria-label="Close the comparison"
          onClick={() => change({ box: undefined })}
        >
          ✕
        </button>
      </h2>
      {error && !data && <ProblemNotice error={error} retry={() => void refetch()} />}
      {!data && isFetching && <Skeleton rows={8} />}
      {data?.fields.length === 0 && (
        <p className="dim">
          {data.selection.count ? 'No attribute tells them from the rest.' : 'No trace lies in this box.'}
        </p>
      )}
      <div className="difference-fields">
        {data?.fields.slice(0, FIELDS).map(field => (
          <Field key={field.field} field={field} filter={asked.filter} change={change} />
        ))}
      </div>
    </section>
  )
}

/** The rest is what took another time, in the whole range; where the box leaves out no duration, everything. */
function compareQuestion(box: Box, heat: Heat, filter: string, range: Range): CompareQuestion {
  const all = box.low <= heat.levels[0] && box.high >= (heat.levels.at(-1) as number)
  const within = filter.trim() ? `(${filter.trim()}) ` : ''
  const rest = all ? filter : `${within}not (duration>=${Math.round(box.low)}ns duration<${Math.round(box.high)}ns)`
  return {
    signal: 'traces',
    selection: { filter: boxFilter(filter, 'duration', box), ...boxRange(box) },
    baseline: { filter: rest, ...rangeParams(range) },
    limit: FIELDS,
  }
}

type Shares = CompareAnswer['fields'][number]['values'][number]

interface FieldProps {
  field: CompareAnswer['fields'][number]
  filter: string
  change: Change
}

function Field({ field, filter, change }: FieldProps) {
  const most = Math.max(...field.values.map(value => Math.max(value.selection, value.baseline)), 0.01)
  const take = (event: MouseEvent, value: Shares) =>
    change({ box: undefined, filter: narrowed(filter, field, value, event.altKey) })
  return (
    <section>
      <h3 className="cut" title={field.field}>
        {field.field}
      </h3>
      {field.values.slice(0, VALUES).map(shares => {
        const { value, selection, baseline } = shares
        return (
          <button
            key={JSON.stringify(value)}
            type="button"
            className="difference"
            title={`${value === null ? '(absent)' : valueText(value)}\n${percent(selection)} of these, ${percent(baseline)} of the others\nClick: only these. Alt-click: without them.`}
            disabled={value === null}
            onClick={event => take(event, shares)}
          >
            <span className={`cut ${value === null ? 'dim' : ''}`}>
              {value === null ? '(absent)' : valueText(value) || '(empty)'}
            </span>
            <span className="bars" aria-hidden="true">
              <span className="these" style={{ width: `${(100 * selection) / most}%` }} />
              <span className="others" style={{ width: `${(100 * baseline) / most}%` }} />
            </span>
            <span className="number right">{percent(selection)}</span>
            <span className="number right dim">{percent(baseline)}</span>
          </button>
        )
      })}
    </section>
  )
}

/** One value is a term, a stretch of numbers is two; what is said elsewhere in the trace is asked of some span of it. */
function narrowed(filter: string, field: FieldProps['field'], { value, from, to }: Shares, without: boolean): string {
  const name = field.field
  const unit = name === 'duration' ? 'ns' : ''
  const inside =
    from === undefined || to === undefined
      ? term(name, valueText(value))
      : `${name}>=${from}${unit} ${name}<=${to}${unit}`
  if (field.on === 'trace') return `${filter} ${without ? '-' : ''}{${inside}}`.trim()
  if (from === undefined) return toggleTerm(filter, name, valueText(value), without)
  return `${filter} ${without ? `-(${inside})` : inside}`.trim()
}
