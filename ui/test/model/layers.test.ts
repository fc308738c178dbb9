import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { layered } from '../../src/model/layers'

const edge = (from: string, to: string) => ({ from, to })
const layerOf = (nodes: ReturnType<typeof layered>) => Object.fromEntries(nodes.map(node => [node.name, node.layer]))

describe('the map in layers', () => {
  test('callers stand left of what they call, by the longest way', () => {
    const nodes = layered([edge('web', 'api'), edge('api', 'pg'), edge('web', 'pg'), edge('api', 'worker')])
    expect(layerOf(nodes)).toEqual({ web: 0, api: 1, pg: 2, worker: 2 })
  })

  test('a circle is cut where it closes, and who calls itself stays where it is', () => {
    expect(layerOf(layered([edge('a', 'b'), edge('b', 'c'), edge('c', 'a'), edge('b', 'b')]))).toEqual({
      a: 0,
      b: 1,
      c: 2,
    })
  })

  test('lines that can run side by side do not cross', () => {
    const nodes = layered([edge('a', 'z'), edge('b', 'y')])
    const place = Object.fromEntries(nodes.map(node => [node.name, node.place]))
    expect(place.a < place.b).toBe(place.z < place.y)
  })

  test('everybody has a place of his own, whatever calls whatever', () => {
    const name = fc.constantFrom(...'abcdefgh')
    fc.assert(
      fc.property(fc.array(fc.record({ from: name, to: name })), edges => {
        const nodes = layered(edges)
        expect(new Set(nodes.map(node => node.name))).toEqual(new Set(edges.flatMap(each => [each.from, each.to])))
        expect(new Set(nodes.map(node => `${node.layer} ${node.place}`)).size).toBe(nodes.length)
      }),
    )
  })
})
