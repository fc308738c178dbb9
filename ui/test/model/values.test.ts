import { expect, test } from 'vitest'
import { groupAttributes, stackFrames, valueText } from '../../src/model/values'

test('any value is one text', () => {
  expect(valueText('a')).toBe('a')
  expect(valueText(0)).toBe('0')
  expect(valueText(false)).toBe('false')
  expect(valueText(null)).toBe('null')
  expect(valueText({ $int: '9223372036854775807' })).toBe('9223372036854775807')
  expect(valueText({ $double: 'NaN' })).toBe('NaN')
  expect(valueText({ $bytes: 'AAE=' })).toBe('AAE= (base64)')
  expect(valueText(['a', 1])).toBe('["a",1]')
  expect(valueText({ a: { b: 1 } })).toBe('{"a":{"b":1}}')
})

test('the author’s own attributes first, then by convention', () => {
  const groups = groupAttributes({
    'http.route': '/',
    'user.plan': 'pro',
    'db.system.name': 'pg',
    'url.path': '/x',
    'error.type': 'T',
  })
  expect(groups.map(group => [group.title, group.entries.map(([key]) => key)])).toEqual([
    ['', ['user.plan']],
    ['HTTP', ['http.route', 'url.path']],
    ['Database', ['db.system.name']],
    ['Error', ['error.type']],
  ])
})

test('lines of libraries are told from one’s own, in Python and Node', () => {
  const python = stackFrames(
    'Traceback:\n  File "/app/a.py", line 1, in f\n    g()\n  File "/x/site-packages/b.py", line 2\n    h()\nValueError: no',
  )
  expect(python.map(frame => frame.library)).toEqual([false, false, false, true, true, false])
  const node = stackFrames(
    'Error: no\n    at own (/app/a.js:1:2)\n    at run (/app/node_modules/b/c.js:3:4)\n    at node:internal/x:5',
  )
  expect(node.map(frame => frame.library)).toEqual([false, false, true, true])
})
