import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { rangeLabel, rangeMs, rangeParams, readRange, shorterRange, writeRange } from '../../src/model/range'

const NOW = new Date(2026, 10, 23, 15, 30, 0).getTime()
const HOUR = 3_600_000

describe('what people type', () => {
  test.each([
    ['2h', 2 * HOUR],
    ['last 15 min', 15 * 60_000],
    ['90 s', 90_000],
    ['7d', 7 * 24 * HOUR],
    ['1.5h', 1.5 * HOUR],
  ])('%s', (text, last) => expect(readRange(text, NOW)).toEqual({ last }))

  test.each(['14:00-14:30', '14:00–14:30', '14:00 - 14:30', '14:00 to 14:30'])('%s', text => {
    const from = new Date(2026, 10, 23, 14, 0).getTime()
    expect(readRange(text, NOW)).toEqual({ from, to: from + HOUR / 2 })
  })

  test('days', () => {
    const midnight = new Date(2026, 10, 23).getTime()
    expect(readRange('today', NOW)).toEqual({ from: midnight, to: NOW })
    expect(readRange('yesterday', NOW)).toEqual({ from: new Date(2026, 10, 22).getTime(), to: midnight })
    expect(readRange('2026-11-20', NOW)).toEqual({
      from: new Date(2026, 10, 20).getTime(),
      to: new Date(2026, 10, 21).getTime(),
    })
  })

  test.each(['', 'soon', '0h', '-3h', '14:30-14:00', '14:00-', 'h2', '2026-13-40', '..'])('%j is not a range', text => {
    expect(readRange(text, NOW)).toBeNull()
  })
})

test('what the URL holds is read back the same', () => {
  const last = fc.integer({ min: 1, max: 90 * 24 * 3600 }).map(s => ({ last: s * 1000 }))
  const between = fc
    .tuple(fc.integer({ min: 0, max: 4e12 }), fc.integer({ min: 1, max: 1e10 }))
    .map(([from, length]) => ({ from, to: from + length }))
  fc.assert(
    fc.property(fc.oneof(last, between), range => {
      expect(readRange(writeRange(range), NOW)).toEqual(range)
    }),
  )
})

test('a day has one spelling', () => {
  expect(writeRange({ last: 24 * HOUR })).toBe('1d')
  expect(writeRange({ last: 90 * 60_000 })).toBe('90m')
})

test('the server is asked in its own clock for what is relative, to the nanosecond for what is not', () => {
  expect(rangeParams({ last: HOUR })).toEqual({ start: 'now-3600s' })
  expect(rangeParams({ from: 1, to: 2 })).toEqual({ start: '1000000', end: '2000000' })
})

test('labels and milliseconds', () => {
  expect(rangeLabel({ last: HOUR }).replace('\u00a0', ' ')).toBe('last 1 h')
  expect(rangeMs({ last: HOUR }, NOW)).toEqual({ from: NOW - HOUR, to: NOW })
})

describe('a range that is empty at first', () => {
  const last = (ms: number) => ({ last: ms })
  test.each([
    [4 * 60_000, '5m'],
    [5 * 60_000, '5m'],
    [16 * 60_000, '30m'],
  ])('what came since %i ms ago fits a shorter one', (age, preset) =>
    expect(shorterRange(last(HOUR), NOW - age, NOW)).toBe(preset),
  )
  test('one that is well filled, or of fixed ends, is left alone', () => {
    expect(shorterRange(last(HOUR), NOW - 50 * 60_000, NOW)).toBeNull()
    expect(shorterRange(last(5 * 60_000), NOW - 60_000, NOW)).toBeNull()
    expect(shorterRange({ from: NOW - HOUR, to: NOW }, NOW - 60_000, NOW)).toBeNull()
  })
})
