import { expect, test } from 'vitest'
import { grouped } from '../../src/model/failures'

const row = (type: string, name: string, message: string, count: number) => ({ type, name, message, count })

test('messages of one type in one place are one failure, told by the most frequent', () => {
  const failures = grouped([
    row('404', 'GET', 'no video 1', 1),
    row('504', 'POST', 'no answer', 3),
    row('404', 'GET', 'no video 2', 2),
    row('404', 'GET', 'no video 3', 1),
  ])
  expect(failures.map(({ type, count, message, others }) => [type, count, message, others])).toEqual([
    ['404', 4, 'no video 2', 2],
    ['504', 3, 'no answer', 0],
  ])
})
