import { expect, test } from 'vitest'
import { firstOf } from '../../src/model/series'

test('the first column that holds anything, in whichever layer', () => {
  const ends = { from: 1000, to: 5000 }
  const layers = (...values: number[][]) => values.map((values, i) => ({ name: `${i}`, values }))
  expect(firstOf({ ...ends, layers: layers([0, 0, 0, 1], [0, 0, 2, 0]) })).toBe(3000)
  expect(firstOf({ ...ends, layers: layers([0, 0, 0, 0]) })).toBeNull()
  expect(firstOf({ ...ends, layers: [] })).toBeNull()
})
