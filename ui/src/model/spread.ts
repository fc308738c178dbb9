/** Stretches and instants filed under rows: two flat lists instead of a list per row. */
import type { Pieces } from './columns'

/** Intervals by row: those of row r are `offset[r]` … `offset[r + 1]`, in order of time. */
export interface Spread {
  offset: Uint32Array
  from: Float64Array
  to: Float64Array
  queue: Uint8Array
}

export function lengthOf(spread: Spread, row: number): number {
  let sum = 0
  for (let i = spread.offset[row]; i < spread.offset[row + 1]; i++) {
    if (!spread.queue[i]) sum += spread.to[i] - spread.from[i]
  }
  return sum
}

/** Counting sort: where each of the instants or pieces goes, and where each row's begin; what has no row comes last. */
export function grouped(rows: Int32Array, count: number): { offset: Uint32Array; order: Uint32Array } {
  const offset = new Uint32Array(count + 1)
  for (const row of rows) if (row >= 0) offset[row + 1]++
  for (let row = 0; row < count; row++) offset[row + 1] += offset[row]
  const next = offset.slice()
  const order = new Uint32Array(rows.length)
  rows.forEach((row, i) => {
    order[next[row < 0 ? count : row]++] = i
  })
  return { offset, order }
}

export function byRow(pieces: Pieces, count: number): Spread {
  const { offset, order } = grouped(pieces.row, count)
  return {
    offset,
    from: Float64Array.from(order, i => pieces.from[i]),
    to: Float64Array.from(order, i => pieces.to[i]),
    queue: Uint8Array.from(order, i => pieces.queue[i]),
  }
}
