/** The facts about a trace that came from a file; those of stored ones come from the server, on corrected clocks. */
import type { Facts, PathPiece, Trace } from './api'
import { CONSUMER, columnsOfTrace } from './columns'
import { spanId } from './ids'
import { firstError, type Layout, layOut } from './layout'

const NONE: Facts = { roots: [], orphans: [], depth: 0, first_error: null, services: [], skew: [], critical_path: [] }

export function withLocalFacts(trace: Trace): Trace {
  const first = earliest([...trace.spans.map(span => span.start), ...trace.logs.map(log => log.time)])
  const timed = { ...trace, start: first, facts: NONE }
  const layout = layOut(columnsOfTrace(timed))
  return { ...timed, duration: durationOf(layout), facts: localFacts(layout) }
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

function localFacts(layout: Layout): Facts {
  const { columns, tree } = layout
  const id = (row: number) => spanId(columns, row)
  const error = firstError(layout)
  const path = criticalPath(layout, rootOf(layout))
  const instant = (at: number) => String(columns.origin + BigInt(Math.round(at)))
  return {
    roots: tree.roots.map(id),
    orphans: tree.orphans.flatMap(group => group.rows).map(id),
    depth: columns.count ? tree.depth.reduce((most, each) => Math.max(most, each), 0) + 1 : 0,
    first_error: error < 0 ? null : id(error),
    services: servicesOf(layout, path),
    skew: [],
    critical_path: path.map(
      ({ row, from, to }): PathPiece => ({ span_id: id(row), start: instant(from), end: instant(to) }),
    ),
  }
}

interface Stretch {
  row: number
  from: number
  to: number
}

/** Jaeger's (CRISP): walking back from the end, the last child to end before the point reached was waited for. */
export function criticalPath(layout: Layout, root: number): Stretch[] {
  if (root < 0) return []
  const { tree, start, end } = layout
  const path: Stretch[] = []
  const stack = [{ row: root, at: end[root], cut: end[root], from: start[root], children: waitedFor(layout, root) }]
  for (let walk = stack.at(-1); walk; walk = stack.at(-1)) {
    const child = walk.children.pop()
    if (child === undefined) {
      if (walk.at > walk.from) path.push({ row: walk.row, from: walk.from, to: walk.at })
      stack.pop()
      continue
    }
    const ended = Math.min(end[child], walk.cut)
    // What begins beyond the cut was not waited for here.
    if (ended > walk.at || ended <= walk.from || start[child] > ended) continue
    if (walk.at > ended) path.push({ row: walk.row, from: ended, to: walk.at })
    const from = Math.max(start[child], walk.from)
    walk.at = from
    stack.push({ row: child, at: ended, cut: ended, from, children: waitedFor(layout, child) })
  }
  return path.filter(piece => tree.place[piece.row] >= 0).reverse()
}

/** Children that the span waits for, the last to end on top. */
function waitedFor({ tree, start, end, columns }: Layout, row: number): number[] {
  const children = [...tree.children.subarray(tree.first[row], tree.first[row + 1])]
  const asked = children.filter(child => columns.kind[child] !== CONSUMER && start[child] < end[row])
  return asked.sort((a, b) => Math.min(end[a], end[row]) - Math.min(end[b], end[row]) || b - a)
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
