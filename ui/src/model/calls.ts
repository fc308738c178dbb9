/**
 * Spans merged by call path: the same function (service and name) called the same way is one node. A node's weight is
 * its own time and that of everything below it: other than durations, these add up where things ran at the same time.
 */
import { type Boxes, boxesOf } from './boxes'
import type { Layout } from './layout'

export type Merged = Pick<Layout, 'tree' | 'start' | 'end' | 'self'> & {
  columns: Pick<Layout['columns'], 'name' | 'service' | 'error' | 'names' | 'services' | 'count'>
}

export interface Calls {
  length: number
  /** -1 at the top. */
  parent: Int32Array
  depth: Int32Array
  /** In the columns' dictionaries. */
  service: Int32Array
  name: Int32Array
  count: Int32Array
  errors: Int32Array
  /** Sums of durations and of self times, ns. */
  total: Float64Array
  own: Float64Array
  weight: Float64Array
  /** The row of its longest span. */
  longest: Int32Array
  /** The node of every span; -1 for spans that are not in the picture. */
  ofSpan: Int32Array
}

export class CallsBuilder {
  readonly parent: number[] = []
  readonly depth: number[] = []
  readonly service: number[] = []
  readonly name: number[] = []
  readonly count: number[] = []
  readonly errors: number[] = []
  readonly total: number[] = []
  readonly own: number[] = []
  readonly weight: number[] = []
  readonly longest: number[] = []
  readonly ofSpan: Int32Array
  private readonly places = new Map<number, number>()

  constructor(private readonly of: Merged) {
    this.ofSpan = new Int32Array(of.columns.count).fill(-1)
  }

  /** The function of a span as one number. */
  private call(row: number): number {
    const { service, name, names } = this.of.columns
    return service[row] * names.length + name[row]
  }

  /** The node for this span's function under a node; `apart` keeps trees apart that share this builder. */
  node(parent: number, row: number, apart = 0): number {
    const functions = this.of.columns.names.length * this.of.columns.services.length
    const key = ((parent + 1) * 2 + apart) * functions + this.call(row)
    const known = this.places.get(key)
    if (known !== undefined) return known
    const made = this.parent.push(parent) - 1
    this.places.set(key, made)
    this.depth.push(parent < 0 ? 0 : this.depth[parent] + 1)
    this.service.push(this.of.columns.service[row])
    this.name.push(this.of.columns.name[row])
    for (const list of [this.count, this.errors, this.total, this.own, this.weight]) list.push(0)
    this.longest.push(row)
    return made
  }

  /** Counts a span on a node. */
  add(node: number, row: number, own: number, weight: number) {
    const { start, end, columns } = this.of
    this.count[node]++
    this.errors[node] += columns.error[row]
    this.total[node] += end[row] - start[row]
    this.own[node] += own
    this.weight[node] += weight
    const longest = this.longest[node]
    if (end[row] - start[row] > end[longest] - start[longest]) this.longest[node] = row
  }

  done(): Calls {
    return {
      length: this.parent.length,
      parent: Int32Array.from(this.parent),
      depth: Int32Array.from(this.depth),
      service: Int32Array.from(this.service),
      name: Int32Array.from(this.name),
      count: Int32Array.from(this.count),
      errors: Int32Array.from(this.errors),
      total: Float64Array.from(this.total),
      own: Float64Array.from(this.own),
      weight: Float64Array.from(this.weight),
      longest: Int32Array.from(this.longest),
      ofSpan: this.ofSpan,
    }
  }
}

/** Own time of every span and of everything below it. */
export function weightsOf({ tree, self }: Merged): Float64Array {
  const weight = self.slice()
  for (let i = tree.order.length - 1; i >= 0; i--) {
    const row = tree.order[i]
    if (tree.parent[row] >= 0) weight[tree.parent[row]] += weight[row]
  }
  return weight
}

/** The whole trace merged, widest left. */
export function leftHeavy(merged: Merged): { calls: Calls; boxes: Boxes } {
  const builder = new CallsBuilder(merged)
  const weight = weightsOf(merged)
  for (const row of merged.tree.order) {
    const above = merged.tree.parent[row]
    const node = builder.node(above < 0 ? -1 : builder.ofSpan[above], row)
    builder.ofSpan[row] = node
    builder.add(node, row, merged.self[row], weight[row])
  }
  const calls = builder.done()
  const { from, to } = widestLeft(calls.parent, calls.weight)
  return { calls, boxes: boxesOf(calls.depth, from, to, Int32Array.from(from.keys())) }
}

/** Each node's children side by side from its left edge, the widest first; parents come before their children. */
export function widestLeft(parent: Int32Array, weight: Float64Array): { from: Float64Array; to: Float64Array } {
  const from = new Float64Array(parent.length)
  const to = new Float64Array(parent.length)
  const children = new Map<number, number[]>()
  parent.forEach((above, node) => {
    const list = children.get(above)
    if (list) list.push(node)
    else children.set(above, [node])
  })
  for (const above of [-1, ...parent.keys()]) {
    let at = above < 0 ? 0 : from[above]
    for (const node of (children.get(above) ?? []).sort((a, b) => weight[b] - weight[a] || a - b)) {
      from[node] = at
      at += weight[node]
      to[node] = at
    }
  }
  return { from, to }
}
