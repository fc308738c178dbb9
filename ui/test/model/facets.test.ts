import { expect, test } from 'vitest'
import type { FieldRow } from '../../src/model/api'
import { logShare, splitting } from '../../src/model/facets'

const field = (name: string, count = 1, score?: number): FieldRow => ({
  name,
  scope: 'span',
  type: 'string',
  count,
  ...(score !== undefined && { score }),
})

test('what splits best comes first, and what is no choice not at all', () => {
  const fields = splitting([
    field('http.route', 5, 0.2),
    field('trace', 9, 1),
    field('user.plan', 5, 0.7),
    field('region', 5, 0),
    field('service', 9, 0.1),
  ])
  expect(fields.map(each => each.name)).toEqual(['service', 'user.plan', 'http.route'])
})

test('without scores, what people usually ask for, then the most frequent', () => {
  const fields = splitting([field('a', 3), field('b', 7), field('name', 1), field('status', 1), field('service', 1)])
  expect(fields.map(each => each.name)).toEqual(['service', 'status', 'name', 'b', 'a'])
})

test('figures come after what is chosen from, but for codes', () => {
  const figure = (name: string, score: number): FieldRow => ({ ...field(name, 1, score), type: 'int' })
  const fields = splitting([figure('waited', 0.9), field('plan', 1, 0.1), figure('http.response.status_code', 0.5)])
  expect(fields.map(each => each.name)).toEqual(['http.response.status_code', 'plan', 'waited'])
})

test('durations on a log scale', () => {
  expect(logShare(1000, 10, 100_000)).toBeCloseTo(0.02 + 0.98 / 2)
  expect(logShare(10, 10, 100_000)).toBe(0.02)
  expect(logShare(5, 5, 5)).toBe(1)
  expect(logShare(0, 0, 100)).toBe(0.02)
})
