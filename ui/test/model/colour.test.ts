import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { assignSlots, hash, SLOTS } from '../../src/model/colour'

const names = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 12 }), { maxLength: 30 })

describe('slots', () => {
  test('no two of up to twelve services share one', () => {
    fc.assert(
      fc.property(names, all => {
        const some = all.slice(0, SLOTS)
        expect(new Set(assignSlots(some).values()).size).toBe(some.length)
      }),
    )
  })

  test('the same set is coloured the same', () => {
    expect([...assignSlots(['api', 'web'])]).toEqual([...assignSlots(['api', 'web', 'api'])])
  })

  test('who has a slot keeps it, unless another of this set has the same', () => {
    const settled = new Map([
      ['api', 3],
      ['web', 7],
      ['cron', 3],
    ])
    expect(assignSlots(['api', 'web', 'new'], settled).get('web')).toBe(7)
    const both = assignSlots(['api', 'cron'], settled)
    expect(both.get('api')).toBe(3)
    expect(both.get('cron')).not.toBe(3)
  })

  test('a hash does not change from one year to the next', () => {
    expect(hash('web')).toBe(265_927_825)
  })
})

describe('the colours in tokens.css', () => {
  const css = readFileSync(join(import.meta.dirname, '../../src/tokens.css'), 'utf8')
  const colours = [...css.matchAll(/--service-(\d+): light-dark\(oklch\(([\d. ]+)\), oklch\(([\d. ]+)\)\)/g)]
  const parts = (text: string) => text.split(' ').map(Number)

  test('there is one for every slot', () => {
    expect(colours.map(match => Number(match[1]))).toEqual(Array.from({ length: SLOTS }, (_, slot) => slot))
  })

  test('one lightness and chroma per theme, no hue within 30° of red, none twice', () => {
    for (const theme of [2, 3]) {
      const all = colours.map(match => parts(match[theme]))
      expect(new Set(all.map(([light, chroma]) => `${light} ${chroma}`)).size).toBe(1)
      expect(new Set(all.map(([, , hue]) => hue)).size).toBe(SLOTS)
      for (const [, , hue] of all) expect(Math.min(Math.abs(hue - 29), 360 - Math.abs(hue - 29))).toBeGreaterThan(30)
    }
  })
})
