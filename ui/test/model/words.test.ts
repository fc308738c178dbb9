import fc from 'fast-check'
import { expect, test } from 'vitest'
import { markWords, soughtWords } from '../../src/model/words'

const marked = (text: string, filter: string) =>
  markWords(text, soughtWords(filter))
    .filter(piece => piece.found)
    .map(piece => piece.text)

test('words and phrases are sought, terms and joints are not', () => {
  const sought = soughtWords('service:api timeout or "statement timeout" and (name:"GET /" lock*)')
  expect(sought.map(each => each.text)).toEqual(['timeout', 'statement timeout', 'lock'])
})

test('what is excluded is not marked', () => {
  expect(soughtWords('-timeout not lock -"a b" quota').map(each => each.text)).toEqual(['quota'])
})

test('whole words, whatever their case; a star takes the rest of the word', () => {
  expect(marked('Timeout, timeouts and time-out', 'timeout')).toEqual(['Timeout'])
  expect(marked('locked by a locksmith', 'lock*')).toEqual(['locked', 'locksmith'])
  expect(marked('a.b aXb', 'a.b')).toEqual(['a.b'])
})

test('the pieces are the text, whatever is sought', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (text, filter) => {
      const pieces = markWords(text, soughtWords(filter))
      expect(pieces.map(piece => piece.text).join('')).toBe(text)
    }),
  )
})
