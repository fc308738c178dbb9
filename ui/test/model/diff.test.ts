import { expect, test } from 'vitest'
import type { Diff, DiffNode } from '../../src/model/api'
import { leftHeavy } from '../../src/model/calls'
import { changeOf, flatten, matchCalls, medianOf, readAgainst } from '../../src/model/diff'
import { layoutTrace } from '../../src/model/layout'
import { trace } from '../build'

const MS = 1_000_000
const side = (count: number, total: number, self = total) => ({ count, total, self, p50: count ? total / count : null })

function node(name: string, a: DiffNode['a'], b: DiffNode['b'], children: DiffNode[] = []): DiffNode {
  return { service: 'web', name, a, b, delta: b.total - a.total, children }
}

const DIFF: Diff = {
  a: { traces: 1, spans: 3, duration: 100 * MS },
  b: { traces: 1, spans: 3, duration: 160 * MS },
  root: node('GET', side(1, 100 * MS, 20 * MS), side(1, 160 * MS, 20 * MS), [
    node('query', side(1, 30 * MS), side(1, 90 * MS)),
    node('cache', side(1, 50 * MS), side(0, 0)),
    node('retry', side(0, 0), side(1, 50 * MS)),
  ]),
  explains: [],
  explains_left_out: 0,
  left_out: 0,
  truncated: false,
  scanned: { rows: 0, bytes: 0, ms: 0 },
}

test('a call path is as wide as its slower side and everything below', () => {
  const { boxes, nodes, most } = flatten(DIFF)
  const wide = (name: string) => {
    const at = boxes.ref.indexOf(nodes.findIndex(each => each.name === name))
    return (boxes.to[at] - boxes.from[at]) / MS
  }
  expect(['GET', 'query', 'cache', 'retry'].map(wide)).toEqual([210, 90, 50, 50])
  expect(most).toBe(60 * MS)
})

test('slower, faster, new and gone', () => {
  expect(flatten(DIFF).nodes.map(each => [each.name, changeOf(each)])).toEqual([
    ['GET', 'slower'],
    ['query', 'slower'],
    ['cache', 'gone'],
    ['retry', 'new'],
  ])
  expect(changeOf(node('x', side(1, 1000 * MS), side(1, 1005 * MS)))).toBe('same')
  expect(changeOf(node('x', side(1, 1000 * MS), side(1, 900 * MS)))).toBe('faster')
})

test('what is in this trace is found in it', () => {
  const { columns, ...layout } = layoutTrace(
    trace([
      { n: 1, name: 'GET', lasts: 160 },
      { n: 2, parent: 1, name: 'query', lasts: 90 },
      { n: 3, parent: 1, name: 'retry', at: 95, lasts: 50 },
    ]),
  )
  const { calls } = leftHeavy({ columns, ...layout })
  const { callOf, nodeOf } = matchCalls(flatten(DIFF), calls, columns.names, columns.services)
  expect([...callOf]).toEqual([calls.ofSpan[0], calls.ofSpan[1], -1, calls.ofSpan[2]])
  expect(nodeOf[calls.ofSpan[2]]).toBe(3)
})

test('what the address says', () => {
  expect(readAgainst('median')).toEqual({ kind: 'median' })
  expect(readAgainst('filter:service:web')).toEqual({ kind: 'filter', filter: 'service:web' })
  expect(readAgainst(`https://there/traces/${'A'.repeat(32)}?span=1`)).toEqual({ kind: 'trace', id: 'a'.repeat(32) })
})

test('the median is one of them', () => {
  expect(medianOf([{ duration: 3 }, { duration: 1 }, { duration: 2 }, { duration: 9 }])?.duration).toBe(2)
  expect(medianOf([])).toBeNull()
})
