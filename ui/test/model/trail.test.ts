import { describe, expect, test } from 'vitest'
import { earlier, later, NO_TRAIL, type Trail, walk } from '../../src/model/trail'

const along = (...ranges: string[]): Trail => ranges.reduce(walk, NO_TRAIL)

describe('the trail of time ranges', () => {
  test('goes back and forward along what was seen', () => {
    const seen = along('1h', '15m', '5m')
    expect([earlier(seen), later(seen)]).toEqual(['15m', undefined])
    const back = walk(seen, '15m')
    expect([earlier(back), later(back)]).toEqual(['1h', '5m'])
    expect(later(walk(walk(back, '5m'), '5m'))).toBeUndefined()
  })

  test('a new way from the middle forgets what was ahead', () => {
    const seen = walk(walk(along('1h', '15m', '5m'), '15m'), '3h')
    expect([earlier(seen), later(seen)]).toEqual(['15m', undefined])
  })

  test('does not grow for ever', () => {
    const seen = along(...Array.from({ length: 200 }, (_, i) => `${i}m`))
    expect(seen.ranges.length).toBeLessThan(60)
    expect(earlier(seen)).toBe('198m')
  })
})
