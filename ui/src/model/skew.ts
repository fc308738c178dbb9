/**
 * What is added to each span's start to correct its process' clock, as the server's `facts/skew.py` finds it: a server
 * span that does not lie inside the client span that called it is moved to its middle, with what runs below it in the
 * same process; one that is longer only when it begins before it. An asynchronous child is never moved.
 */
import { CLIENT, CONSUMER, type Columns, SERVER } from './columns'
import { buildTree } from './tree'

export function skewOf(columns: Columns): Float64Array {
  const shift = new Float64Array(columns.count)
  if (!anyCalls(columns)) return shift
  const { order, parent } = buildTree(columns, columns.start)
  const start = columns.start.slice()
  const end = start.map((at, row) => at + Math.max(0, columns.duration[row]))
  for (const row of order) {
    const above = parent[row]
    if (above < 0) continue
    const inherited = columns.process[row] === columns.process[above] ? shift[above] : 0
    if (columns.kind[row] === CONSUMER || start[row] + inherited >= end[above]) continue
    const moved = isCall(columns, row, above) ? intoCaller(start[row], end[row], start[above], end[above]) : inherited
    shift[row] = moved
    start[row] += moved
    end[row] += moved
  }
  return shift
}

/** Without a call between processes there is nothing to compare clocks by; most of the work is finding an order. */
function anyCalls(columns: Columns): boolean {
  for (let row = 0; row < columns.count; row++)
    if (columns.parent[row] >= 0 && isCall(columns, row, columns.parent[row])) return true
  return false
}

function isCall({ kind, process }: Columns, row: number, above: number): boolean {
  return kind[row] === SERVER && kind[above] === CLIENT && process[row] !== process[above]
}

function intoCaller(start: number, end: number, aboveStart: number, aboveEnd: number): number {
  const room = aboveEnd - aboveStart - (end - start)
  if (room < 0) return Math.max(aboveStart - start, 0)
  if (aboveStart <= start && end <= aboveEnd) return 0
  return aboveStart + Math.floor(room / 2) - start
}
