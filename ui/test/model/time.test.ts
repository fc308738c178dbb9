import { expect, test } from 'vitest'
import { after, ago, clock, day, everything, moment, narrow } from '../../src/model/time'

const at = (year: number, month: number, ...rest: number[]) =>
  BigInt(new Date(year, month, ...rest).getTime()) * 1_000_000n

test('clock and day are local, to the millisecond', () => {
  const instant = at(2026, 10, 23, 4, 5, 6, 7)
  expect(clock(instant)).toBe('04:05:06.007')
  expect(day(instant)).toBe('2026-11-23')
})

test('time 0 and the year 2500 are instants like others', () => {
  expect(day(at(2500, 0, 2))).toBe('2500-01-02')
  expect(everything(0n, 0)).toContain('1970-01-01T00:00:00.000000000Z')
})

test('the date stands only where the clock alone could mislead', () => {
  const now = new Date(2026, 10, 23, 15).getTime()
  expect(moment(at(2026, 10, 23, 14), now)).toBe('14:00:00.000')
  expect(moment(at(2026, 10, 20, 14), now)).toBe('2026-11-20 14:00:00.000')
})

test('in a narrow column no instant is longer than a clock', () => {
  const now = new Date(2026, 10, 23, 15).getTime()
  const shown = [at(2026, 10, 23, 14), at(2026, 10, 20, 14, 5), at(1970, 0, 1)].map(each => narrow(each, now))
  expect(shown).toEqual(['14:00:00.000', '11-20 14:05', '1970-01-01'])
})

test('nanoseconds survive the subtraction', () => {
  expect(after(1_760_000_000_000_000_000n, '1760000000000000001')).toBe(1)
  expect(after(1_760_000_000_000_000_005n, '1760000000000000000')).toBe(-5)
})

test.each([
  [0, 'just now'],
  [1500, '1 second ago'],
  [120_000, '2 minutes ago'],
  [86_400_000 * 400, '1 year ago'],
  [-5000, 'in 5 seconds'],
])('%d ms ago', (distance, text) => expect(ago(1e12 - distance, 1e12)).toBe(text))
