import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { drawBars } from '../../src/draw/bars'
import { markAt } from '../../src/draw/marks'
import { ROW, type Scene, type Theme, visibleRows, xOf } from '../../src/draw/scene'
import { cut } from '../../src/draw/text'
import { drawTree, indentOf } from '../../src/draw/tree'
import { type Layout, layoutTrace } from '../../src/model/layout'
import { cluster } from '../../src/model/marks'
import { buildRows, PLAIN_VIEW, type View } from '../../src/model/rows'
import { type Given, log, piece, trace } from '../build'
import { Paper } from './paper'

const THEME = Object.fromEntries(
  ['bg', 'panel', 'hover', 'chosen', 'line', 'edge', 'ink', 'dim', 'accent', 'error', 'warn', 'sans'].map(name => [
    name,
    name,
  ]),
) as unknown as Theme

function scene(layout: Layout, changes: Partial<Scene> = {}, view: Partial<View> = {}): Scene {
  const rows = buildRows(layout, { ...PLAIN_VIEW, ...view })
  const { at, severity, offset } = layout.logs
  const own = (row: number) => Array.from({ length: offset[row + 1] - offset[row] }, (_, i) => offset[row] + i)
  const made = {
    layout,
    rows,
    theme: THEME,
    colours: layout.columns.services.map(name => `colour of ${name}`),
    window: [0, 1000] as const,
    width: 1000,
    height: 400,
    tree: 300,
    scroll: 0,
    hover: -1,
    chosen: -1,
    lit: new Set<number>(),
    chosenLog: -1,
    found: null,
    marks: (row: number) => cluster(at, severity, own(layout.tree.place[rows.ref[row]]), 1),
    words: { log: (i: number) => `text of ${layout.logs.ref[i]}`, now: () => 'app.py:7 work' },
  }
  return { ...made, ...changes }
}

function bars(layout: Layout, changes: Partial<Scene> = {}, view: Partial<View> = {}): Paper {
  const paper = new Paper()
  drawBars(paper.as(), scene(layout, changes, view))
  return paper
}

const FAMILY: Given[] = [
  { n: 1, name: 'root', lasts: 1000 },
  { n: 2, parent: 1, name: 'query', service: 'db', at: 200, lasts: 300 },
]

describe('bars', () => {
  test('time in children is pale, self time is solid', () => {
    const web = bars(layoutTrace(trace(FAMILY))).of('colour of web')
    expect(web.filter(stroke => stroke.alpha < 1).map(({ x, width }) => [x, width])).toEqual([[0, 1000]])
    expect(web.filter(stroke => stroke.alpha === 1).map(({ x, width }) => [x, width])).toEqual([
      [0, 200],
      [500, 500],
    ])
  })

  test('a leaf is solid, and never thinner than can be seen', () => {
    const [leaf] = bars(layoutTrace(trace([{ n: 1, lasts: 0, at: 500 }])), { window: [0, 1000] }).of('colour of web')
    expect(leaf).toMatchObject({ width: 2, alpha: 1 })
  })

  test('a length keeps clear of the marks on its bar', () => {
    const logged = (at: number) => layoutTrace(trace([{ n: 1, lasts: 500 }], [log(1, 1, at)]))
    const length = (at: number) => bars(logged(at)).strokes.find(stroke => stroke.text.startsWith('500'))?.x ?? 0
    expect(length(100)).toBe(506)
    expect(length(505)).toBeGreaterThan(509)
    const inside = bars(layoutTrace(trace([{ n: 1, lasts: 1000 }], [log(1, 1, 970)])))
    const text = inside.strokes.find(stroke => stroke.text.startsWith('1.00'))
    expect((text?.x ?? 0) + 7 * (text?.text.length ?? 0)).toBeLessThan(966)
  })

  test('an error is outlined in red', () => {
    const paper = bars(layoutTrace(trace([{ ...FAMILY[0], error: true }])))
    expect(paper.of('error', 'strokeRect')).toHaveLength(1)
  })

  test('the critical path is a dark line, a wait in a queue is named', () => {
    const critical_path_extent = [piece(1, 0, 100), piece(2, 100, 400, 'queue'), piece(2, 400, 900)]
    const paper = bars(layoutTrace(trace(FAMILY, [], { critical_path_extent })))
    expect(
      paper
        .of('ink')
        .filter(({ width, height }) => height === 2 && width > 2)
        .map(({ x, width }) => [x, width]),
    ).toEqual([
      [0, 100],
      [400, 500],
    ])
    expect(paper.texts()).toContain('queue 300 ns')
    const label = paper.strokes.find(stroke => stroke.text.startsWith('300'))
    expect(label?.x).toBeGreaterThan(500)
  })

  test('what runs says for how long and where it is; what is lost says so', () => {
    expect(bars(layoutTrace(trace([{ n: 1, lasts: 100, running: 'running' }]))).texts()).toEqual([
      'running 100 ns · now at app.py:7 work',
    ])
    expect(bars(layoutTrace(trace([{ n: 1, lasts: 100, running: 'lost' }]))).texts()[0]).toContain('lost after 100 ns')
  })

  test('what is off screen says where it went', () => {
    const layout = layoutTrace(
      trace([
        { n: 1, lasts: 10 },
        { n: 2, parent: 1, at: 5000, lasts: 10 },
      ]),
    )
    expect(bars(layout, { window: [1000, 2000] }).texts()).toEqual(['◂ 10 ns', '10 ns ▸'])
  })

  test('while something is searched for, the rest stands back', () => {
    const layout = layoutTrace(trace(FAMILY))
    const found = { spans: Uint8Array.of(0, 1), logs: new Set<string>(), rows: [1] }
    const paper = bars(layout, { found })
    expect(paper.of('colour of db')[0].alpha).toBe(1)
    expect(Math.max(...paper.of('colour of web').map(stroke => stroke.alpha))).toBe(0.25)
  })

  test('only rows on screen are drawn', () => {
    const many = layoutTrace(
      trace(Array.from({ length: 5000 }, (_, n) => ({ n: n + 1, name: `span ${n}`, lasts: 10 }))),
    )
    const paper = bars(many, { scroll: 1000 * ROW, height: 10 * ROW })
    expect(paper.of('colour of web').length).toBeLessThanOrEqual(10)
    expect(visibleRows(scene(many, { scroll: 1000 * ROW, height: 10 * ROW }))).toEqual([1000, 1010])
  })

  test('any window over any trace draws finite numbers', () => {
    const layout = layoutTrace(trace([...FAMILY, { n: 3, at: 5e18, lasts: 1e15 }], [log(1, 1, 5)]))
    fc.assert(
      fc.property(
        fc.double({ min: -1e19, max: 1e19, noNaN: true }),
        fc.double({ min: 1, max: 1e19, noNaN: true }),
        (from, length) => {
          const { strokes } = bars(layout, { window: [from, from + Math.max(length, Math.abs(from) / 1e12)] })
          for (const { x, width } of strokes) expect(Number.isFinite(x) && Number.isFinite(width)).toBe(true)
        },
      ),
      { numRuns: 50 },
    )
  })
})

describe('log records', () => {
  const layout = layoutTrace(trace(FAMILY, [log(1, 1, 100), log(2, 1, 700, 'error'), log(3, 1, 703)]))

  test('stand at their instant on the bar of their span, merged where near', () => {
    const paper = bars(layout)
    expect(paper.strokes.filter(stroke => stroke.what === 'arc').map(({ x }) => x)).toEqual([100])
    expect(paper.strokes.filter(stroke => stroke.what === 'roundRect')).toHaveLength(1)
    expect(paper.texts()).toContain('2')
  })

  test('are hit where they are drawn', () => {
    const made = scene(layout)
    expect(markAt(made, 0, 102)?.count).toBe(1)
    expect(markAt(made, 0, 705)?.worst).toBe(layout.logs.ref.indexOf('log-2'))
    expect(markAt(made, 0, 400)).toBeNull()
    expect(markAt(made, 1, 100)).toBeNull()
  })

  test('as rows they are lines of text', () => {
    expect(bars(layout, {}, { logs: true }).texts()).toContain('text of log-1')
  })

  test('a mark in the middle of its line takes no letter from it', () => {
    const words = { log: (i: number) => (i === 0 ? 'abcdefghij'.repeat(9) : ''), now: () => '' }
    const paper = bars(layout, { words }, { logs: true })
    const [before, after] = paper.strokes.filter(stroke => /^[a-j]{2,}$/.test(stroke.text))
    expect(before.text + after.text).toBe(words.log(0))
    expect(before.x + 7 * before.text.length).toBeLessThanOrEqual(92)
    expect(after.x).toBeGreaterThan(105)
  })
})

describe('the tree', () => {
  function tree(layout: Layout, changes: Partial<Scene> = {}): Paper {
    const paper = new Paper()
    drawTree(paper.as(), scene(layout, { width: 300, ...changes }))
    return paper
  }

  test('names the service where it changes', () => {
    expect(tree(layoutTrace(trace([...FAMILY, { n: 3, parent: 1, at: 600, name: 'render' }]))).texts()).toEqual([
      'root',
      'web',
      'query',
      'db',
      'render',
    ])
  })

  test('at any depth a third of the column is left for the name', () => {
    for (const level of [0, 1, 5, 16, 30, 1000]) {
      expect(indentOf(level + 1, 240)).toBeGreaterThanOrEqual(indentOf(level, 240))
      expect(240 - indentOf(level, 240)).toBeGreaterThan(240 / 3)
    }
  })

  test('long names end in an ellipsis, huge ones are not measured whole', () => {
    const paper = new Paper()
    expect(cut(paper.as(), 'a'.repeat(30), 70)).toBe(`${'a'.repeat(9)}…`)
    expect(cut(paper.as(), 'short', 70)).toBe('short')
    expect(cut(paper.as(), 'x'.repeat(1e6), 70)).toBe(`${'x'.repeat(9)}…`)
    expect(cut(paper.as(), 'word', 10)).toBe('')
  })
})

test('far outside of the screen a place stays within what a canvas draws exactly', () => {
  expect(xOf({ window: [0, 1], width: 1000 }, 1e18)).toBeLessThan(20_000)
  expect(xOf({ window: [0, 1], width: 1000 }, -1e18)).toBeGreaterThan(-20_000)
})
