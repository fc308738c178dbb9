import { expect, test } from 'vitest'
import { loop, shortened, wayThrough } from '../../src/model/map-lines'

test('who calls itself is drawn outside of its box, from its right edge to its foot', () => {
  const [x0, y0, , , , , , x1, y1] = (loop(200, 100).match(/[\d.]+/g) ?? []).map(Number)
  expect([x0, y1]).toEqual([200, 100])
  expect(y0).toBeLessThan(100)
  expect(x1).toBeLessThan(200)
})

test('a long name says that it goes on', () => {
  expect(shortened('web', 5)).toBe('web')
  expect(shortened('transcoder', 5)).toBe('tran…')
})

test('a line goes through every place that is kept free for it', () => {
  const ends = wayThrough([
    [0, 10],
    [50, 40],
    [90, 40],
    [140, 10],
  ]).match(/\d+ \d+(?= C|$)/g)
  expect(ends).toEqual(['0 10', '50 40', '90 40', '140 10'])
})
