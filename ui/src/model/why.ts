/** Why a span took as long as it did: its own time, the longest gaps in it, and what its children add up to. */
import type { Layout } from './layout'

interface Cause {
  name: string
  service: string
  count: number
  total: number
  /** What of it lies inside the span: nothing for what began when it was over. */
  inside: number
  /** The longest of them. */
  row: number
}

export interface Why {
  duration: number
  self: number
  /** Time of the critical path in the span itself. */
  onPath: number
  gaps: { from: number; to: number }[]
  children: Cause[]
  /** Children of other names than those. */
  others: { count: number; total: number }
}

const MOST = 5

export function whySlow(layout: Layout, row: number): Why {
  const { start, end, self, onPath } = layout
  return {
    duration: end[row] - start[row],
    self: self[row],
    onPath: onPath[row],
    gaps: longestGaps(layout, row),
    ...childrenOf(layout, row),
  }
}

/** Stretches between children that none of them explains, the longest first; none where there are no children. */
function longestGaps({ covered, start, end }: Layout, row: number) {
  const gaps: { from: number; to: number }[] = []
  const last = covered.offset[row + 1]
  let from = start[row]
  for (let i = covered.offset[row]; i < last; i++) {
    gaps.push({ from, to: covered.from[i] })
    from = covered.to[i]
  }
  if (last > covered.offset[row]) gaps.push({ from, to: end[row] })
  const threshold = (end[row] - start[row]) / 100
  const long = gaps.filter(gap => gap.to - gap.from > threshold)
  return long.sort((a, b) => b.to - b.from - (a.to - a.from)).slice(0, 3)
}

/** The biggest by name, and what is left. */
function childrenOf({ columns, tree, start, end }: Layout, row: number): Pick<Why, 'children' | 'others'> {
  const causes = new Map<string, Cause>()
  for (let i = tree.first[row]; i < tree.first[row + 1]; i++) {
    const child = tree.children[i]
    const name = columns.names[columns.name[child]]
    const service = columns.services[columns.service[child]]
    const cause = causes.get(`${service} ${name}`) ?? { name, service, count: 0, total: 0, inside: 0, row: child }
    causes.set(`${service} ${name}`, cause)
    cause.count++
    cause.total += end[child] - start[child]
    cause.inside += Math.max(0, Math.min(end[child], end[row]) - Math.max(start[child], start[row]))
    if (end[child] - start[child] > end[cause.row] - start[cause.row]) cause.row = child
  }
  const sorted = [...causes.values()].sort((a, b) => b.total - a.total)
  const others = { count: 0, total: 0 }
  for (const { count, total } of sorted.slice(MOST)) {
    others.count += count
    others.total += total
  }
  return { children: sorted.slice(0, MOST), others }
}
