import { expect, test } from 'vitest'
import { linesOf } from '../../src/model/sql-answer'

const column = (name: string, type: string) => ({ name, type })

test('a time column and a number make a line; text splits it', () => {
  const columns = [column('t', "DateTime('UTC')"), column('service', 'String'), column('n', 'UInt64')]
  const rows = [
    ['2026-11-26 12:01:00', 'web', 2],
    ['2026-11-26 12:00:00', 'web', 1],
    ['2026-11-26 12:00:00', 'api', 5],
  ]
  const lines = linesOf({ columns, rows })
  expect(lines?.times).toEqual([Date.UTC(2026, 10, 26, 12), Date.UTC(2026, 10, 26, 12, 1)])
  expect(lines?.lines.map(line => [line.group, line.values])).toEqual([
    [{ service: 'web' }, [1, 2]],
    [{ service: 'api' }, [5, null]],
  ])
})

test('without a time or a number there is nothing to draw', () => {
  expect(linesOf({ columns: [column('n', 'UInt64')], rows: [[1]] })).toBeNull()
  expect(linesOf({ columns: [column('t', 'Date')], rows: [] })).toBeNull()
})
