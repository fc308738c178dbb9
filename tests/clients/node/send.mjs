// A small program with the official SDK: one trace, one log record, four metrics, then it ends.
//   node send.mjs json|protobuf URL [gzip]
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';

const [encoding, url, compression = 'none'] = process.argv.slice(2);
const packages = { json: 'http', protobuf: 'proto' };

async function exporter(signal, name) {
  const exports = await import(`@opentelemetry/exporter-${name}-otlp-${packages[encoding]}`);
  const Exporter = Object.values(exports).find((value) => /^OTLP\w+Exporter$/.test(value.name ?? ''));
  return new Exporter({ url: `${url}/v1/${signal}`, compression });
}

const resource = resourceFromAttributes({ 'service.name': 'node-client', 'process.pid': 42 });
const spans = new TracerProvider({ resource, spanProcessors: [new SimpleSpanProcessor({ exporter: await exporter('traces', 'trace') })] });
const logs = new LoggerProvider({ resource, processors: [new SimpleLogRecordProcessor({ exporter: await exporter('logs', 'logs') })] });
const reader = new PeriodicExportingMetricReader({ exporter: await exporter('metrics', 'metrics') });
const metrics = new MeterProvider({ resource, readers: [reader] });

const tracer = spans.getTracer('client', '1.0');
const parent = tracer.startSpan('POST /videos', { kind: SpanKind.SERVER, attributes: { ratio: 0.5, count: 3, ok: true, name: 'über', tags: ['a', 'b'] } });
const inside = trace.setSpan(ROOT_CONTEXT, parent);
const child = tracer.startSpan('SELECT', { kind: SpanKind.CLIENT, links: [{ context: parent.spanContext(), attributes: { why: 'test' } }] }, inside);
child.addEvent('exception', { 'exception.type': 'TypeError', 'exception.message': 'cut 😀'.slice(0, 5) });
child.setStatus({ code: SpanStatusCode.ERROR, message: 'no such table' });
child.end();
parent.end();

logs.getLogger('client').emit({ severityNumber: 17, severityText: 'ERROR', body: { text: 'it failed', code: 7, parts: [1, 'two', null] }, attributes: { empty: '' }, context: inside });

const meter = metrics.getMeter('client');
meter.createCounter('jobs', { unit: '{job}' }).add(3, { queue: 'video' });
meter.createUpDownCounter('waiting').add(-2);
meter.createHistogram('wait', { unit: 's' }).record(1.5, { queue: 'video' });
meter.createObservableGauge('load').addCallback((result) => result.observe(0.25));

await Promise.all([spans.shutdown(), logs.shutdown(), metrics.shutdown()]);
