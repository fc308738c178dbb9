/** Flame in time order: every span below its parent, what ran at the same time side by side in lanes of its own. */
import { type Boxes, boxesOf } from './boxes'
import type { Layout } from './layout'

export type Timed = Pick<Layout, 'tree' | 'start' | 'end'>

/** A span with everything below it, as the rectangle that it needs. */
interface Blocks {
  from: Float64Array
  to: Float64Array
  height: Int32Array
  /** Lanes below the parent's block's first. */
  offset: Int32Array
}

/** More blocks at once than this are piled up rather than fitted together: a picture that high is not read by lanes. */
const MOST_FITTED = 256

export function timeFlame({ tree, start, end }: Timed): Boxes {
  const count = start.length
  const blocks: Blocks = {
    from: start.slice(),
    to: end.slice(),
    height: new Int32Array(count).fill(1),
    offset: new Int32Array(count),
  }
  for (let i = count - 1; i >= 0; i--) {
    const row = tree.order[i]
    const children = tree.children.subarray(tree.first[row], tree.first[row + 1])
    if (!children.length) continue
    blocks.height[row] = 1 + pack(blocks, children)
    for (const child of children) {
      blocks.from[row] = Math.min(blocks.from[row], blocks.from[child])
      blocks.to[row] = Math.max(blocks.to[row], blocks.to[child])
    }
  }
  pack(blocks, topsOf(tree))
  const lane = new Int32Array(count)
  for (const row of tree.order) {
    const above = tree.parent[row]
    lane[row] = blocks.offset[row] + (above >= 0 ? lane[above] + 1 : 0)
  }
  return boxesOf(lane, start, end, Int32Array.from(start.keys()))
}

function topsOf(tree: Layout['tree']): number[] {
  return [...tree.roots, ...tree.orphans.flatMap(group => group.rows)]
}

/** Gives each block the highest place where it lies over no other, in order of start; answers the height of all. */
function pack(blocks: Blocks, rows: ArrayLike<number> & Iterable<number>): number {
  const sorted = Array.from(rows).sort((a, b) => blocks.from[a] - blocks.from[b] || a - b)
  let open: number[] = []
  let height = 0
  for (const row of sorted) {
    if (open.length) open = open.filter(each => blocks.to[each] > blocks.from[row])
    blocks.offset[row] = open.length > MOST_FITTED ? height : placeAmong(blocks, open, blocks.height[row])
    height = Math.max(height, blocks.offset[row] + blocks.height[row])
    if (open.length <= MOST_FITTED) insert(blocks, open, row)
  }
  return height
}

/** The first gap between the open blocks (kept from the top down) that is high enough. */
function placeAmong({ offset, height }: Blocks, open: readonly number[], needed: number): number {
  let free = 0
  for (const each of open) {
    if (offset[each] - free >= needed) return free
    free = Math.max(free, offset[each] + height[each])
  }
  return free
}

function insert({ offset }: Blocks, open: number[], row: number) {
  let at = open.length
  while (at > 0 && offset[open[at - 1]] > offset[row]) at--
  open.splice(at, 0, row)
}
