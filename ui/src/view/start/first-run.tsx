/** Nothing stored yet: the page is the instruction, and turns into the first trace by itself. */
import { Tabs } from '@base-ui/react/tabs'
import { Link } from '@tanstack/react-router'
import type { TraceRow } from '../../model/api'
import { heardOf } from '../../model/heard'
import { duration, plural } from '../../model/number'
import { useNewestTrace, useStatus } from '../data'
import { Copy } from '../parts/copy'
import { useTitle } from '../parts/title'

const endpoint = location.origin

const WAYS = [
  {
    title: 'Python',
    say: 'Without a change to the program: the libraries that it uses are instrumented as it starts.',
    code: `pip install trivet\nOTEL_EXPORTER_OTLP_ENDPOINT=${endpoint} trivet run --service my-service -- python app.py`,
  },
  {
    title: 'Node',
    say: 'With npm’s @opentelemetry/auto-instrumentations-node installed in the program:',
    code: `export OTEL_SERVICE_NAME=my-service OTEL_EXPORTER_OTLP_ENDPOINT=${endpoint}\nnode --require @opentelemetry/auto-instrumentations-node/register app.js`,
  },
  {
    title: 'Collector',
    say: 'In a collector that runs already, one more exporter (and its name in the pipelines):',
    code: `exporters:\n  otlp_http/trivet: { endpoint: ${endpoint} }  # otlphttp/trivet before 0.144`,
  },
  {
    title: 'Any SDK',
    say: 'Every program that uses an OpenTelemetry SDK, in any language, reads these:',
    code: `export OTEL_SERVICE_NAME=my-service OTEL_EXPORTER_OTLP_ENDPOINT=${endpoint}\nexport OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf`,
  },
]

export function FirstRun({ showList }: { showList: () => void }) {
  const { data } = useNewestTrace(true)
  useTitle('Start')
  return (
    <div className="first-run">
      <h1>Send a trace, and it appears here</h1>
      <Tabs.Root defaultValue="Python">
        <Tabs.List className="tabs" aria-label="From where">
          {WAYS.map(way => (
            <Tabs.Tab key={way.title} value={way.title} className="tab">
              {way.title}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {WAYS.map(way => (
          <Tabs.Panel key={way.title} value={way.title} className="how">
            <p>{way.say}</p>
            <div className="snippet">
              <pre className="code">{way.code}</pre>
              <Copy text={way.code} />
            </div>
          </Tabs.Panel>
        ))}
      </Tabs.Root>
      <p className="dim">
        If this server has a token, senders name it:{' '}
        <code>OTEL_EXPORTER_OTLP_HEADERS=authorization=Bearer%20TOKEN</code>
      </p>
      <p className="listening" role="status">
        <Arrived trace={data?.traces[0]} showList={showList} />
      </p>
    </div>
  )
}

function Arrived({ trace, showList }: { trace: TraceRow | undefined; showList: () => void }) {
  const { data: status } = useStatus()
  if (!trace) {
    return (
      <>
        <span className="pulse" aria-hidden="true" />
        listening on {location.port || location.host} … {heardOf(status)}
      </>
    )
  }
  return (
    <span className="row">
      <Link to="/traces/$id" params={{ id: trace.trace_id }}>
        The first trace: {trace.name} in {trace.service}, {duration(trace.duration)}, {plural(trace.spans, 'span')}
      </Link>
      <button type="button" onClick={showList}>
        All traces
      </button>
    </span>
  )
}
