import { expect, test } from 'vitest'
import { tickLabel } from '../../src/draw/axis'

const plain = (at: number, step: number) => tickLabel(at, step).replaceAll('\u00a0', ' ')

test.each([
  [0, 1e8, '0'],
  [500e6, 500e6, '500 ms'],
  [1.5e9, 500e6, '1.5 s'],
  [1.234567e9, 1000, '1.234567 s'],
  [-2e6, 1e6, '-2 ms'],
  [90e9, 30e9, '1 min 30 s'],
  [11_550e9, 60e9, '3 h 12 min 30 s'],
  [90.2e9, 200e6, '1 min 30.2 s'],
  [7, 1, '7 ns'],
  [-90e9, 30e9, '−1 min 30 s'],
  [119.9999e9, 1e9, '2 min'],
  [30 * 3600e9, 21_600e9, '1 d 6 h'],
  [3 * 86_400e9, 86_400e9, '3 d'],
  [530 * 31_557_600e9, 10 * 31_557_600e9, '530 y'],
])('%d by steps of %d', (at, step, text) => expect(plain(at, step)).toBe(text))

test('neighbouring ticks never read the same', () => {
  for (const step of [1, 200, 5e3, 1e6, 2e8, 1e9, 60e9]) {
    for (const at of [0, 1e3, 1e6, 1e9, 59e9, 3600e9]) expect(plain(at, step)).not.toBe(plain(at + step, step))
  }
})
