import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sqlPieces } from '../../src/model/sql-text'

test('words are told apart', () => {
  const kinds = sqlPieces("SELECT count() FROM spans WHERE name = 'from' LIMIT 5 -- all", null)
  expect(kinds.filter(piece => piece.kind !== 'plain').map(piece => [piece.kind, piece.text])).toEqual([
    ['keyword', 'SELECT'],
    ['keyword', 'FROM'],
    ['keyword', 'WHERE'],
    ['string', "'from'"],
    ['keyword', 'LIMIT'],
    ['number', '5'],
    ['comment', '-- all'],
  ])
})

test('the token at the place of the error is the wrong one', () => {
  expect(sqlPieces('SELECT nonsense FROM spans', 9).find(piece => piece.kind === 'wrong')?.text).toBe('nonsense')
})

test('nothing is lost, whatever is typed', () => {
  fc.assert(
    fc.property(fc.string(), fc.nat(50), (text, at) => {
      const pieces = sqlPieces(text, at).map(piece => piece.text)
      expect(pieces.join('')).toBe(text)
    }),
  )
})
