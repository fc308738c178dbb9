import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hasTerm, quote, term, toggleTerm } from '../../src/model/filter'

test('only what needs it is quoted', () => {
  expect(term('service', 'api')).toBe('service:api')
  expect(term('http.route', '/videos/:id')).toBe('http.route:"/videos/:id"')
  expect(quote('say "no"\\')).toBe('"say \\"no\\"\\\\"')
  expect(quote('')).toBe('""')
})

test('a click adds a term, another takes it out, Alt turns it round', () => {
  expect(toggleTerm('', 'service', 'api')).toBe('service:api')
  expect(toggleTerm('duration>1s service:api', 'service', 'api')).toBe('duration>1s')
  expect(toggleTerm('service:api', 'service', 'api', true)).toBe('-service:api')
  expect(toggleTerm('-service:api status:error', 'service', 'api')).toBe('status:error service:api')
})

test('part of another term is not the term', () => {
  expect(hasTerm('service:api-gateway', 'service:api')).toBe(false)
  expect(hasTerm('-service:api', 'service:api')).toBe(false)
  expect(hasTerm('service:api-gateway service:api', 'service:api')).toBe(true)
})

test('twice is as if never', () => {
  const value = fc.stringMatching(/^[a-z ":\\]{0,8}$/)
  fc.assert(
    fc.property(value, fc.boolean(), (value, exclude) => {
      const before = 'duration>5ms'
      expect(toggleTerm(toggleTerm(before, 'name', value, exclude), 'name', value, exclude)).toBe(before)
    }),
  )
})
