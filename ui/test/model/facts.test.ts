/** What the pages find out about a trace is what the server finds out: `facts.json` holds its answers. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { Facts, Shape } from '../../src/model/api'
import { columnsOfShape } from '../../src/model/columns'
import type { Stretch } from '../../src/model/critical-path'
import { spanId } from '../../src/model/ids'
import { explain } from '../../src/model/local-facts'

type Told = Shape & { facts: Facts }

const told = JSON.parse(readFileSync(new URL('./facts.json', import.meta.url), 'utf8')) as Told[]

const byService = (services: Facts['services']) => [...services].sort((a, b) => a.service.localeCompare(b.service))

describe.each(told.map((shape, seed) => ({ seed, shape })))('trace $seed', ({ shape }) => {
  const columns = columnsOfShape(shape)
  const { facts, path, pathOfAll } = explain(columns)
  const pieces = (stretches: Stretch[]) =>
    stretches.map(({ row, from, to, queue }) => ({
      span_id: spanId(columns, row),
      start: String(columns.origin + BigInt(from)),
      end: String(columns.origin + BigInt(to)),
      ...(queue && { name: 'queue' }),
    }))

  test('roots, orphans, depth, first error and clocks', () => {
    expect(facts.roots).toEqual(shape.facts.roots)
    expect([...facts.orphans].sort()).toEqual([...shape.facts.orphans].sort())
    expect([facts.depth, facts.first_error]).toEqual([shape.facts.depth, shape.facts.first_error])
    expect(facts.skew).toEqual(shape.facts.skew)
  })

  test('critical paths and what each service had to do with it', () => {
    expect(pieces(path)).toEqual(shape.facts.critical_path)
    expect(pieces(pathOfAll)).toEqual(shape.facts.critical_path_extent)
    expect(byService(facts.services)).toEqual(byService(shape.facts.services))
  })
})
