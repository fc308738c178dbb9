import { describe, expect, test } from 'vitest'
import { boxFilter, boxOf, countAt, firstColumn, heatOf, readBox, warmth, writeBox } from '../../src/model/heat'

const MS = 1_000_000
const answer = {
  x: ['1000000000', '2000000000'],
  y: [MS, 10 * MS, 100 * MS],
  cells: [
    [1, 2],
    [0, 100],
  ],
}
const heat = heatOf(answer, 1000)

describe('a heatmap', () => {
  test('has columns of time and levels, with where the last ones end', () => {
    expect(heat.times).toEqual([1000, 2000, 3000])
    expect([countAt(heat, 0, 1), countAt(heat, 1, 0), heat.most]).toEqual([2, 0, 100])
  })

  test('knows since when there is anything', () => {
    expect(firstColumn(heat)).toBe(1000)
    expect(firstColumn(heatOf({ ...answer, cells: [[], [0, 3]] }, 1000))).toBe(2000)
    expect(firstColumn(heatOf({ ...answer, cells: [[], []] }, 1000))).toBeNull()
  })

  test('one among many is seen, nothing is not', () => {
    expect(warmth(0, 1000)).toBe(0)
    expect(warmth(1, 1000)).toBeGreaterThan(0.1)
    expect(warmth(1000, 1000)).toBe(1)
  })

  test('a box reaches from cell to cell, and down to nothing at the foot', () => {
    expect(boxOf(heat, { columns: [1, 0], rows: [1, 1] })).toEqual({
      from: 1000,
      to: 3000,
      low: 10 * MS,
      high: 100 * MS,
    })
    expect(boxOf(heat, { columns: [0, 0], rows: [0, 0] }).low).toBe(0)
  })

  test('an address holds it, and a filter says it', () => {
    const box = { from: 1000, to: 3000, low: 0, high: 5 }
    expect(readBox(writeBox(box))).toEqual(box)
    expect(readBox('1..2,3')).toBeNull()
    expect(readBox('3..2,1..9')).toBeNull()
    expect(boxFilter('a or b', 'duration', box)).toBe('(a or b) duration>=0ns duration<5ns')
    expect(boxFilter('', 'depth', box)).toBe('depth>=0 depth<5')
  })
})
