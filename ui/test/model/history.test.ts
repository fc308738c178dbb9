import { expect, test } from 'vitest'
import { historyOf, rankWords, strip } from '../../src/model/history'

const peers = Array.from({ length: 21 }, (_, i) => ({ trace_id: `t${i}`, span_id: 's', duration: (i + 1) * 10 }))

test('a span beside others of its name, itself left out', () => {
  const history = historyOf(peers, peers[20])
  expect(history).toMatchObject({ count: 20, shorter: 20, median: peers[9], slowest: peers[19] })
  expect(history && rankWords(history)).toBe('slower than all of the last 20')
})

test('slower or faster, whichever says more', () => {
  const said = (duration: number) => {
    const history = historyOf(peers, { trace_id: 'own', span_id: 's', duration })
    return history && rankWords(history)
  }
  expect(said(205)).toBe('slower than 20 of the last 21')
  expect(said(25)).toBe('faster than 19 of the last 21')
  expect(said(1)).toBe('faster than all of the last 21')
})

test('all alike is neither slow nor fast', () => {
  const alike = peers.map(peer => ({ ...peer, duration: 5 }))
  const history = historyOf(alike, alike[3])
  expect(history && rankWords(history)).toBe('as long as the last 20')
})

test('among few nothing is said', () => {
  expect(historyOf(peers.slice(0, 4), peers[20])).toBeNull()
})

test('the strip is logarithmic, and one line where all are alike', () => {
  expect(strip([1, 100], 10)).toEqual({ others: [0, 1], own: 0.5 })
  expect(strip([5, 5], 5)).toEqual({ others: [0.5, 0.5], own: 0.5 })
})
