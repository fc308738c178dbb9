import { expect, test } from 'vitest'
import { bodyLine, findByName, findInTrace } from '../../src/model/find'
import { layoutTrace } from '../../src/model/layout'
import { id, log, trace } from '../build'

const TRACE = trace(
  [
    { n: 1, name: 'POST /videos' },
    { n: 2, parent: 1, name: 'SELECT', service: 'Postgres', attributes: { 'db.query.text': 'SELECT * FROM quota' } },
    {
      n: 3,
      parent: 1,
      name: 'ffmpeg',
      events: [{ time: '0', name: 'stalled', attributes: { 'queue.name': 'Transcode' } }],
    },
  ],
  [log(1, 3, 0, 'info', 'frame=70'), log(2, null, 0, 'info', 'frame=80')],
)
const layout = layoutTrace(TRACE)
const find = (text: string) => findInTrace(TRACE, layout.tree.order, text)

test.each([
  ['videos', [0]],
  ['postgres', [1]],
  ['quota', [1]],
  ['db.query.text', [1]],
  ['transcode', [2]],
  ['stalled', [2]],
  ['frame=70', [2]],
  [id(2), [1]],
  ['nowhere', []],
])('%s', (text, rows) => expect(find(text).rows).toEqual(rows))

test('a record that matches is named, with or without a span', () => {
  expect([...find('frame=').logs]).toEqual(['log-1', 'log-2'])
})

test('a shape knows names and services', () => {
  expect(findByName(layout.columns, layout.tree.order, 'select').rows).toEqual([1])
  expect(findByName(layout.columns, layout.tree.order, 'quota').rows).toEqual([])
})

test('a body is one line, else the event’s name', () => {
  expect(bodyLine('two\n  lines ', null)).toBe('two lines')
  expect(bodyLine(null, 'device.started')).toBe('device.started')
  expect(bodyLine({ a: 1 }, null)).toBe('{"a":1}')
})
