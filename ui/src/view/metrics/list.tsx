import { useEffect, useRef, useState } from 'react'
import type { MetricRow } from '../../model/api'
import { kindWord, metricKey } from '../../model/metrics'
import { count } from '../../model/number'
import { unitName } from '../../model/units'
import { useKeys } from '../keys'
import { useListKeys } from '../parts/list-keys'

interface Props {
  found: MetricRow[]
  chosen: MetricRow
  find: string
  told: string
  choose: (metric: MetricRow) => void
  setFind: (text: string) => void
}

/** Every metric with its type and unit; typing narrows the list. */
export function MetricList({ found, chosen, find, told, choose, setFind }: Props) {
  const input = useRef<HTMLInputElement>(null)
  const list = useRef<HTMLUListElement>(null)
  // The address follows what is typed; it must not hold it back.
  const [text, setText] = useState(find)
  const at = found.indexOf(chosen)
  useListKeys({
    title: 'Metrics',
    count: found.length,
    chosen: at,
    choose: index => choose(found[index]),
    open: index => choose(found[index]),
  })
  useKeys('Find', [{ keys: 'f', does: 'Find a metric', run: () => input.current?.select() }])
  useEffect(() => {
    list.current?.children[at]?.scrollIntoView({ block: 'nearest' })
  }, [at])
  return (
    <aside className="metric-list" aria-label="Metrics">
      <p className="metric-find">
        <input
          ref={input}
          aria-label="Find a metric"
          placeholder={`Find in ${told}`}
          value={text}
          onChange={event => {
            setText(event.target.value)
            setFind(event.target.value)
          }}
          onKeyDown={event => event.key === 'Escape' && input.current?.blur()}
        />
      </p>
      {!found.length && <p className="dim metric-find">No metric is called so.</p>}
      <ul ref={list}>
        {found.map(metric => (
          <li key={metricKey(metric)}>
            <button
              type="button"
              className="metric"
              aria-current={metric === chosen}
              title={`${metric.name}\n${metric.description}\n${count(metric.series)} series`}
              onClick={() => choose(metric)}
            >
              <span className="cut">{metric.name}</span>
              <span className="dim">{kindWord(metric)}</span>
              <span className="dim cut right">{unitName(metric.unit)}</span>
            </button>
          </li>
        ))}
      </ul>
    </aside>
  )
}
