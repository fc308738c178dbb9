import { expect, test } from 'vitest'
import type { Facts } from '../../src/model/api'
import { layoutTrace } from '../../src/model/layout'
import { lockWaits } from '../../src/model/locks'
import { type Told, verdict } from '../../src/model/verdict'
import { whySlow } from '../../src/model/why'
import { type Given, id, log, NO_FACTS, piece, trace } from '../build'

const MS = 1e6
const SPANS: Given[] = [
  { n: 1, name: 'POST /videos', lasts: 100 * MS },
  { n: 2, parent: 1, name: 'SELECT', service: 'db', at: 10 * MS, lasts: 60 * MS, error: true },
]

function say(
  spans: Given[],
  facts: Partial<Facts> = {},
  error: string | null | undefined = null,
  told: Partial<Told> = {},
): string {
  const all = { ...NO_FACTS, ...facts }
  return verdict(layoutTrace(trace(spans, [], all)), all, {
    errorType: error,
    waits: [],
    heldUp: [],
    now: () => '',
    ...told,
  })
    .map(part => part.text)
    .join('')
    .replaceAll('\u00a0', ' ')
}

test('the whole sentence', () => {
  const facts = {
    first_error: id(2),
    percentile: { value: 98.7, count: 900, window: '24h' },
    critical_path: [piece(1, 0, 29), piece(2, 29, 100)],
  }
  expect(say(SPANS, facts, 'TimeoutError')).toBe(
    'POST /videos in web took 100 ms (p98 of the last 24 h). First error: TimeoutError in db › SELECT. 71 % of the critical path is in db.',
  )
})

test('a rank is told among many, and the slowest is called so', () => {
  const among = (value: number, count: number) => say([SPANS[0]], { percentile: { value, count, window: '24h' } })
  expect(among(100, 500)).toBe('POST /videos in web took 100 ms (slowest of the last 24 h).')
  expect(among(99.9, 500)).toContain('(p99 of the last 24 h)')
  expect(among(50, 3)).toBe('POST /videos in web took 100 ms.')
})

test('only what is known is said', () => {
  expect(say([SPANS[0]])).toBe('POST /videos in web took 100 ms.')
  expect(say([])).toBe('This trace has no spans.')
  const records = layoutTrace(trace([], [log(1, null, 5)]))
  const told = { errorType: null, waits: [], heldUp: [], now: () => '' }
  expect(verdict(records, NO_FACTS, told)[0].text).toBe('No span of this trace has arrived, only log records.')
})

test('what goes on after the root, what runs, what is lost', () => {
  const later: Given = { n: 3, parent: 1, at: 300 * MS, lasts: 200 * MS, kind: 'consumer' }
  expect(say([SPANS[0], later])).toBe('POST /videos in web took 100 ms; what it set off ended 400 ms later.')
  expect(say([{ ...SPANS[0], running: 'running' }])).toBe(
    'POST /videos in web has taken 100 ms. 1 span is still running.',
  )
  expect(say([{ ...SPANS[0], running: 'lost' }])).toBe(
    'POST /videos in web was last heard of after 100 ms. 1 span never ended: its process is gone.',
  )
})

test('what waited in a queue', () => {
  const later: Given = { n: 3, parent: 1, at: 300 * MS, lasts: 200 * MS, kind: 'consumer' }
  const critical_path_extent = [
    piece(1, 0, 100 * MS),
    piece(3, 100 * MS, 300 * MS, 'queue'),
    piece(3, 300 * MS, 500 * MS),
  ]
  expect(say([SPANS[0], later], { critical_path_extent })).toBe(
    'POST /videos in web took 100 ms; what it set off ended 400 ms later, 200 ms of it queued.',
  )
})

test('other roots are told of by themselves: nobody set them off', () => {
  const second: Given = { n: 3, name: 'cron', at: 50 * MS, lasts: 200 * MS }
  expect(say([SPANS[0], second])).toBe('POST /videos in web took 100 ms. A second root: cron in web took 200 ms.')
  expect(say([SPANS[0], second, { ...second, n: 4, name: 'daily', lasts: 300 * MS }])).toBe(
    'POST /videos in web took 100 ms. 2 more roots, the longest: daily in web took 300 ms.',
  )
})

test('where a running span is now, the innermost of them', () => {
  const inner: Given = { n: 2, parent: 1, name: 'query', lasts: 50 * MS, running: 'running' }
  const now = (row: number) => ['app.py:1 main', 'db.py:7 execute'][row]
  expect(say([{ ...SPANS[0], running: 'running' }, inner], {}, null, { now })).toContain(
    '2 spans are still running, now at db.py:7 execute.',
  )
  expect(say([{ ...SPANS[0], running: 'lost' }], {}, null, { now })).toContain('gone, last seen at app.py:1 main.')
})

const waiting = (waited: number) => ({
  ...log(waited, 1, 10 * MS),
  event_name: 'trivet.lock.wait',
  attributes: {
    'trivet.lock.table': 'accounts',
    'trivet.lock.mode': 'RowExclusiveLock',
    'trivet.lock.waited': waited,
    'trivet.lock.holder.trace_id': 'f'.repeat(32),
    'trivet.lock.holder.span_id': id(9),
    'trivet.lock.holder.name': 'migrate › copy_accounts',
  },
})

test('who holds the lock that it waits for; of several reports of one wait the longest', () => {
  const waits = lockWaits([waiting(8e9), waiting(38e9), log(3, 1, 5)])
  expect(waits).toHaveLength(1)
  expect(say([{ ...SPANS[0], running: 'running' }], {}, null, { waits })).toContain(
    ' POST /videos is waiting 38.0 s for a lock on accounts held by migrate › copy_accounts.',
  )
  expect(say([SPANS[0]], {}, null, { waits })).toContain('POST /videos waited 38.0 s')
})

test('who waits for a lock of its own', () => {
  const other = (n: number, waited: number) => {
    const record = waiting(waited)
    const attributes = { ...record.attributes, 'trivet.lock.holder.span_id': id(1) }
    return { ...record, attributes, span_id: id(n), trace_id: `${n}`.repeat(32) }
  }
  const heldUp = lockWaits([other(5, 8e9), other(6, 38e9)])
  expect(say([{ ...SPANS[0], running: 'running' }], {}, null, { heldUp })).toContain(
    ' 2 others wait for its lock on accounts, the longest for 38.0 s.',
  )
  expect(say([SPANS[0]], {}, null, { heldUp: heldUp.slice(1) })).toContain(
    ' 1 other waited for its lock on accounts, for 8.00 s.',
  )
  expect(say([SPANS[1]], {}, null, { heldUp })).not.toContain('for its lock')
})

test('what a trace set off is not called ended while it runs', () => {
  const later: Given = { n: 3, parent: 1, at: 300 * MS, lasts: 200 * MS, kind: 'consumer', running: 'running' }
  expect(say([SPANS[0], later])).toContain('POST /videos in web took 100 ms. 1 span is still running.')
})

test('a root whose clock was wrong is not said to have set anything off decades later', () => {
  const below: Given[] = [2, 3, 4].map(n => ({ n, parent: 1, at: 50 * 365 * 86_400e9 + n, lasts: 100 }))
  expect(say([SPANS[0], ...below])).toBe('POST /videos in web took 100 ms.')
})

test('long names are cut, empty ones are called so, times of a wrong clock are not told', () => {
  expect(say([{ n: 1, name: 'x'.repeat(200), lasts: 5 }])).toBe(`${'x'.repeat(90)}… in web took 5 ns.`)
  expect(say([{ n: 1, name: ' ', lasts: 0 }])).toBe('(no name) in web took 0 ns.')
  expect(say([SPANS[0], { n: 2, parent: 1, at: 400 * 86_400e9 }])).toBe('POST /videos in web took 100 ms.')
})

test('an orphan stands for the root that has not arrived', () => {
  expect(say([{ n: 2, parent: 9, name: 'child', lasts: 5 }])).toBe('child in web took 5 ns.')
})

test('why: own time, children by name, gaps between them', () => {
  const spans: Given[] = [
    { n: 1, lasts: 1000 },
    { n: 2, parent: 1, at: 100, lasts: 200, name: 'q' },
    { n: 3, parent: 1, at: 500, lasts: 300, name: 'q' },
    { n: 4, parent: 1, at: 800, lasts: 150, name: 'w' },
  ]
  const why = whySlow(layoutTrace(trace(spans)), 0)
  expect(why).toMatchObject({ duration: 1000, self: 350 })
  expect(why.children.map(({ name, count, total, row }) => [name, count, total, row])).toEqual([
    ['q', 2, 500, 2],
    ['w', 1, 150, 3],
  ])
  expect(why.gaps).toEqual([
    { from: 300, to: 500 },
    { from: 0, to: 100 },
    { from: 950, to: 1000 },
  ])
})

test('why: beyond the five biggest children the others are counted', () => {
  const spans: Given[] = [1, 2, 3, 4, 5, 6, 7].map(n => ({ n: n + 1, parent: 1, at: n, lasts: 10 * n, name: `q${n}` }))
  const why = whySlow(layoutTrace(trace([{ n: 1, lasts: 1000 }, ...spans])), 0)
  expect(why.children.map(({ name }) => name)).toEqual(['q7', 'q6', 'q5', 'q4', 'q3'])
  expect(why.others).toEqual({ count: 2, total: 30 })
})

test('why: of children that outlive the span only what lies inside counts', () => {
  const spans: Given[] = [
    { n: 1, lasts: 100 },
    { n: 2, parent: 1, at: 50, lasts: 500, name: 'mail' },
    { n: 3, parent: 1, at: 200, lasts: 30, name: 'audit' },
  ]
  const why = whySlow(layoutTrace(trace(spans)), 0)
  expect(why.children.map(({ name, total, inside }) => [name, total, inside])).toEqual([
    ['mail', 500, 50],
    ['audit', 30, 0],
  ])
})
