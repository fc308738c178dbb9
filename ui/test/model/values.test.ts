import { expect, test } from 'vitest'
import { exceptionType, groupAttributes, stackFrames, stretches, valueText, whereNow } from '../../src/model/values'

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

test('a running span is at the innermost line of its own program, whatever library that is in', () => {
  const stack = ['app/migrate.py:7 main', 'app/migrate.py:41 copy', 'site-packages/psycopg/cursor.py:97 Cursor.execute']
  expect(whereNow(stack)).toBe('app/migrate.py:41 copy')
  expect(stackFrames(stack.join('\n')).map(frame => frame.library)).toEqual([false, false, true])
  expect(whereNow(['lib/python3.13/threading.py:5 wait'])).toBe('lib/python3.13/threading.py:5 wait')
  expect(whereNow([])).toBe('')
})

test('an exception whose type is a number is called as its stack calls it', () => {
  const stack = 'TimeoutError: The operation was aborted due to timeout\n    at upload (/app/a.js:1:2)'
  expect(exceptionType({ 'exception.type': '23', 'exception.stacktrace': stack })).toBe('TimeoutError')
  expect(exceptionType({ 'exception.type': '23' })).toBe('23')
  expect(exceptionType({ 'exception.type': 'builtins.KeyError', 'exception.stacktrace': stack })).toBe(
    'builtins.KeyError',
  )
  expect(exceptionType({})).toBe('')
})

test('neighbouring lines of a stack that are of one kind are one stretch', () => {
  const stack = 'app/a.py:1 f\nsite-packages/b.py:2 g\nsite-packages/b.py:3 h\napp/a.py:9 last'
  expect(stretches(stack)).toEqual([
    { library: false, lines: ['app/a.py:1 f'] },
    { library: true, lines: ['site-packages/b.py:2 g', 'site-packages/b.py:3 h'] },
    { library: false, lines: ['app/a.py:9 last'] },
  ])
})
