import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { FlameNode } from '../../src/model/api'
import { functionsOf, mergedOf, pathTo } from '../../src/model/merged'

const node = (name: string, self: number, ...children: FlameNode[]): FlameNode => ({
  service: 'web',
  name,
  count: 1,
  errors: 0,
  total: self + children.reduce((sum, child) => sum + child.total, 0),
  self,
  children,
})

test('a node is as wide as its own time and that of all below it', () => {
  const merged = mergedOf(node('root', 10, node('a', 5), node('b', 20, node('a', 5))))
  expect([...merged.weight]).toEqual([40, 25, 5, 5])
  expect(merged.nodes.map(each => each.name)).toEqual(['root', 'b', 'a', 'a'])
  expect(merged.boxes.lanes).toBe(3)
  expect(merged.boxes.extent).toEqual([0, 40])
})

test('functions add up wherever they were called from', () => {
  const merged = mergedOf(node('root', 1, node('a', 5), node('b', 20, node('a', 5))))
  expect(functionsOf(merged).map(each => [each.name, each.self, each.count])).toEqual([
    ['b', 20, 1],
    ['a', 10, 2],
    ['root', 1, 1],
  ])
  expect(pathTo(merged, 3).map(i => merged.nodes[i].name)).toEqual(['root', 'b', 'a'])
})

/** A few levels, a few children each. */
function trees(levels: number): fc.Arbitrary<FlameNode> {
  const children = levels ? fc.array(trees(levels - 1), { maxLength: 3 }) : fc.constant([])
  return fc.tuple(fc.nat(99), children).map(([self, below]) => node('n', self, ...below))
}

test('children lie inside their parents, side by side', () => {
  fc.assert(
    fc.property(trees(4), root => {
      const { boxes } = mergedOf(root)
      for (let lane = 0; lane < boxes.lanes; lane++) {
        for (let i = boxes.first[lane] + 1; i < boxes.first[lane + 1]; i++) {
          expect(boxes.from[i]).toBeGreaterThanOrEqual(boxes.to[i - 1])
        }
      }
      expect(boxes.extent[1]).toBeGreaterThanOrEqual(boxes.extent[0])
    }),
  )
})
