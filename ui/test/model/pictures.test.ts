/** Flame, left-heavy and sandwich: where the boxes are, whatever the spans say. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Boxes, boxAt, boxOf } from '../../src/model/boxes'
import { type Calls, leftHeavy } from '../../src/model/calls'
import { timeFlame } from '../../src/model/lanes'
import { type Layout, layoutTrace } from '../../src/model/layout'
import { sandwich } from '../../src/model/sandwich'
import { type Given, trace } from '../build'

const REQUEST: Given[] = [
  { n: 1, name: 'GET', lasts: 100 },
  { n: 2, parent: 1, name: 'load', at: 10, lasts: 40 },
  { n: 3, parent: 2, name: 'query', at: 15, lasts: 10, service: 'db' },
  { n: 4, parent: 2, name: 'query', at: 30, lasts: 15, service: 'db', error: true },
  { n: 5, parent: 1, name: 'render', at: 20, lasts: 50 },
  { n: 6, parent: 5, name: 'query', at: 25, lasts: 5, service: 'db' },
]

const anySpans = fc.array(
  fc.record({
    parent: fc.option(fc.integer({ min: 1, max: 30 })),
    at: fc.integer({ min: 0, max: 200 }),
    lasts: fc.integer({ min: 0, max: 100 }),
    name: fc.constantFrom('a', 'b', 'c'),
    service: fc.constantFrom('x', 'y'),
  }),
  { minLength: 1, maxLength: 30 },
)
const layoutOf = (spans: readonly Omit<Given, 'n'>[]) =>
  layoutTrace(trace(spans.map((span, i) => ({ ...span, n: i + 1 }))))

function lanes(boxes: Boxes, nameOf: (ref: number) => string): string[] {
  return Array.from({ length: boxes.lanes }, (_, lane) =>
    Array.from(boxes.ref.subarray(boxes.first[lane], boxes.first[lane + 1]), nameOf).join(' '),
  )
}
const spanName = (layout: Layout) => (row: number) => layout.columns.names[layout.columns.name[row]]
const callName = (layout: Layout, calls: Calls) => (node: number) => layout.columns.names[calls.name[node]]

describe('flame in time order', () => {
  test('what ran at once is side by side, a subtree stays together', () => {
    const layout = layoutTrace(trace(REQUEST))
    expect(lanes(timeFlame(layout), spanName(layout))).toEqual(['GET', 'load', 'query query', 'render', 'query'])
  })

  test('what ran one after the other shares a lane', () => {
    const layout = layoutTrace(
      trace([
        { n: 1, lasts: 100, name: 'root' },
        { n: 2, parent: 1, at: 0, lasts: 40, name: 'one' },
        { n: 3, parent: 1, at: 40, lasts: 40, name: 'two' },
      ]),
    )
    expect(lanes(timeFlame(layout), spanName(layout))).toEqual(['root', 'one two'])
  })

  test('every span has a box below its parent, and none lies over another', () => {
    fc.assert(
      fc.property(anySpans, spans => {
        const layout = layoutOf(spans)
        const boxes = timeFlame(layout)
        const lane = new Map<number, number>()
        for (let l = 0; l < boxes.lanes; l++) {
          for (let i = boxes.first[l]; i < boxes.first[l + 1]; i++) {
            lane.set(boxes.ref[i], l)
            if (i > boxes.first[l]) expect(boxes.from[i]).toBeGreaterThanOrEqual(boxes.to[i - 1])
          }
        }
        expect(lane.size).toBe(spans.length)
        layout.tree.parent.forEach((above, row) => {
          if (above >= 0) expect(lane.get(row)).toBeGreaterThan(lane.get(above) as number)
        })
      }),
    )
  })

  test('a thousand at once are piled up in no time', () => {
    const spans = Array.from({ length: 5000 }, (_, i) => ({ n: i + 2, parent: 1, at: i, lasts: 10_000 }))
    const boxes = timeFlame(layoutTrace(trace([{ n: 1, lasts: 20_000 }, ...spans])))
    expect(boxes.lanes).toBe(5001)
  })
})

describe('left-heavy', () => {
  test('equal paths are one box, the widest left', () => {
    const layout = layoutTrace(trace(REQUEST))
    const { calls, boxes } = leftHeavy(layout)
    expect(lanes(boxes, callName(layout, calls))).toEqual(['GET', 'render load', 'query query'])
    const merged = calls.ofSpan[2]
    expect(calls.ofSpan[3]).toBe(merged)
    expect([calls.count[merged], calls.errors[merged], calls.total[merged], calls.longest[merged]]).toEqual([
      2, 1, 25, 3,
    ])
  })

  test('widths add up to the time of all, children inside their parents', () => {
    fc.assert(
      fc.property(anySpans, spans => {
        const layout = layoutOf(spans)
        const { calls, boxes } = leftHeavy(layout)
        const all = layout.self.reduce((sum, each) => sum + each, 0)
        const top = calls.weight.filter((_, node) => calls.parent[node] < 0).reduce((sum, each) => sum + each, 0)
        expect(top).toBeCloseTo(all)
        expect(calls.count.reduce((sum, each) => sum + each, 0)).toBe(spans.length)
        calls.parent.forEach((above, node) => {
          if (above < 0) return
          const [outer, inner] = [boxOf(boxes, above), boxOf(boxes, node)]
          expect(inner?.from).toBeGreaterThanOrEqual((outer?.from ?? 0) - 1e-6)
          expect(inner?.to).toBeLessThanOrEqual((outer?.to ?? 0) + 1e-6)
        })
      }),
    )
  })
})

describe('sandwich', () => {
  test('callers above, the function in the middle, callees below', () => {
    const layout = layoutTrace(trace(REQUEST))
    const call = { service: layout.columns.services.indexOf('web'), name: layout.columns.names.indexOf('load') }
    const { calls, boxes } = sandwich(layout, call)
    expect(lanes(boxes, callName(layout, calls))).toEqual(['GET', 'load', 'query'])
  })

  test('each caller is as wide as what goes from it into the function', () => {
    const layout = layoutTrace(trace(REQUEST))
    const call = { service: layout.columns.services.indexOf('db'), name: layout.columns.names.indexOf('query') }
    const { calls, boxes } = sandwich(layout, call)
    expect(lanes(boxes, callName(layout, calls))).toEqual(['GET GET', 'load render', 'query'])
    expect(boxes.extent).toEqual([0, 30])
    const load = boxAt(boxes, 1, 1, 0)
    expect([calls.weight[load], boxOf(boxes, load)]).toEqual([25, { lane: 1, from: 0, to: 25 }])
  })

  test('a function that calls itself counts once', () => {
    const layout = layoutTrace(
      trace([
        { n: 1, name: 'walk', lasts: 100 },
        { n: 2, parent: 1, name: 'walk', at: 10, lasts: 50 },
      ]),
    )
    const { calls, boxes } = sandwich(layout, { service: 0, name: 0 })
    expect(boxes.extent).toEqual([0, 100])
    expect(calls.count[0]).toBe(1)
  })
})

test('a box thinner than a pointer is found near it, the nearest first', () => {
  const layout = layoutTrace(
    trace([
      { n: 1, lasts: 1000 },
      { n: 2, parent: 1, at: 100, lasts: 1 },
      { n: 3, parent: 1, at: 106, lasts: 1 },
    ]),
  )
  const boxes = timeFlame(layout)
  expect(boxAt(boxes, 1, 103, 5)).toBe(1)
  expect(boxAt(boxes, 1, 105, 5)).toBe(2)
  expect(boxAt(boxes, 1, 200, 5)).toBe(-1)
  expect(boxAt(boxes, 9, 100, 5)).toBe(-1)
})
