import { expect, test } from 'vitest'
import type { PatternRow } from '../../src/model/api'
import { byNews } from '../../src/model/patterns'

const pattern = (template: string, count: number, firstMs: number): PatternRow => ({
  template,
  count,
  first_seen: `${BigInt(firstMs) * 1_000_000n}`,
  series: [],
  services: [],
  example: '',
  filter: '',
})

test('what was first seen late in the range is news and comes first, then the most frequent', () => {
  const rows = byNews([pattern('often', 100, 0), pattern('old', 5, 100), pattern('fresh', 1, 8000)], 0, 10_000)
  expect(rows.map(row => [row.pattern.template, row.fresh])).toEqual([
    ['fresh', true],
    ['often', false],
    ['old', false],
  ])
})

test('where all has just begun, nothing is news', () => {
  const rows = byNews([pattern('a', 1, 9000), pattern('b', 2, 9001)], 0, 10_000)
  expect(rows.some(row => row.fresh)).toBe(false)
})
