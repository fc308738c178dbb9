import { expect, test } from 'vitest'
import type { TraceRow } from '../../src/model/api'
import { binTraces, facetsOf, logShare } from '../../src/model/facets'

function row(given: Partial<TraceRow>): TraceRow {
  const services = (given.services ?? [{ name: 'web', spans: 1, errors: 0 }]) as TraceRow['services']
  return {
    trace_id: '1',
    service: 'web',
    name: 'GET /',
    start: '0',
    duration: 1,
    spans: 1,
    errors: 0,
    logs: 0,
    status: 'unset',
    running: false,
    complete: true,
    ...given,
    services,
  }
}

const service = (name: string) => ({ name, spans: 1, errors: 0 })

test('a service counts once a trace; what all share is no facet', () => {
  const facets = facetsOf([
    row({ services: [service('web'), service('db')] }),
    row({ services: [service('web')], status: 'error' }),
  ])
  expect(facets.map(facet => facet.field)).toEqual(['service', 'status'])
  expect(facets[0].values).toEqual([
    { value: 'web', count: 2 },
    { value: 'db', count: 1 },
  ])
})

test('bins hold every trace, also those at and beyond the ends', () => {
  const at = (ms: number, errors = 0) => row({ start: `${BigInt(ms) * 1_000_000n}`, errors })
  const bins = binTraces([at(0), at(1000), at(1999, 2), at(5000)], 1000, 2000, 4)
  expect(bins.total).toEqual([2, 0, 0, 2])
  expect(bins.errors).toEqual([0, 0, 0, 1])
})

test('durations on a log scale', () => {
  expect(logShare(1000, 10, 100_000)).toBeCloseTo(0.02 + 0.98 / 2)
  expect(logShare(10, 10, 100_000)).toBe(0.02)
  expect(logShare(5, 5, 5)).toBe(1)
  expect(logShare(0, 0, 100)).toBe(0.02)
})
