import { describe, expect, test } from 'vitest'
import { spanId } from '../../src/model/ids'
import { type Layout, layoutTrace } from '../../src/model/layout'
import {
  buildRows,
  CLOSED,
  FOLD,
  LEAF,
  LOG,
  lineage,
  OPEN,
  PLAIN_VIEW,
  type Rows,
  reveal,
  SPAN,
  STRAYS,
  STUB,
  type View,
} from '../../src/model/rows'
import { type Given, log, piece, trace } from '../build'

/** Rows as an indented text: what one would read from top to bottom. */
function text(layout: Layout, rows: Rows): string[] {
  const { columns, runs, tree, logs } = layout
  const name = (row: number) => columns.names[columns.name[row]]
  const words: Record<number, (ref: number) => string> = {
    [SPAN]: name,
    [FOLD]: ref => `${name(tree.children[runs[ref].from])} × ${runs[ref].count}`,
    [STUB]: () => 'stub',
    [LOG]: ref => logs.ref[ref],
    [STRAYS]: () => 'strays',
  }
  const signs = { [LEAF]: ' ', [CLOSED]: '+', [OPEN]: '-' } as Record<number, string>
  return [...rows.kind].map((kind, i) => '  '.repeat(rows.level[i]) + signs[rows.state[i]] + words[kind](rows.ref[i]))
}

const shown = (layout: Layout, view: Partial<View> = {}) => text(layout, buildRows(layout, { ...PLAIN_VIEW, ...view }))

const SPANS: Given[] = [
  { n: 1, name: 'root', lasts: 100 },
  { n: 2, parent: 1, name: 'one', at: 1, lasts: 50 },
  { n: 3, parent: 2, name: 'query', at: 2 },
  { n: 4, parent: 2, name: 'query', at: 3 },
  { n: 5, parent: 2, name: 'query', at: 4 },
  { n: 6, parent: 2, name: 'query', at: 5, error: true },
  { n: 7, parent: 1, name: 'two', at: 60, lasts: 30 },
]

describe('rows', () => {
  const layout = layoutTrace(trace(SPANS, [log(1, 1, 0), log(2, 2, 3), log(3, null, 5)]))

  test('children follow their parent; alike ones are one row, failed ones never', () => {
    expect(shown(layout)).toEqual(['-root', '  -one', '    +query × 3', '     query', '   two', ' strays'])
  })

  test('what is closed hides its subtree, what is unfolded shows its members', () => {
    expect(shown(layout, { closed: new Set([1]) })).toEqual(['-root', '  +one', '   two', ' strays'])
    expect(shown(layout, { unfolded: new Set([0]) })).toContain('    -query × 3')
  })

  test('records stand between child spans at their instant', () => {
    expect(shown(layout, { logs: true, unfolded: new Set([0]) })).toEqual([
      '-root',
      '   log-1',
      '  -one',
      '    -query × 3',
      '       query',
      '       query',
      '       query',
      '     log-2',
      '     query',
      '   two',
      '-strays',
      '   log-3',
    ])
  })

  test('short subtrees can be left out, but not what failed, nor what leads there', () => {
    expect(shown(layout, { shortest: 40 })).toEqual(['-root', '  -one', '     query', ' strays'])
  })

  test('each span knows its row', () => {
    const rows = buildRows(layout, PLAIN_VIEW)
    rows.ofSpan.forEach((at, row) => {
      if (at >= 0) expect([rows.kind[at], rows.ref[at]]).toEqual([SPAN, row])
    })
    expect([...rows.ofSpan].filter(at => at < 0)).toHaveLength(3)
  })
})

test('the critical path alone keeps what leads to it; a run of which only some are on it is no run', () => {
  const some = layoutTrace(trace(SPANS, [], { critical_path: [piece(4, 3, 4)] }))
  expect(shown(some, { criticalOnly: true })).toEqual(['-root', '  -one', '     query'])
  const first = layoutTrace(trace(SPANS, [], { critical_path: [piece(3, 2, 3)] }))
  expect(shown(first, { criticalOnly: true })).toEqual(['-root', '  -one', '     query'])
  const all = layoutTrace(trace(SPANS, [], { critical_path: [3, 4, 5].map(n => piece(n, n, n + 1)) }))
  expect(shown(all, { criticalOnly: true })).toEqual(['-root', '  -one', '    +query × 3'])
})

test('revealing opens every ancestor and the run around', () => {
  const layout = layoutTrace(trace(SPANS))
  const view = reveal(layout, { ...PLAIN_VIEW, closed: new Set([0, 1, 6]) }, 4)
  expect([...view.closed]).toEqual([6])
  expect(buildRows(layout, view).ofSpan[4]).toBeGreaterThan(0)
})

test('the way from the root', () => {
  const layout = layoutTrace(trace(SPANS))
  expect(lineage(layout, 4).map(row => Number.parseInt(spanId(layout.columns, row), 16))).toEqual([1, 2, 5])
})

test('orphans come under a stub, after the roots', () => {
  const layout = layoutTrace(
    trace([
      { n: 1, name: 'root' },
      { n: 2, parent: 9, name: 'lost child' },
    ]),
  )
  expect(shown(layout)).toEqual([' root', '-stub', '   lost child'])
})
