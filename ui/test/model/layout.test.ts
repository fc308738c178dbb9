import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Columns, columnsOfShape, columnsOfTrace } from '../../src/model/columns'
import { rowOfId, spanId } from '../../src/model/ids'
import { type Layout, layOut, layoutTrace } from '../../src/model/layout'
import { explain } from '../../src/model/local-facts'
import { buildRows, PLAIN_VIEW } from '../../src/model/rows'
import { type Given, id, log, ORIGIN, piece, trace } from '../build'

const names = (layout: Layout, rows: Iterable<number>) =>
  [...rows].map(row => layout.columns.names[layout.columns.name[row]])

/** Any parents at all: missing ones, cycles, spans that are their own parent; any times. */
const anySpans = fc.integer({ min: 1, max: 40 }).chain(size =>
  fc.tuple(
    ...Array.from({ length: size }, (_, n) =>
      fc.record<Given>({
        n: fc.constant(n + 1),
        parent: fc.option(fc.integer({ min: 1, max: size + 5 })),
        at: fc.integer({ min: -1000, max: 1000 }),
        lasts: fc.integer({ min: -50, max: 1000 }),
        name: fc.constantFrom('a', 'b', 'c'),
        kind: fc.constantFrom('internal', 'consumer', 'server'),
        error: fc.boolean(),
      }),
    ),
  ),
)

describe('whatever the spans say', () => {
  test('every span has one place, after its parent, in a contiguous subtree', () => {
    fc.assert(
      fc.property(anySpans, spans => {
        const { tree } = layoutTrace(trace(spans))
        expect([...tree.order].sort((a, b) => a - b)).toEqual(spans.map((_, row) => row))
        for (const row of tree.order) {
          const above = tree.parent[row]
          if (above < 0) continue
          expect(tree.place[row]).toBeGreaterThan(tree.place[above])
          expect(tree.place[row]).toBeLessThan(tree.place[above] + tree.size[above])
          expect(tree.depth[row]).toBe(tree.depth[above] + 1)
        }
      }),
    )
  })

  test('self time is between nothing and the whole span, and what covers it lies inside', () => {
    fc.assert(
      fc.property(anySpans, spans => {
        const { self, start, end, covered, columns } = layoutTrace(trace(spans))
        for (let row = 0; row < columns.count; row++) {
          expect(self[row]).toBeGreaterThanOrEqual(0)
          expect(self[row]).toBeLessThanOrEqual(end[row] - start[row])
          let reached = start[row]
          for (let i = covered.offset[row]; i < covered.offset[row + 1]; i++) {
            expect(covered.from[i]).toBeGreaterThanOrEqual(reached)
            expect(covered.to[i]).toBeGreaterThan(covered.from[i])
            reached = covered.to[i]
          }
          expect(reached).toBeLessThanOrEqual(end[row])
        }
      }),
    )
  })

  test('every span is on screen once, by itself or in a run', () => {
    fc.assert(
      fc.property(anySpans, spans => {
        const layout = layoutTrace(trace(spans))
        const unfolded = new Set(layout.runs.keys())
        const rows = buildRows(layout, { ...PLAIN_VIEW, unfolded })
        expect([...rows.ofSpan.keys()].sort((a, b) => a - b)).toEqual(spans.map((_, row) => row))
      }),
    )
  })

  test('nothing that failed is in a run', () => {
    fc.assert(
      fc.property(anySpans, spans => {
        const { runs, tree, errors } = layoutTrace(trace(spans))
        for (const run of runs) {
          expect(run.count).toBeGreaterThanOrEqual(3)
          for (let i = run.from; i < run.from + run.count; i++) expect(errors[tree.children[i]]).toBe(0)
        }
      }),
    )
  })
})

test('self time leaves out what a consumer does, and what starts after the end', () => {
  const layout = layoutTrace(
    trace([
      { n: 1, at: 0, lasts: 100 },
      { n: 2, parent: 1, at: 10, lasts: 20 },
      { n: 3, parent: 1, at: 20, lasts: 30 },
      { n: 4, parent: 1, at: 60, lasts: 500, kind: 'consumer' },
      { n: 5, parent: 1, at: 100, lasts: 40 },
    ]),
  )
  expect(layout.self[0]).toBe(60)
  expect([layout.covered.from[0], layout.covered.to[0]]).toEqual([10, 50])
})

test('a zero length span, an end before the start and an instant trace have a picture', () => {
  const layout = layoutTrace(
    trace([
      { n: 1, lasts: 0 },
      { n: 2, parent: 1, lasts: -500 },
    ]),
  )
  expect([...layout.end]).toEqual([...layout.start])
  expect(layout.extent[1]).toBeGreaterThan(layout.extent[0])
})

test('a span that runs lasts at least as long as what it called', () => {
  const layout = layoutTrace(
    trace([
      { n: 1, lasts: 10, running: 'running' },
      { n: 2, parent: 1, at: 5, lasts: 40 },
    ]),
  )
  expect(layout.end[0]).toBe(45)
  expect(layout.self[0]).toBe(5)
})

test('skew moves a span, its records and its events together', () => {
  const exception = { time: String(ORIGIN + 1010n), name: 'exception', attributes: {} }
  const skew = [{ span_id: id(2), shift: -1000 }]
  const layout = layoutTrace(
    trace(
      [
        { n: 1, lasts: 100 },
        { n: 2, parent: 1, at: 1000, lasts: 50, events: [exception] },
      ],
      [log(1, 2, 1020)],
      { skew },
    ),
  )
  expect(layout.start[1]).toBe(0)
  expect(layout.logs.at[0]).toBe(20)
  expect(layout.events.at[0]).toBe(10)
  expect(layout.extent).toEqual([0, 100])
})

test('orphans hang under the parent that is missing, strays under nobody', () => {
  const spans = [{ n: 1 }, { n: 2, parent: 77 }, { n: 3, parent: 77 }, { n: 4, parent: 88 }]
  const layout = layoutTrace(trace(spans, [log(1, null, 0), log(2, 99, 0), log(3, 2, 0)]))
  expect(layout.tree.orphans).toEqual([
    { missing: id(77), rows: [1, 2] },
    { missing: id(88), rows: [3] },
  ])
  expect(layout.logs.ref.slice(layout.logs.offset[layout.columns.count])).toEqual(['log-1', 'log-2'])
})

test('runs are alike down to their leaves', () => {
  const family = (n: number, leaf: string): Given[] => [
    { n, parent: 1, at: n, name: 'page' },
    { n: n + 1, parent: n, at: n, name: leaf },
  ]
  const alike = [2, 4, 6].flatMap(n => family(n, 'read'))
  const layout = layoutTrace(trace([{ n: 1, lasts: 100 }, ...alike, ...family(8, 'write')]))
  expect(layout.runs).toHaveLength(1)
  expect(layout.runs[0]).toMatchObject({ count: 3, total: 3 })
})

test('the critical path is kept per row; a wait in a queue is not time of the span', () => {
  const critical_path_extent = [piece(1, 0, 40), piece(2, 40, 70, 'queue'), piece(2, 70, 100)]
  const spans: Given[] = [
    { n: 1, lasts: 40 },
    { n: 2, parent: 1, at: 70, lasts: 30, kind: 'consumer' },
  ]
  const { onPath, path } = layoutTrace(trace(spans, [], { critical_path_extent }))
  expect([...onPath]).toEqual([40, 30])
  expect([...path.queue]).toEqual([0, 1, 0])
})

test('a shape and the whole trace make the same picture', () => {
  const spans: Given[] = [
    { n: 1, at: 0, lasts: 100, kind: 'server' },
    { n: 2, parent: 1, at: 10, lasts: 20, error: true, service: 'db' },
    { n: 3, parent: 9, at: 15, lasts: 20, running: 'lost' },
  ]
  const critical_path = [piece(1, 0, 10), piece(2, 10, 30), piece(1, 30, 100)]
  const whole = layoutTrace(trace(spans, [log(1, 2, 12, 'warn'), log(2, null, 50)], { critical_path }))
  const shape = columnsOfShape({
    trace_id: whole.columns.traceId,
    start: String(ORIGIN),
    names: ['span 1', 'span 2', 'span 3'],
    services: ['web', 'db'],
    columns: {
      span_id: [id(1), id(2), id(3)],
      parent: [-1, 0, -1],
      name: [0, 1, 2],
      service: [0, 1, 0],
      start: [0, 10, 15],
      duration: [100, 20, 20],
      kind: ['server', 'internal', 'internal'],
      status: ['unset', 'error', 'unset'],
      logs: [0, 1, 0],
      running: [null, null, 'lost'],
      process: [0, 0, 0],
    },
    orphans: [[2, id(9)]],
    log_marks: [
      [1, 12, 'warn', 'log-1'],
      [-1, 50, 'info', 'log-2'],
    ],
  })
  expect(explain(shape).layout).toEqual(whole)
})

test('ids are found again', () => {
  const columns = columnsOfTrace(trace([{ n: 0xdeadbeef }, { n: 2 }]))
  expect(spanId(columns, 0)).toBe('00000000deadbeef')
  expect(rowOfId(columns, '00000000deadbeef')).toBe(0)
  expect(rowOfId(columns, id(3))).toBe(-1)
})

describe('large', () => {
  /** Straight into columns: what is measured is the layout, not the building of a hundred thousand objects. */
  function columns(count: number, parent: (row: number) => number): Columns {
    const made = columnsOfTrace(trace([]))
    return {
      ...made,
      count,
      ids: new Uint8Array(count * 8),
      names: ['a'],
      services: ['web'],
      parent: Int32Array.from({ length: count }, (_, row) => parent(row)),
      name: new Uint32Array(count),
      service: new Uint32Array(count),
      start: Float64Array.from({ length: count }, (_, row) => row),
      duration: new Float64Array(count).fill(count),
      kind: new Uint8Array(count),
      error: new Uint8Array(count),
      running: new Uint8Array(count),
      shift: new Float64Array(count),
    }
  }

  test('a thousand deep, ten thousand wide', () => {
    const deep = layOut(columns(1000, row => row - 1))
    expect(deep.tree.depth[999]).toBe(999)
    const wide = layOut(columns(10_001, row => (row ? 0 : -1)))
    expect(wide.runs[0].count).toBe(10_000)
    expect(buildRows(wide, PLAIN_VIEW).length).toBe(2)
  })

  test('clocks that were wrong do not decide what is on screen', () => {
    const year = 365 * 86_400e9
    const given: Given[] = [
      { n: 1, at: 50 * year, lasts: 100 },
      { n: 2, parent: 1, at: 0, lasts: 0 },
      { n: 3, parent: 1, at: 50 * year + 20, lasts: 200 },
    ]
    const { far, near, whole } = layoutTrace(trace(given))
    expect(far).toBe(1)
    expect(near[0]).toBeCloseTo(50 * year, -3)
    expect(near[1] - near[0]).toBeLessThan(1000)
    expect(whole[1] - whole[0]).toBeGreaterThan(50 * year)
    const plain = layoutTrace(trace(given.slice(0, 1)))
    expect(plain).toMatchObject({ far: 0, near: plain.whole, zero: plain.extent[0] })
  })

  test('records without any span have the time that they take', () => {
    const { extent } = layoutTrace(trace([], [log(1, null, 500), log(2, null, 900)]))
    expect(extent[1] - extent[0]).toBe(400)
  })

  test('a root whose clock was wrong is the one that is far away', () => {
    const year = 365 * 86_400e9
    const below: Given[] = [2, 3].map(n => ({ n, parent: 1, at: 50 * year + n * 20, lasts: 200 }))
    const { far, extent } = layoutTrace(trace([{ n: 1, at: 0, lasts: 100 }, ...below]))
    expect(far).toBe(1)
    expect(extent[0]).toBeCloseTo(50 * year, -3)
  })

  test('100,000 spans are laid out in linear time', () => {
    const given = columns(100_000, row => (row ? Math.floor((row - 1) / 8) : -1))
    const began = performance.now()
    const layout = layOut(given)
    buildRows(layout, { ...PLAIN_VIEW, unfolded: new Set(layout.runs.keys()) })
    // 120 ms on an idle machine; a layout that is not linear takes minutes.
    expect(performance.now() - began).toBeLessThan(3000)
    expect(names(layout, layout.tree.roots)).toEqual(['a'])
  })
})
