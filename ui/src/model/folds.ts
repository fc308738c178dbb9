/** What is folded and hidden in the waterfall, as words of an address and back. */
import { rowOfId, spanId } from './ids'
import type { Layout } from './layout'
import type { View } from './rows'

export interface FoldWords {
  /** Spans whose children are folded, runs that are not: ids, or `all`. */
  closed?: string
  open?: string
  only?: string
  hide?: string
}

/** More ids than this make no address that anybody would paste. */
const MOST = 40
const ALL = 'all'

/** Below the roots: what a root called stays in sight. */
export function foldable({ tree: { first, parent } }: Layout): Set<number> {
  const rows = new Set<number>()
  for (let row = 0; row < parent.length; row++) if (parent[row] >= 0 && first[row + 1] > first[row]) rows.add(row)
  return rows
}

/** "Takes under 1 %", in ns. */
export function shortest({ extent }: Layout): number {
  return (extent[1] - extent[0]) / 100
}

export function writeFolds(layout: Layout, view: View): FoldWords {
  const { columns, tree, runs } = layout
  const closed = words(
    view.closed,
    () => foldable(layout).size,
    row => spanId(columns, row),
  )
  const open = words(
    view.unfolded,
    () => runs.length,
    run => spanId(columns, tree.children[runs[run].from]),
  )
  return {
    ...(closed && { closed }),
    ...(open && { open }),
    ...(view.criticalOnly && { only: 'critical' }),
    ...(view.shortest > 0 && { hide: 'short' }),
  }
}

function words(rows: ReadonlySet<number>, all: () => number, idOf: (row: number) => string): string {
  if (!rows.size) return ''
  if (rows.size === all()) return ALL
  return rows.size <= MOST ? [...rows].map(idOf).sort().join(',') : ''
}

export function readFolds(layout: Layout, { closed = '', open = '', only, hide }: FoldWords): Omit<View, 'logs'> {
  const { columns, tree, runs, runAt } = layout
  const rows = (text: string) =>
    text
      .split(',')
      .map(id => (id ? rowOfId(columns, id) : -1))
      .filter(row => row >= 0)
  const runOf = (row: number) => runAt[tree.children.indexOf(row)] ?? -1
  return {
    closed: closed === ALL ? foldable(layout) : new Set(rows(closed)),
    unfolded:
      open === ALL
        ? new Set(runs.keys())
        : new Set(
            rows(open)
              .map(runOf)
              .filter(run => run >= 0),
          ),
    criticalOnly: only === 'critical',
    shortest: hide === 'short' ? shortest(layout) : 0,
  }
}
