import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { layered } from '../../src/model/layers'

/** Nodes are letters here, `a` first. */
const arrow = (text: string) => ({ from: text.charCodeAt(0) - 97, to: text.charCodeAt(1) - 97 })
const made = (count: number, ...arrows: string[]) => layered([...Array(count).keys()], arrows.map(arrow))
const layersOf = (graph: ReturnType<typeof layered>) => graph.nodes.map(node => node.layer)

describe('a graph in layers', () => {
  test('callers stand before what they call, by the longest way', () => {
    expect(layersOf(made(4, 'ab', 'bc', 'ac', 'bd'))).toEqual([0, 1, 2, 2])
  })

  test('a circle is cut where it closes, and who calls itself stays where it is', () => {
    const graph = made(3, 'ab', 'bc', 'ca', 'bb')
    expect(layersOf(graph)).toEqual([0, 1, 2])
    expect(graph.back).toEqual([false, false, true, true])
  })

  test('lines that can run side by side do not cross', () => {
    const { nodes } = made(4, 'ad', 'bc')
    expect(nodes[0].place < nodes[1].place).toBe(nodes[3].place < nodes[2].place)
  })

  test('a line over more than a layer has a place of its own in each between', () => {
    const { via, sizes } = made(4, 'ab', 'bc', 'cd', 'ad')
    expect(via.map(seats => seats.map(seat => seat.layer))).toEqual([[], [], [], [1, 2]])
    expect(sizes).toEqual([1, 2, 2, 1])
  })

  test('everybody has a place of his own, whatever calls whatever', () => {
    const node = fc.integer({ min: 0, max: 7 })
    fc.assert(
      fc.property(fc.array(fc.record({ from: node, to: node })), edges => {
        const { nodes, via, sizes } = layered([...Array(8).keys()], edges)
        const seats = [...nodes, ...via.flat()]
        expect(new Set(seats.map(({ layer, place }) => `${layer} ${place}`)).size).toBe(seats.length)
        for (const { layer, place } of seats) expect(place).toBeLessThan(sizes[layer])
      }),
    )
  })
})
