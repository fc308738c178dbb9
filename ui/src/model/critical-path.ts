/**
 * The critical path: what the end of a trace waited for, as the server's `facts/critical_path.py` finds it. Walking back
 * from a span's end, the last child to end before the point reached was waited for; children are cut at their parent's.
 */
import { CONSUMER } from './columns'
import { FAR, type Layout, sureOfItsClock } from './layout'

/** `queue`: the wait before the (asynchronous) span of this row began. */
export interface Stretch {
  row: number
  from: number
  to: number
  queue: boolean
}

type Timed = Pick<Layout, 'columns' | 'tree' | 'start' | 'end'>

/** The path through one span, in order of time. */
export function criticalPath(layout: Timed, root: number): Stretch[] {
  return root < 0 ? [] : walkBack(layout, root, layout.end[root]).reverse()
}

/** The path back from the last end of the whole trace: through asynchronous spans, and on in what caused them. */
export function criticalPathOfAll(layout: Timed): Stretch[] {
  const { start, end, tree } = layout
  const path: Stretch[] = []
  let row = lastToEnd(layout)
  let at = row < 0 ? 0 : end[row]
  while (row >= 0) {
    for (const stretch of walkBack(layout, row, at)) path.push(stretch)
    at = Math.min(at, start[row])
    const above = tree.parent[row]
    // So long nobody waited: one of the two has a wrong clock.
    if (above >= 0 && at - end[above] > FAR) break
    if (above >= 0 && end[above] < at) {
      path.push({ row, from: end[above], to: at, queue: true })
      at = end[above]
    }
    row = above
  }
  return path.reverse()
}

/** Of two that end together, the outer one; what ends far away has a wrong clock. */
export function lastToEnd(layout: Timed): number {
  const { tree, end } = layout
  const sure = sureOfItsClock(layout)
  let last = -1
  for (const row of tree.order) {
    if (sure >= 0 && end[row] - end[sure] > FAR) continue
    if (last < 0 || end[row] > end[last] || (end[row] === end[last] && tree.depth[row] < tree.depth[last])) last = row
  }
  return last
}

/** Where the walk stands in one span: `at` moves back towards `from`; children count as ended by `cut`. */
interface Walk {
  row: number
  from: number
  at: number
  cut: number
  /** The last to end on top. */
  children: number[]
}

/** Latest first. */
function walkBack(layout: Timed, row: number, at: number): Stretch[] {
  const { start, end, tree } = layout
  const path: Stretch[] = []
  const add = (row: number, from: number, to: number) => from < to && path.push({ row, from, to, queue: false })
  const stack: Walk[] = [enter(layout, { row, from: start[row], at, cut: end[row] })]
  for (let walk = stack.at(-1); walk; walk = stack.at(-1)) {
    const child = nextToEnd(layout, walk)
    if (child < 0) {
      add(walk.row, walk.from, walk.at)
      stack.pop()
      continue
    }
    const from = Math.max(start[child], walk.from)
    const to = Math.min(end[child], walk.at)
    add(walk.row, to, walk.at)
    walk.at = from
    if (tree.first[child] < tree.first[child + 1]) stack.push(enter(layout, { row: child, from, at: to, cut: to }))
    else add(child, from, to)
  }
  return path
}

function enter({ columns, tree, start, end }: Timed, walk: Omit<Walk, 'children'>): Walk {
  const waitedFor = (child: number) =>
    columns.kind[child] !== CONSUMER && start[child] < end[walk.row] && start[child] < walk.at
  const children = [...tree.children.subarray(tree.first[walk.row], tree.first[walk.row + 1])].filter(waitedFor)
  return { ...walk, children: children.sort((a, b) => end[a] - end[b] || start[b] - start[a]) }
}

/** The next child that ended by the point reached, or -1. */
function nextToEnd({ end }: Timed, walk: Walk): number {
  for (let child = walk.children.pop(); child !== undefined; child = walk.children.pop())
    if (Math.min(end[child], walk.cut) <= walk.at && end[child] > walk.from) return child
  return -1
}
