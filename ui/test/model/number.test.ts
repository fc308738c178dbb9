import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bytes, count, duration, percent, plural, rate, significant } from '../../src/model/number'

const plain = (text: string) => text.replaceAll('\u00a0', ' ')

describe('duration', () => {
  test.each([
    [0, '0 ns'],
    [1, '1 ns'],
    [999, '999 ns'],
    [1000, '1.00 µs'],
    [830_000, '830 µs'],
    [999_499, '999 µs'],
    [999_600, '1.00 ms'],
    [9_996, '10.0 µs'],
    [99_960, '100 µs'],
    [12_340_000, '12.3 ms'],
    [1_520_000_000, '1.52 s'],
    [59_940_000_000, '59.9 s'],
    [59_960_000_000, '1 min'],
    [252e9, '4 min 12 s'],
    [3600e9, '1 h'],
    [7500e9, '2 h 5 min'],
    [86_400e9 * 3 + 4 * 3600e9, '3 d 4 h'],
    [-1_500_000, '−1.50 ms'],
    [Number.NaN, '–'],
  ])('%d ns is %s', (ns, text) => expect(plain(duration(ns))).toBe(text))

  test('reads as at most three significant digits below a minute', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 59_000_000_000 }), ns => {
        const digits = duration(ns).replace(/[^\d]/g, '').replace(/^0+/, '')
        expect(digits.length).toBeLessThanOrEqual(3)
      }),
    )
  })

  test('never goes down while time goes up', () => {
    const unit: Record<string, number> = { ns: 1, µs: 1e3, ms: 1e6, s: 1e9 }
    const value = (ns: number) => {
      const [number, name] = plain(duration(ns)).split(' ')
      return Number(number) * unit[name]
    }
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 50_000_000_000 }),
        fc.integer({ min: 0, max: 1_000_000_000 }),
        (ns, more) => {
          expect(value(ns + more)).toBeGreaterThanOrEqual(value(ns))
        },
      ),
    )
  })
})

test.each([
  [0, '0'],
  [812, '812'],
  [1234, '1,234'],
  [1234.56, '1,235'],
  [12.345, '12.3'],
  [12_400, '12.4 k'],
  [999_960, '1.00 M'],
  [3_100_000, '3.10 M'],
  [2_000_000_000, '2.00 G'],
])('count %d is %s', (value, text) => expect(plain(count(value))).toBe(text))

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [48_200_000, '48.2 MB'],
  [3.1e12, '3.10 TB'],
])('bytes %d is %s', (value, text) => expect(plain(bytes(value))).toBe(text))

test.each([
  [0, '0 %'],
  [0.0001, '<0.1 %'],
  [0.004, '0.4 %'],
  [0.05, '5 %'],
  [0.714, '71 %'],
  [1, '100 %'],
])('percent %d is %s', (value, text) => expect(plain(percent(value))).toBe(text))

test('a rate below one per second is told per minute', () => {
  expect(plain(rate(0.05))).toBe('3.00 /min')
  expect(plain(rate(12.34))).toBe('12.3 /s')
  expect(rate(0)).toBe('0')
})

test('one is not many', () => {
  expect(plain(plural(1, 'span'))).toBe('1 span')
  expect(plain(plural(0, 'span'))).toBe('0 spans')
})

test('significant keeps three digits and no exponent', () => {
  expect(significant(0.0123)).toBe('0.0123'.slice(0, 4))
  expect(significant(123.4)).toBe('123')
})
