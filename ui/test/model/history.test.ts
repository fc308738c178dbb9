import { expect, test } from 'vitest'
import { FIGURES, historyOf, place, rankWords, valueAt } from '../../src/model/history'

/** As the server answers: count, least, nine quantiles, most. */
const told = (count: number) => [count, 10, 11, 15, 20, 35, 60, 85, 100, 105, 109, 110]

test('the figures are as many as are read', () => {
  expect(told(1)).toHaveLength(FIGURES.length)
  const history = historyOf(told(101))
  expect(history).toMatchObject({ others: 100, least: 10, most: 110 })
  expect(history && [valueAt(history, 25), valueAt(history, 50), valueAt(history, 99)]).toEqual([35, 60, 109])
})

test('slower or faster, whichever says more', () => {
  const history = historyOf(told(101))
  const said = (own: number) => history && rankWords(history, own).replace('\u00a0', ' ')
  expect([110, 107, 86, 61].map(said)).toEqual([
    'slower than all',
    'slower than 95 %',
    'slower than 75 %',
    'slower than 50 %',
  ])
  expect([10, 16, 59].map(said)).toEqual(['faster than all', 'faster than 90 %', 'faster than 50 %'])
})

test('all alike is neither slow nor fast', () => {
  const all = historyOf([20, ...Array(FIGURES.length - 1).fill(5)])
  expect(all && rankWords(all, 5)).toBe('as long as all')
  const most = historyOf([20, 1, ...Array(FIGURES.length - 3).fill(5), 9])
  expect(most && rankWords(most, 5)).toBe('as long as most')
})

test('among few nothing is said, and among none', () => {
  expect(historyOf(told(5))).toBeNull()
  expect(historyOf([0, ...Array(FIGURES.length - 1).fill(null)])).toBeNull()
  expect(historyOf([])).toBeNull()
})

test('the line is logarithmic, holds the span itself, and is a point where all are alike', () => {
  const history = { others: 9, least: 10, most: 100, quantiles: [] }
  expect([10, 1000].map(place(history, 1000))).toEqual([0, 1])
  expect(place(history, 50)(100)).toBe(1)
  expect(place({ ...history, most: 10 }, 10)(10)).toBe(0.5)
})
