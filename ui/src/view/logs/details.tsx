/** Everything about one record: its body as it came, attributes to filter by or to make columns of, and its origin. */
import type { Attributes, LogRecord } from '../../model/api'
import { term, toggleTerm } from '../../model/filter'
import { everything } from '../../model/time'
import { groupAttributes, valueText } from '../../model/values'
import { serverNow } from '../ask'
import { Copy } from '../parts/copy'
import type { LogsSearch } from '../router'

interface Props {
  log: LogRecord
  filter: string
  columns: string[]
  change: (changes: LogsSearch) => void
}

export function LogDetails({ log, filter, columns, change }: Props) {
  const body = typeof log.body === 'string' ? log.body : JSON.stringify(log.body, null, 2)
  const resource = typeof log.resource === 'object' ? log.resource.attributes : {}
  return (
    <div className="log-details" role="cell">
      <div className="snippet">
        <pre className="code">{body}</pre>
        <Copy text={body} />
      </div>
      <p className="dim number">{everything(BigInt(log.time), serverNow()).replaceAll('\n', ' · ')}</p>
      <Entries attributes={log.attributes} filter={filter} columns={columns} change={change} />
      <details>
        <summary className="dim">Where it came from</summary>
        <Entries attributes={resource} filter={filter} columns={columns} change={change} />
      </details>
      <details>
        <summary className="dim">As JSON</summary>
        <div className="snippet">
          <pre className="code">{JSON.stringify(log, null, 2)}</pre>
          <Copy text={JSON.stringify(log, null, 2)} />
        </div>
      </details>
    </div>
  )
}

function Entries({ attributes, filter, columns, change }: Omit<Props, 'log'> & { attributes: Attributes }) {
  const entries = groupAttributes(attributes).flatMap(group => group.entries)
  const only = (name: string, text: string, not: boolean) =>
    change({ filter: toggleTerm(filter, name, text, not), open: undefined })
  return (
    <dl className="log-entries">
      {entries.map(([name, value]) => {
        const text = valueText(value)
        const shown = columns.includes(name)
        return (
          <div key={name}>
            <dt className="dim cut" title={name}>
              {name}
            </dt>
            <dd className="code">{text}</dd>
            <dd className="acts">
              <button type="button" className="link" title={term(name, text)} onClick={() => only(name, text, false)}>
                only
              </button>
              <button
                type="button"
                className="link"
                title={`-${term(name, text)}`}
                onClick={() => only(name, text, true)}
              >
                without
              </button>
              <button
                type="button"
                className="link"
                onClick={() =>
                  change({
                    columns:
                      (shown ? columns.filter(each => each !== name) : [...columns, name]).join(',') || undefined,
                  })
                }
              >
                {shown ? 'no column' : 'column'}
              </button>
            </dd>
          </div>
        )
      })}
    </dl>
  )
}
