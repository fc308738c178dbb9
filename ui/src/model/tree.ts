/** Who called whom, in order of corrected start: linear, without recursion, whatever the parents say. */
import { type Columns, MISSING } from './columns'

/** Spans whose parent has not arrived, by that parent; `missing` is its id where known. */
interface OrphanGroup {
  missing: string | null
  rows: number[]
}

export interface Tree {
  parent: Int32Array
  /** The children of row r: `children[first[r]] … children[first[r + 1]]`. */
  first: Int32Array
  children: Int32Array
  roots: number[]
  orphans: OrphanGroup[]
  /** 0 at a root. */
  depth: Uint32Array
  /** Rows in drawing order, each after its parent; a subtree is contiguous. */
  order: Int32Array
  place: Int32Array
  /** Spans in the subtree, the row itself included. */
  size: Uint32Array
}

export function buildTree(columns: Columns, start: Float64Array): Tree {
  const parent = columns.parent.slice()
  const byStart = sortedByStart(start)
  cutCycles(parent, byStart, start)
  const { first, children } = linkChildren(parent, byStart)
  const roots = Array.from(byStart).filter(row => parent[row] === -1)
  const orphans = groupOrphans(columns, parent, byStart)
  const walked = walk(columns.count, first, children, [...roots, ...orphans.flatMap(group => group.rows)])
  return { parent, first, children, roots, orphans, ...walked }
}

function sortedByStart(start: Float64Array): Int32Array {
  const rows = Int32Array.from(start.keys())
  for (let i = 1; i < start.length; i++) {
    if (start[i] < start[i - 1]) return rows.sort((a, b) => start[a] - start[b] || a - b)
  }
  return rows
}

/** A cycle of parents is cut at its earliest span, which then counts as an orphan. */
function cutCycles(parent: Int32Array, byStart: Int32Array, start: Float64Array) {
  const seenBy = new Int32Array(parent.length).fill(-1)
  for (const from of byStart) {
    let row = from
    while (row >= 0 && seenBy[row] === -1) {
      seenBy[row] = from
      row = parent[row]
    }
    if (row >= 0 && seenBy[row] === from) parent[earliestOf(parent, row, start)] = MISSING
  }
}

/** Of the cycle that the row is on. */
function earliestOf(parent: Int32Array, row: number, start: Float64Array): number {
  let earliest = row
  for (let at = parent[row]; at !== row; at = parent[at])
    if (start[at] < start[earliest] || (start[at] === start[earliest] && at < earliest)) earliest = at
  return earliest
}

function linkChildren(parent: Int32Array, byStart: Int32Array) {
  const first = new Int32Array(parent.length + 1)
  for (const above of parent) if (above >= 0) first[above + 1]++
  for (let row = 0; row < parent.length; row++) first[row + 1] += first[row]
  const next = first.slice()
  const children = new Int32Array(first[parent.length])
  for (const row of byStart) {
    const above = parent[row]
    if (above < 0) continue
    children[next[above]] = row
    next[above]++
  }
  return { first, children }
}

function groupOrphans(columns: Columns, parent: Int32Array, byStart: Int32Array): OrphanGroup[] {
  const groups = new Map<string, OrphanGroup>()
  for (const row of byStart) {
    if (parent[row] !== MISSING) continue
    const missing = columns.missing.get(row) ?? null
    const group = groups.get(missing ?? '') ?? { missing, rows: [] }
    groups.set(missing ?? '', group)
    group.rows.push(row)
  }
  return [...groups.values()]
}

function walk(count: number, first: Int32Array, children: Int32Array, tops: number[]) {
  const order = new Int32Array(count)
  const place = new Int32Array(count)
  const depth = new Uint32Array(count)
  const size = new Uint32Array(count).fill(1)
  const stack = tops.reverse()
  const above = new Int32Array(count).fill(-1)
  let at = 0
  for (let row = stack.pop(); row !== undefined; row = stack.pop()) {
    order[at] = row
    place[row] = at++
    for (let i = first[row + 1] - 1; i >= first[row]; i--) {
      const child = children[i]
      depth[child] = depth[row] + 1
      above[child] = row
      stack.push(child)
    }
  }
  for (let i = count - 1; i >= 0; i--) {
    const row = order[i]
    const up = above[row]
    if (up >= 0) size[up] += size[row]
  }
  return { order, place, depth, size }
}
