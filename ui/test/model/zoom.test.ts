import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  clamp,
  frame,
  isWhole,
  NARROWEST,
  pan,
  readWindow,
  tickStep,
  ticks,
  type Window,
  writeWindow,
  zoomAt,
} from '../../src/model/zoom'

const WHOLE: Window = [-500, 1_000_000]
const anyWindow = fc
  .tuple(fc.integer({ min: -2e6, max: 2e6 }), fc.integer({ min: 1, max: 3e6 }))
  .map(([from, width]): Window => [from, from + width])

function inside([from, to]: Window) {
  expect(from).toBeGreaterThanOrEqual(WHOLE[0])
  expect(to).toBeLessThanOrEqual(WHOLE[1] + 1e-6)
  expect(to - from).toBeGreaterThanOrEqual(NARROWEST - 1e-9)
}

describe('a window never leaves the trace', () => {
  test('clamped, moved, zoomed, framed', () => {
    fc.assert(
      fc.property(anyWindow, fc.double({ min: 0.01, max: 50, noNaN: true }), (window, factor) => {
        const start = clamp(window, WHOLE)
        inside(start)
        inside(pan(start, factor - 25, WHOLE))
        inside(zoomAt(start, (start[0] + start[1]) / 2, factor, WHOLE))
        inside(frame(window, WHOLE))
      }),
    )
  })
})

test('the point under the pointer stays under it', () => {
  const zoomed = zoomAt([0, 1000], 250, 0.5, WHOLE)
  expect(zoomed).toEqual([125, 625])
  expect((250 - zoomed[0]) / (zoomed[1] - zoomed[0])).toBe(0.25)
})

test('framing leaves air on both sides', () => {
  expect(frame([1000, 1800], WHOLE)).toEqual([900, 1900])
  const [from, to] = frame([1000, 1000], WHOLE)
  expect(to - from).toBe(NARROWEST)
})

test('the URL holds whole nanoseconds, and forgives nonsense', () => {
  expect(readWindow(writeWindow([10.4, 2000.6]), WHOLE)).toEqual([10, 2001])
  expect(readWindow(writeWindow([-300, 100]), WHOLE)).toEqual([-300, 100])
  for (const text of [undefined, '', '5', '9..5', 'a..b']) expect(readWindow(text, WHOLE)).toBeNull()
})

test('whole or not', () => {
  expect(isWhole(WHOLE, WHOLE)).toBe(true)
  expect(isWhole([0, 10], WHOLE)).toBe(false)
})

describe('ticks', () => {
  test('steps are round and few enough', () => {
    fc.assert(
      fc.property(fc.double({ min: 20, max: 1e18, noNaN: true }), fc.integer({ min: 1, max: 20 }), (span, most) => {
        expect(span / tickStep(span, most)).toBeLessThanOrEqual(most * (1 + 1e-9))
      }),
    )
  })

  test.each([
    [1000, 5, 200],
    [1.52e9, 6, 500e6],
    [600e9, 6, 120e9],
    [86_400e9 * 40, 8, 86_400e9 * 5],
  ])('%d ns in %d parts', (span, most, step) => expect(tickStep(span, most)).toBe(step))

  test('they count from the first start, not from the clock', () => {
    expect(ticks([90, 520], 100, 4)).toEqual([100, 300, 500])
  })
})
