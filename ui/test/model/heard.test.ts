import { expect, test } from 'vitest'
import { heardOf } from '../../src/model/heard'

const NONE = { received: 0, rejected: 0, acknowledged: 0, stored: 0, lag_s: 0, last_error: null }

test('nothing, or no word from the server yet', () => {
  expect(heardOf(undefined)).toBe('nothing yet')
  expect(heardOf({ signals: { traces: NONE, logs: NONE, metrics: NONE } })).toBe('nothing yet')
})

test('what is not a trace has come all the same', () => {
  const signals = { traces: NONE, logs: { ...NONE, received: 2 }, metrics: { ...NONE, received: 1 } }
  expect(heardOf({ signals })).toBe('2\u00a0log records and 1\u00a0metric point so far, no trace yet')
})

test('what was refused is said with its reason', () => {
  const signals = { traces: { ...NONE, rejected: 1, last_error: 'not a protobuf message' } }
  expect(heardOf({ signals })).toBe('what came was refused: not a protobuf message')
})
