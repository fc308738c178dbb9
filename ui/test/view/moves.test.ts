/** What keys and pointer do to a trace page: no browser needed, only its width. */
import { beforeEach, expect, test, vi } from 'vitest'
import type { LogRecord } from '../../src/model/api'
import { leftHeavy } from '../../src/model/calls'
import { spanId } from '../../src/model/ids'
import { layoutTrace } from '../../src/model/layout'
import { buildRows, PLAIN_VIEW } from '../../src/model/rows'
import * as moves from '../../src/view/trace/moves'
import { type Stage, stageOf } from '../../src/view/trace/stage'
import type { Loaded } from '../../src/view/trace/use-layout'
import { type Given, log, NO_FACTS, trace } from '../build'

vi.stubGlobal('innerWidth', 1440)

const SPANS: Given[] = [
  { n: 1, name: 'root', lasts: 1000 },
  { n: 2, parent: 1, name: 'one', at: 100, lasts: 500 },
  { n: 3, parent: 2, name: 'query', at: 110, lasts: 10 },
  { n: 4, parent: 2, name: 'query', at: 130, lasts: 10 },
  { n: 5, parent: 2, name: 'query', at: 150, lasts: 10 },
  { n: 6, parent: 2, name: 'render', at: 300, lasts: 50, error: true },
  { n: 7, parent: 1, name: 'two', at: 700, lasts: 200, error: true },
]

function load(spans: Given[] = SPANS, logs: LogRecord[] = []): Loaded {
  const whole = trace(spans, logs)
  const layout = layoutTrace(whole)
  return { layout, rows: buildRows(layout, PLAIN_VIEW), facts: NO_FACTS, whole }
}

let stage: Stage
beforeEach(() => {
  stage = stageOf(load(SPANS, [log(1, 2, 200), log(2, 7, 750, 'error'), log(3, null, 900)]))
  stage.set({ height: 400, width: 800 })
})

const name = () => {
  const { columns } = stage.now.layout
  return stage.now.span < 0 ? '' : columns.names[columns.name[stage.now.span]]
}

test('steps go over the rows that are shown, and stop at the ends', () => {
  const seen = Array.from({ length: 8 }, () => {
    moves.step(stage, 1)
    return name()
  })
  expect(seen.slice(0, 5)).toEqual(['root', 'one', 'query', 'render', 'two'])
  moves.step(stage, -100)
  expect(name()).toBe('root')
})

test('right opens, then enters; left closes, then leaves', () => {
  moves.select(stage, 1)
  moves.closeOrLeave(stage)
  expect(stage.now.rows.length).toBe(4)
  moves.openOrEnter(stage)
  expect(stage.now.rows.length).toBe(6)
  moves.openOrEnter(stage)
  expect(name()).toBe('query')
  moves.closeOrLeave(stage)
  expect(name()).toBe('one')
  moves.closeOrLeave(stage)
  moves.closeOrLeave(stage)
  expect(name()).toBe('root')
})

test('errors come round and round', () => {
  const seen = [1, 1, 1, -1].map(by => {
    moves.nextError(stage, by as 1 | -1)
    return name()
  })
  expect(seen).toEqual(['render', 'two', 'render', 'two'])
})

test('records come in order of time, also those of no span', () => {
  const seen = Array.from({ length: 4 }, () => {
    moves.nextLog(stage, 1)
    return stage.now.layout.logs.ref[stage.now.log]
  })
  expect(seen).toEqual(['log-1', 'log-2', 'log-3', 'log-1'])
})

test('who is selected is brought out of folds, on screen, and in time', () => {
  moves.foldAll(stage, true)
  stage.set({ window: [0, 50], height: 44 })
  const inner = stage.now.layout.logs.ref.indexOf('log-2')
  moves.selectLog(stage, inner)
  const row = moves.chosenRow(stage.now)
  expect(row).toBeGreaterThanOrEqual(0)
  expect(row * 22).toBeGreaterThanOrEqual(stage.now.scroll)
  expect(row * 22 + 22).toBeLessThanOrEqual(stage.now.scroll + 44)
  expect(stage.now.window[0]).toBeLessThanOrEqual(750)
  expect(stage.now.window[1]).toBeGreaterThanOrEqual(750)
  moves.foldAll(stage, true)
  moves.select(stage, 3)
  expect(stage.now.rows.ofSpan[3]).toBeGreaterThan(0)
})

test('zoom stays around the pointer and inside of the trace', () => {
  const share = () => (500 - stage.now.window[0]) / (stage.now.window[1] - stage.now.window[0])
  const before = share()
  moves.zoomBy(stage, 0.5, 500)
  expect(share()).toBeCloseTo(before)
  moves.panBy(stage, 10)
  expect(stage.now.window[1]).toBeCloseTo(stage.now.layout.whole[1])
  moves.select(stage, 6)
  moves.frameSpan(stage)
  expect(stage.now.window).toEqual([675, 925])
  moves.showAll(stage)
  expect(stage.now.window).toEqual(stage.now.layout.whole)
})

test('what takes under 1 % is hidden and shown again', () => {
  stage.renew(load([...SPANS, { n: 8, parent: 1, at: 990, lasts: 1, name: 'blink' }]))
  expect(stage.now.rows.length).toBe(6)
  moves.toggleShort(stage)
  expect(stage.now.rows.length).toBe(5)
  moves.toggleShort(stage)
  expect(stage.now.rows.length).toBe(6)
})

test('a trace that is reported anew keeps what was selected, folded, zoomed and logged', () => {
  moves.select(stage, 6, stage.now.layout.logs.ref.indexOf('log-2'))
  moves.toggle(stage, 1)
  stage.set({ window: [100, 300] })
  const id = spanId(stage.now.layout.columns, 6)
  stage.renew(load([{ n: 9, name: 'came late', parent: 1, at: 50, lasts: 5 }, ...SPANS], [log(2, 7, 750, 'error')]))
  const { layout, span, view, window } = stage.now
  expect(spanId(layout.columns, span)).toBe(id)
  expect([...view.closed].map(row => layout.columns.names[layout.columns.name[row]])).toEqual(['one'])
  expect(window).toEqual([100, 300])
  expect(layout.logs.ref[stage.now.log]).toBe('log-2')
})

test('a whole trace that grows stays whole on screen', () => {
  stage.renew(load([...SPANS, { n: 8, parent: 1, at: 1000, lasts: 500 }]))
  expect(stage.now.window).toEqual(stage.now.layout.whole)
})

test('whoever listens is told once per change', () => {
  const told = vi.fn()
  const stop = stage.subscribe(told)
  stage.set({ scroll: 5 })
  stop()
  stage.set({ scroll: 6 })
  expect(told).toHaveBeenCalledTimes(1)
})

test('what comes in above moves nothing that is on screen, and unfolded runs stay so', () => {
  moves.foldAll(stage, false)
  stage.set({ scroll: 3 * 22 + 5, height: 22 })
  const seen = () => {
    const { rows, layout, scroll } = stage.now
    return layout.columns.names[layout.columns.name[rows.ref[Math.floor(scroll / 22)]]]
  }
  const [before, length] = [seen(), stage.now.rows.length]
  const late: Given = { n: 8, parent: 1, at: 10, lasts: 5, name: 'came late' }
  stage.renew(load([...SPANS, late], [log(3, null, 900)]))
  expect(stage.now.rows.length).toBe(length + 1)
  expect(stage.now.scroll).toBe(4 * 22 + 5)
  expect(seen()).toBe(before)
})

test('pictures whose width is not time zoom apart from it', () => {
  stage.set({ window: [100, 300] })
  moves.showPicture(stage, 'left-heavy')
  const { boxes, calls } = leftHeavy(stage.now.layout)
  stage.set({ boxed: { boxes, refOf: row => calls.ofSpan[row] } })
  expect(moves.extentOf(stage.now).window).toEqual(boxes.extent)
  moves.select(stage, 1)
  moves.frameSpan(stage)
  expect(stage.now.part).not.toBeNull()
  moves.showAll(stage)
  expect(stage.now.part).toBeNull()
  moves.showPicture(stage, 'flame')
  expect(moves.extentOf(stage.now).window).toEqual([100, 300])
})

test('arrows walk from a span to its parent, its longest child and its siblings', () => {
  const went = (way: 'up' | 'down' | 'left' | 'right') => {
    moves.walk(stage, way)
    return name()
  }
  moves.select(stage, 0)
  expect(['down', 'right', 'right', 'left', 'down', 'up'].map(way => went(way as 'up'))).toEqual([
    'one',
    'two',
    'two',
    'one',
    'render',
    'one',
  ])
})

test('a record that has a row of its own is brought on screen there', () => {
  const many = Array.from({ length: 100 }, (_, n) => log(n, 2, 200 + n, n === 90 ? 'error' : 'info'))
  stage = stageOf(load(SPANS, many))
  stage.set({ height: 400, width: 800 })
  moves.toggleView(stage, 'logs')
  moves.nextLog(stage, 1, 'error')
  const top = moves.chosenRow(stage.now) * 22
  expect(stage.now.rows.ref[moves.chosenRow(stage.now)]).toBe(stage.now.log)
  expect(top).toBeGreaterThanOrEqual(stage.now.scroll)
  expect(top + 22).toBeLessThanOrEqual(stage.now.scroll + 400)
})

test('steps pass over what cannot be selected: lost parents, and records without a span', () => {
  const orphans: Given[] = [8, 9].map(n => ({ n, parent: 50 + n, name: `orphan ${n}`, lasts: 5 }))
  stage = stageOf(load([{ n: 1, name: 'root', lasts: 1000 }, ...orphans], [log(1, null, 5)]))
  stage.set({ height: 400, width: 800 })
  const seen = [1, 1, 1, 1, -1, -1].map(by => {
    moves.step(stage, by)
    return name()
  })
  expect(seen).toEqual(['root', 'orphan 8', 'orphan 9', 'orphan 9', 'orphan 8', 'root'])
  moves.step(stage, Number.POSITIVE_INFINITY)
  expect(name()).toBe('orphan 9')
})
