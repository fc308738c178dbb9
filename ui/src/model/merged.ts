/** The server's tree of many traces as numbered nodes, and as boxes to draw. */
import type { FlameNode } from './api'
import { type Boxes, boxesOf } from './boxes'

export interface Merged {
  nodes: FlameNode[]
  /** -1 at the top. */
  parent: Int32Array
  depth: Int32Array
  /** Own time and that of everything below: unlike durations these add up, also where things ran at the same time. */
  weight: Float64Array
  boxes: Boxes
}

export function mergedOf(root: FlameNode): Merged {
  const { nodes, parent, depth } = numbered(root)
  const weight = Float64Array.from(nodes, node => node.self)
  for (let i = nodes.length - 1; i > 0; i--) weight[parent[i]] += weight[i]
  const from = new Float64Array(nodes.length)
  const next = new Float64Array(nodes.length)
  // Children come behind their parents, the heaviest first: each takes what is left of its parent's width.
  for (let i = 1; i < nodes.length; i++) {
    from[i] = from[parent[i]] + next[parent[i]]
    next[parent[i]] += weight[i]
  }
  const to = from.map((at, i) => at + weight[i])
  const shown = Int32Array.from(nodes.keys()).filter(i => weight[i] > 0)
  return { nodes, parent, depth, weight, boxes: boxesOf(depth, from, to, shown) }
}

/** Level by level; in a level the heavier first, as far as totals tell. */
function numbered(root: FlameNode) {
  const nodes = [root]
  const parent = [-1]
  const depth = [0]
  for (let i = 0; i < nodes.length; i++) {
    for (const child of [...nodes[i].children].sort((a, b) => b.total - a.total)) {
      nodes.push(child)
      parent.push(i)
      depth.push(depth[i] + 1)
    }
  }
  return { nodes, parent: Int32Array.from(parent), depth: Int32Array.from(depth) }
}

export interface Callee {
  service: string | null
  name: string
  count: number
  errors: number
  self: number
}

/** Functions by their own time, wherever they were called from. */
export function functionsOf({ nodes }: Merged): Callee[] {
  const all = new Map<string, Callee>()
  for (const { service, name, count, errors, self } of nodes) {
    if (service === null) continue
    const key = `${service}|${name}`
    const known = all.get(key) ?? { service, name, count: 0, errors: 0, self: 0 }
    all.set(key, known)
    known.count += count
    known.errors += errors
    known.self += self
  }
  return [...all.values()].sort((a, b) => b.self - a.self)
}

/** From the top down to a node, itself included. */
export function pathTo({ parent }: Merged, node: number): number[] {
  const path: number[] = []
  for (let at = node; at >= 0; at = parent[at]) path.unshift(at)
  return path
}
