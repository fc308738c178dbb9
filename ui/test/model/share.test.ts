/** What leaves a trace page comes back as the same trace. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SvgPaper } from '../../src/draw/svg'
import type { Trace, Value } from '../../src/model/api'
import { criticalPath } from '../../src/model/critical-path'
import { layoutTrace } from '../../src/model/layout'
import { withLocalFacts } from '../../src/model/local-facts'
import { markdown } from '../../src/model/markdown'
import { readTraces, SAVED_ID } from '../../src/model/otlp-read'
import { toOtlp } from '../../src/model/otlp-write'
import { severityOf } from '../../src/model/severity'
import { type Given, id, log, piece, trace } from '../build'

const SPANS: Given[] = [
  { n: 1, name: 'POST /videos', kind: 'server', lasts: 100, attributes: { 'http.route': '/videos', ok: true } },
  { n: 2, parent: 1, name: 'SELECT', service: 'db', kind: 'client', at: 10, lasts: 60, error: true },
]
const made = trace(SPANS, [log(1, 2, 20, 'warn', 'slow')])

const value: fc.Arbitrary<Value> = fc.letrec(tie => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.string(),
    fc.boolean(),
    fc.maxSafeInteger(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).filter(each => !Number.isInteger(each)),
    fc.constant({ $int: '9223372036854775807' }),
    fc.constant({ $double: 'NaN' }),
    fc.base64String().map(text => ({ $bytes: text })),
    fc.array(tie('value') as fc.Arbitrary<Value>, { maxLength: 3 }),
    fc.dictionary(
      fc.string({ minLength: 1 }).filter(key => !key.startsWith('$') && key !== '__proto__'),
      tie('value') as fc.Arbitrary<Value>,
      { maxKeys: 3 },
    ),
  ) as fc.Arbitrary<Value>,
})).value

const there = (given: Trace) => JSON.stringify(toOtlp(given))

describe('OTLP JSON, there and back', () => {
  test('spans, records, resources and scopes', () => {
    const [back] = readTraces(there(made))
    expect(back.trace_id).toBe(made.trace_id)
    expect(
      back.spans.map(({ name, kind, start, duration, status }) => [name, kind, start, duration, status.code]),
    ).toEqual(made.spans.map(({ name, kind, start, duration, status }) => [name, kind, start, duration, status.code]))
    expect(back.spans[1].parent_span_id).toBe(id(1))
    expect(back.logs[0]).toMatchObject({ body: 'slow', span_id: id(2), time: made.logs[0].time })
  })

  test('any attribute keeps its type', () => {
    fc.assert(
      fc.property(value, given => {
        const one = trace([{ n: 1, attributes: { key: given } }])
        expect(readTraces(there(one))[0].spans[0].attributes).toEqual({ key: given })
      }),
    )
  })

  test('several documents, one a line; the largest trace first', () => {
    const other = { ...trace([{ n: 9 }]), trace_id: 'e'.repeat(32) }
    const traces = readTraces(`${there(other)}\n${there(made)}\n`)
    expect(traces.map(({ trace_id, spans }) => [trace_id, spans.length])).toEqual([
      [made.trace_id, 2],
      ['e'.repeat(32), 1],
    ])
  })

  test('a saved page gives its trace back, whatever the spans say', () => {
    const evil = trace([{ n: 1, name: '</script><script>alert(1)</script>' }])
    const json = JSON.stringify(evil).replaceAll('<', '\\u003c')
    const page = `<html><script type="application/json" id="${SAVED_ID}">${json}</script></html>`
    expect(readTraces(page)[0].spans[0].name).toBe('</script><script>alert(1)</script>')
  })

  test('what holds no trace is refused in plain words, and never crashes', () => {
    expect(() => readTraces('{"a": 1}')).toThrow('There is no trace in this file')
    expect(() => readTraces('PNG\n\u0000')).toThrow('This file is not JSON')
    fc.assert(
      fc.property(fc.json(), text => {
        try {
          readTraces(`{"resourceSpans": [{"scopeSpans": [{"spans": [${text}]}]}], "resourceLogs": ${text}}`)
        } catch (error) {
          expect((error as Error).message).toContain('There is no trace')
        }
      }),
    )
  })
})

test('the facts of a trace that no server knows', () => {
  const { facts, duration } = withLocalFacts(trace([...SPANS, { n: 3, parent: 77, at: 5 }]))
  expect(duration).toBe(100)
  expect(facts).toMatchObject({ roots: [id(1)], orphans: [id(3)], depth: 2, first_error: id(2) })
  expect(facts.services.map(({ service, critical_time }) => [service, critical_time])).toEqual([
    ['web', 40],
    ['db', 60],
  ])
})

test('the critical path is a partition of its root', () => {
  const spans = fc.array(fc.record({ parent: fc.integer({ min: 1, max: 6 }), at: fc.nat(100), lasts: fc.nat(100) }), {
    maxLength: 8,
  })
  fc.assert(
    fc.property(spans, given => {
      const all = given.map((each, i) => ({ ...each, n: i + 2, parent: Math.min(each.parent, i + 1) }))
      const layout = layoutTrace(trace([{ n: 1, lasts: 100 }, ...all]))
      const root = layout.tree.roots[0]
      const path = criticalPath(layout, root)
      let reached = layout.start[root]
      for (const { from, to } of path) {
        expect(from).toBe(reached)
        reached = to
      }
      expect(reached).toBe(layout.end[root])
    }),
  )
})

test('a ticket reads the sentence, what took the time and what failed', () => {
  const whole = trace(SPANS, [], { critical_path: [piece(2, 10, 70), piece(1, 70, 100)] })
  whole.spans[1].status.message = 'canceling statement | timeout'
  const verdict = [{ text: 'POST /videos', strong: true }, { text: ' in web took ' }, { text: '1.5 s', strong: true }]
  const text = markdown({ layout: layoutTrace(whole), whole, verdict, link: 'http://here/traces/1' })
  expect(text.split('\n')[0]).toBe('**POST /videos** in web took **1.5 s**')
  expect(text).toContain(`[Trace \`${whole.trace_id}\`](http://here/traces/1), 2025-10-09T08:53:20.000Z, 2 spans`)
  expect(text).toContain('| db | SELECT | 1 | 60 ns | 67 % |')
  expect(text).toContain('- db › SELECT: canceling statement \\| timeout')
})

test('severity from the number, else from the text', () => {
  expect([severityOf(17, ''), severityOf(0, 'WARNING'), severityOf(0, 'odd'), severityOf(99, '')]).toEqual([
    'error',
    'warn',
    null,
    null,
  ])
})

test('SVG holds what was drawn, moved and escaped', () => {
  const paper = new SvgPaper(text => ({ width: text.length }) as TextMetrics)
  paper.translate(10, 5)
  paper.fillStyle = 'red'
  paper.globalAlpha = 0.5
  paper.fillRect(1, 2, 30, 4)
  paper.fillText('a < "b"', 0, 0)
  const svg = paper.document(100, 50)
  expect(svg).toContain('<rect x="11" y="7" width="30" height="4" fill="red" opacity="0.5"/>')
  expect(svg).toContain('a &lt; &quot;b&quot;</text>')
  expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" width="100" height="50"/)
})
