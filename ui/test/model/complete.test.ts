import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { FieldRow } from '../../src/model/api'
import { accept, fieldOptions, valueOptions, wantedAt } from '../../src/model/complete'

const field = (name: string, type = 'string', count = 1): FieldRow => ({ name, type, count, scope: 'span' })
const FIELDS = [field('http.route'), field('route.kind'), field('duration', 'int', 9), field('service', 'string', 9)]
const names = (typed: string) => fieldOptions(typed, FIELDS, 9, String).map(option => option.text)

describe('what may be written next', () => {
  test('a field at the beginning of a word, also behind a minus and a bracket', () => {
    expect(wantedAt('ser', 3)).toEqual({ kind: 'field', from: 0, to: 3, typed: 'ser' })
    expect(wantedAt('status:error -http', 18)).toMatchObject({ kind: 'field', from: 14, typed: 'http' })
    expect(wantedAt('(ser', 4)).toMatchObject({ kind: 'field', from: 1, typed: 'ser' })
  })

  test('a value behind an operator, as far as it is typed', () => {
    expect(wantedAt('service:ap', 10)).toEqual({ kind: 'value', from: 8, to: 10, typed: 'ap', field: 'service' })
    expect(wantedAt('duration>=5', 11)).toMatchObject({ kind: 'value', typed: '5', field: 'duration' })
    expect(wantedAt('name:"GET /vi', 13)).toMatchObject({ kind: 'value', from: 5, typed: 'GET /vi', field: 'name' })
  })

  test('the caret decides, not the end of the text', () => {
    expect(wantedAt('service:api status:error', 9)).toMatchObject({ from: 8, to: 11, typed: 'a', field: 'service' })
  })

  test('fields that begin with it come first, then those with a part that does', () => {
    expect(names('route')).toEqual(['route.kind', 'http.route'])
    expect(names('service')).toEqual(['service:', 'service!=', 'service>', 'service<', 'service~'])
    expect(fieldOptions('dur', FIELDS, 9, String)[0].insert).toBe('duration>')
  })

  test('a value with spaces is quoted, and one goes on writing behind it', () => {
    const [option] = valueOptions([{ text: 'GET /videos', count: 3 }], String)
    expect(accept('name:GE', wantedAt('name:GE', 7), option)).toEqual({ text: 'name:"GET /videos" ', caret: 19 })
    expect(accept('name:GE status:ok', wantedAt('name:GE status:ok', 7), option).text).toBe(
      'name:"GET /videos" status:ok',
    )
  })

  test('whatever is typed, the word lies within the text', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(), (text, at) => {
        const caret = at % (text.length + 1)
        const { from, to } = wantedAt(text, caret)
        expect(0 <= from && from <= caret && caret <= to && to <= text.length).toBe(true)
      }),
    )
  })
})
