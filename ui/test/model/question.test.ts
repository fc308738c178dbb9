import { describe, expect, test } from 'vitest'
import { groupFilter, isAnswerTo, readList, readQuestion, readSpot, writeSpot } from '../../src/model/question'

describe('a question of Explore', () => {
  test('its address may leave everything out', () => {
    const asked = readQuestion({})
    expect([asked.signal, asked.view, asked.calculate[0], asked.groupBy]).toEqual([
      'traces',
      'heatmap',
      'count',
      ['service', 'name'],
    ])
    expect(readQuestion({ signal: 'logs', view: 'flame' }).view).toBe('lines')
    expect(readQuestion({ group: '-' }).groupBy).toEqual([])
  })

  test('figures keep the commas inside of their brackets', () => {
    expect(readList('count, p95(duration),f(a,b)')).toEqual(['count', 'p95(duration)', 'f(a,b)'])
  })

  test('a group is a filter, also what has no such field', () => {
    expect(groupFilter('status:error', { service: 'web', plan: null })).toBe('status:error service:web -has:plan')
    expect(groupFilter('a or b', { name: 'GET /' })).toBe('(a or b) name:"GET /"')
    expect(groupFilter('', {})).toBe('')
  })

  test('an answer to the question before is told apart', () => {
    const asked = readQuestion({ calculate: 'count', group: 'service' })
    const column = (name: string) => ({ name, unit: '' })
    expect(isAnswerTo({ columns: [column('service'), column('count')] }, asked)).toBe(true)
    expect(isAnswerTo({ columns: [column('service'), column('name'), column('count')] }, asked)).toBe(false)
  })

  test('a spot keeps its filter', () => {
    const spot = { from: 1, to: 2, filter: 'service:web a' }
    expect(readSpot(writeSpot(spot))).toEqual(spot)
    expect(readSpot('nothing')).toBeNull()
  })
})
