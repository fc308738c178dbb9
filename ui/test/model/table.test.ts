import { expect, test } from 'vitest'
import { layoutTrace } from '../../src/model/layout'
import { serviceMap } from '../../src/model/service-map'
import { attributeKeys, attributeOf, groupSpans, quantile, sortGroups } from '../../src/model/table'
import { piece, trace } from '../build'

const made = trace(
  [
    { n: 1, name: 'GET', lasts: 100, attributes: { tenant: 'a' } },
    { n: 2, parent: 1, name: 'query', service: 'db', at: 10, lasts: 20, attributes: { tenant: 'a', rows: 3 } },
    { n: 3, parent: 1, name: 'query', service: 'db', at: 40, lasts: 30, error: true },
    { n: 4, parent: 1, name: 'query', service: 'cache', at: 80, lasts: 5 },
  ],
  [],
  { critical_path: [piece(3, 40, 70)] },
)
const layout = layoutTrace(made)
const { names, name } = layout.columns

test('spans of one name and service are one group, with what they took', () => {
  const groups = sortGroups(
    groupSpans(layout, row => names[name[row]], true),
    'total',
    false,
  )
  expect(groups.map(({ service, key, count }) => [service, key, count])).toEqual([
    ['web', 'GET', 1],
    ['db', 'query', 2],
    ['cache', 'query', 1],
  ])
  expect(groups[0]).toMatchObject({ total: 100, self: 45, errors: 0 })
  expect(groups[1]).toMatchObject({ total: 50, self: 50, errors: 1, longest: 30, p95: 30, onPath: 30, row: 2 })
})

test('a group over services has no colour of its own', () => {
  const byName = groupSpans(layout, row => names[name[row]], false)
  expect(byName.find(group => group.key === 'query')).toMatchObject({ service: null, count: 3 })
})

test('attributes group too, and what lacks one stays together', () => {
  const groups = groupSpans(layout, row => attributeOf(made.spans[row].attributes, 'tenant'), false)
  expect(sortGroups(groups, 'key', true).map(group => [group.key, group.count])).toEqual([
    ['(absent)', 2],
    ['a', 2],
  ])
  expect(attributeKeys(made.spans)).toEqual(['tenant', 'rows'])
})

test('a quantile is one of the values', () => {
  expect(quantile([5], 0.95)).toBe(5)
  expect(
    quantile(
      Array.from({ length: 100 }, (_, i) => i + 1),
      0.95,
    ),
  ).toBe(95)
})

test('services stand in layers below their callers, with what went between them', () => {
  const map = serviceMap(layout)
  expect(map.nodes.map(({ service, layer, spans, errors }) => [service, layer, spans, errors])).toEqual([
    ['web', 0, 1, 0],
    ['db', 1, 2, 1],
    ['cache', 1, 1, 0],
  ])
  expect(map.edges[0]).toMatchObject({ from: 0, to: 1, calls: 2, errors: 1, total: 50, back: false })
  expect(map.layers).toEqual([1, 2])
})

test('a circle of services has one edge that goes back, and a long edge keeps a place free', () => {
  const { layers, edges, nodes } = serviceMap(
    layoutTrace(
      trace([
        { n: 1, service: 'a', lasts: 9 },
        { n: 2, parent: 1, service: 'b', lasts: 8 },
        { n: 3, parent: 2, service: 'a', lasts: 7 },
        { n: 4, parent: 2, service: 'c', lasts: 6 },
        { n: 5, parent: 1, service: 'c', lasts: 5 },
      ]),
    ),
  )
  expect(nodes.map(node => node.layer)).toEqual([0, 1, 2])
  expect(edges.filter(edge => edge.back).map(edge => [edge.from, edge.to])).toEqual([[1, 0]])
  const long = edges.find(edge => edge.from === 0 && edge.to === 2)
  expect(long?.via).toHaveLength(1)
  expect(layers).toEqual([1, 2, 1])
})
