import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SEVERITIES } from '../../src/model/columns'
import { cluster, reachPx, tone } from '../../src/model/marks'

const severity = (word: (typeof SEVERITIES)[number]) => SEVERITIES.indexOf(word)
const anyMarks = fc.array(
  fc.record({ at: fc.integer({ min: 0, max: 100_000 }), severity: fc.integer({ min: 0, max: 5 }) }),
  { maxLength: 80 },
)

function clustered(marks: { at: number; severity: number }[], scale: number) {
  const at = Float64Array.from(marks, mark => mark.at)
  const severities = Uint8Array.from(marks, mark => mark.severity)
  return cluster(at, severities, [...marks.keys()], scale)
}

test('every record is in one mark, and marks do not overlap', () => {
  fc.assert(
    fc.property(anyMarks, fc.integer({ min: 1, max: 500 }), (marks, scale) => {
      const made = clustered(marks, scale)
      expect(made.flatMap(mark => mark.members).sort((a, b) => a - b)).toEqual([...marks.keys()])
      for (let i = 1; i < made.length; i++) {
        expect((made[i].at - made[i - 1].at) / scale).toBeGreaterThan(reachPx(made[i - 1].count))
      }
    }),
  )
})

test('a mark is as bad as its worst member, and selects the first of those', () => {
  const [mark] = clustered(
    [
      { at: 30, severity: severity('error') },
      { at: 10, severity: severity('info') },
      { at: 20, severity: severity('error') },
    ],
    100,
  )
  expect(mark).toMatchObject({ at: 10, count: 3, severity: severity('error'), worst: 2 })
})

test('close up, each stands by itself', () => {
  const marks = [0, 100, 200].map(at => ({ at, severity: 2 }))
  expect(clustered(marks, 1).map(mark => mark.count)).toEqual([1, 1, 1])
  expect(clustered(marks, 50).map(mark => mark.count)).toEqual([3])
})

test('20,000 records of one span merge at once', () => {
  const marks = Array.from({ length: 20_000 }, (_, at) => ({ at, severity: 2 }))
  const began = performance.now()
  const made = clustered(marks, 25)
  // 5 ms on an idle machine.
  expect(performance.now() - began).toBeLessThan(1000)
  expect(made.length).toBeLessThan(60)
})

test('three tones', () => {
  expect(SEVERITIES.map((_, code) => tone(code))).toEqual(['plain', 'plain', 'plain', 'warn', 'error', 'error'])
})
