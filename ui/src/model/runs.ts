/** Runs of siblings that look alike down to their leaves: `SELECT segments × 214` instead of 214 rows. */
import { type Columns, ENDED } from './columns'
import type { Tree } from './tree'

/** Positions `from` … `from + count` of `tree.children`; `total` sums the durations. */
export interface Run {
  from: number
  count: number
  total: number
}

/** Two alike are read faster than a fold; the same number as the server's facts use. */
const SHORTEST_RUN = 3

/** All runs, and by position in `tree.children` the run that starts there, or -1. */
export function findRuns(columns: Columns, tree: Tree, errors: Uint32Array): { runs: Run[]; runAt: Int32Array } {
  const signature = signatures(columns, tree)
  const runs: Run[] = []
  const runAt = new Int32Array(tree.children.length).fill(-1)
  for (let row = 0; row < columns.count; row++) {
    const stop = tree.first[row + 1]
    for (let from = tree.first[row]; from < stop; ) {
      const to = endOfRun(from, stop)
      if (to - from >= SHORTEST_RUN) runAt[from] = runs.push({ from, count: to - from, total: total(from, to) }) - 1
      from = to
    }
  }
  return { runs, runAt }

  function endOfRun(from: number, stop: number): number {
    const like = tree.children[from]
    let to = from + 1
    if (foldable(like))
      while (to < stop && signature[tree.children[to]] === signature[like] && foldable(tree.children[to])) to++
    return to
  }

  /** What went wrong or still runs is never folded away. */
  function foldable(row: number): boolean {
    return !errors[row] && columns.running[row] === ENDED
  }

  function total(from: number, to: number): number {
    let sum = 0
    for (let i = from; i < to; i++) sum += columns.duration[tree.children[i]]
    return sum
  }
}

/** A number that is the same for subtrees of the same names, services and kinds in the same order. */
function signatures(columns: Columns, tree: Tree): Uint32Array {
  const signature = new Uint32Array(columns.count)
  for (let i = tree.order.length - 1; i >= 0; i--) {
    const row = tree.order[i]
    let value = Math.imul(columns.name[row] + 1, 0x9e3779b1) ^ Math.imul(columns.service[row] + 1, 0x85ebca6b)
    value = Math.imul(value ^ columns.kind[row], 0x01000193)
    for (let c = tree.first[row]; c < tree.first[row + 1]; c++) {
      value = Math.imul(value ^ signature[tree.children[c]], 0x01000193) + 1
    }
    signature[row] = value >>> 0
  }
  return signature
}
