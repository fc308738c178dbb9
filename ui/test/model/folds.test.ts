import { expect, test } from 'vitest'
import { readFolds, writeFolds } from '../../src/model/folds'
import { layoutTrace } from '../../src/model/layout'
import { PLAIN_VIEW } from '../../src/model/rows'
import { type Given, id, trace } from '../build'

const alike = (from: number, parent: number): Given[] =>
  [0, 1, 2, 3, 4, 5].map(n => ({ n: from + n, parent, at: 10 * n, lasts: 5, name: 'SELECT' }))
const layout = layoutTrace(
  trace([
    { n: 1, lasts: 1000 },
    { n: 2, parent: 1, lasts: 500 },
    { n: 3, parent: 1, at: 500, lasts: 400 },
    ...alike(10, 2),
    ...alike(20, 3),
  ]),
)

test('what is folded is told by ids, and read back', () => {
  const view = { ...PLAIN_VIEW, closed: new Set([2]), unfolded: new Set([0]), criticalOnly: true, shortest: 10 }
  const said = writeFolds(layout, view)
  expect(said).toEqual({ closed: id(3), open: id(10), only: 'critical', hide: 'short' })
  expect({ ...readFolds(layout, said), logs: false }).toEqual(view)
})

test('nothing is said of nothing, and all of it in a word', () => {
  expect(writeFolds(layout, PLAIN_VIEW)).toEqual({})
  expect(readFolds(layout, {})).toEqual({ closed: new Set(), unfolded: new Set(), criticalOnly: false, shortest: 0 })
  const all = readFolds(layout, { closed: 'all', open: 'all' })
  expect(all).toMatchObject({ closed: new Set([1, 2]), unfolded: new Set([0, 1]) })
  expect(writeFolds(layout, { ...PLAIN_VIEW, ...all })).toEqual({ closed: 'all', open: 'all' })
})

test('ids that are not in the trace say nothing', () => {
  expect(readFolds(layout, { closed: 'f'.repeat(16), open: `${id(2)},,x` })).toMatchObject({
    closed: new Set(),
    unfolded: new Set(),
  })
})
