import { expect, test } from 'vitest'
import { filterOf } from '../../src/model/metrics'

const gauge = { name: 'load', type: 'gauge', unit: '' } as const
const histogram = { name: 'load', type: 'histogram', unit: 's' } as const
const other = { name: 'depth', type: 'gauge', unit: '1' } as const

test('a name of its own needs nothing more', () => {
  expect(filterOf(other, 'region:eu', [gauge, histogram, other])).toBe('region:eu')
})

test('of several with one name the type and the unit tell', () => {
  expect(filterOf(histogram, '', [gauge, histogram])).toBe('type:histogram unit:s')
  expect(filterOf(gauge, 'a or b', [gauge, histogram])).toBe('(a or b) type:gauge -unit:s')
})
