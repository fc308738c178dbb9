/** The facts about a trace, worked out here: of a shape (sooner than they could be sent), and of a file's trace. */
import type { Facts, Findings, PathPiece, Trace } from './api'
import { type Columns, columnsOfTrace, type Pieces } from './columns'
import { criticalPath, criticalPathOfAll, lastToEnd, type Stretch } from './critical-path'
import { spanId } from './ids'
import { firstError, type Layout, layOut, withPath } from './layout'
import { skewOf } from './skew'

const NONE: Facts = { roots: [], orphans: [], depth: 0, first_error: null, services: [], skew: [], critical_path: [] }

export interface Explained {
  layout: Layout
  facts: Findings
  path: Stretch[]
  pathOfAll: Stretch[]
}

export function explain(columns: Columns, now?: bigint): Explained {
  const bare = layOut({ ...columns, shift: skewOf(columns) }, now)
  const root = rootOf(bare)
  const path = criticalPath(bare, root)
  const pathOfAll = lastToEnd(bare) === root ? path : criticalPathOfAll(bare)
  return { layout: withPath(bare, pieces(pathOfAll)), facts: findings(bare, path), path, pathOfAll }
}

function pieces(path: Stretch[]): Pieces {
  return {
    row: Int32Array.from(path, each => each.row),
    from: Float64Array.from(path, each => each.from),
    to: Float64Array.from(path, each => each.to),
    queue: Uint8Array.from(path, each => (each.queue ? 1 : 0)),
  }
}

export function withLocalFacts(trace: Trace): Trace {
  const first = earliest([...trace.spans.map(span => span.start), ...trace.logs.map(log => log.time)])
  const timed = { ...trace, start: first, facts: NONE }
  const { layout, facts, path, pathOfAll } = explain(columnsOfTrace(timed))
  const told = (stretch: Stretch) => pieceOf(layout, stretch)
  return {
    ...timed,
    duration: durationOf(layout),
    facts: { ...facts, critical_path: path.map(told), critical_path_extent: pathOfAll.map(told) },
  }
}

function earliest(instants: string[]): string {
  const least = instants.reduce<bigint | null>((least, text) => {
    const at = BigInt(text)
    return least === null || at < least ? at : least
  }, null)
  return String(least ?? 0n)
}

function rootOf({ tree }: Layout): number {
  return tree.roots[0] ?? tree.orphans[0]?.rows[0] ?? -1
}

function durationOf(layout: Layout): number {
  const root = rootOf(layout)
  return root < 0 ? 0 : layout.end[root] - layout.start[root]
}

function pieceOf({ columns }: Layout, { row, from, to, queue }: Stretch): PathPiece {
  const instant = (at: number) => String(columns.origin + BigInt(Math.round(at)))
  return { span_id: spanId(columns, row), start: instant(from), end: instant(to), ...(queue && { name: 'queue' }) }
}

function findings(layout: Layout, path: Stretch[]): Findings {
  const { columns, tree } = layout
  const id = (row: number) => spanId(columns, row)
  const error = firstError(layout)
  return {
    roots: tree.roots.map(id),
    orphans: tree.orphans.flatMap(group => group.rows).map(id),
    depth: columns.count ? tree.depth.reduce((most, each) => Math.max(most, each), 0) + 1 : 0,
    first_error: error < 0 ? null : id(error),
    services: servicesOf(layout, path),
    skew: [...columns.shift.keys()]
      .filter(row => columns.shift[row])
      .map(row => ({ span_id: id(row), shift: columns.shift[row] })),
  }
}

function servicesOf({ columns, self }: Layout, path: Stretch[]): Facts['services'] {
  const services = columns.services.map(service => ({ service, spans: 0, errors: 0, self_time: 0, critical_time: 0 }))
  for (let row = 0; row < columns.count; row++) {
    const share = services[columns.service[row]]
    share.spans++
    share.errors += columns.error[row]
    share.self_time += self[row]
  }
  for (const { row, from, to } of path) services[columns.service[row]].critical_time += to - from
  return services
}
