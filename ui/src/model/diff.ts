/** Two sides of a difference as one flame picture: each call path as wide as the slower side, per trace. */
import type { Diff, DiffNode } from './api'
import { type Boxes, boxesOf } from './boxes'
import { type Calls, widestLeft } from './calls'

export interface Difference {
  nodes: DiffNode[]
  parent: Int32Array
  boxes: Boxes
  /** The largest difference of all nodes, ns: what the strongest colour stands for. */
  most: number
}

/** `same` within a hundredth of the slower side, or a microsecond. */
export type Change = 'slower' | 'faster' | 'same' | 'new' | 'gone'

export function flatten({ root, a, b }: Diff): Difference {
  const nodes: DiffNode[] = []
  const parent: number[] = []
  const depth: number[] = []
  const stack: [node: DiffNode, above: number][] = [[root, -1]]
  for (let next = stack.pop(); next; next = stack.pop()) {
    const [node, above] = next
    const at = nodes.push(node) - 1
    parent.push(above)
    depth.push(above < 0 ? 0 : depth[above] + 1)
    for (const child of node.children.toReversed()) stack.push([child, at])
  }
  const weight = weightsOf(nodes, parent, a.traces, b.traces)
  const { from, to } = widestLeft(Int32Array.from(parent), weight)
  return {
    nodes,
    parent: Int32Array.from(parent),
    boxes: boxesOf(Int32Array.from(depth), from, to, Int32Array.from(nodes.keys())),
    most: nodes.reduce((most, node) => Math.max(most, Math.abs(node.delta)), 1),
  }
}

/** Own time of the slower side and of everything below: children come after their parents. */
function weightsOf(nodes: DiffNode[], parent: number[], a: number, b: number): Float64Array {
  const weight = Float64Array.from(nodes, node => Math.max(node.a.self / a, node.b.self / b))
  for (let i = nodes.length - 1; i > 0; i--) if (parent[i] >= 0) weight[parent[i]] += weight[i]
  return weight
}

export function changeOf({ a, b, delta }: DiffNode): Change {
  if (!a.count) return b.count ? 'new' : 'same'
  if (!b.count) return 'gone'
  const small = Math.max(1000, Math.max(a.total / a.count, b.total / b.count) / 100)
  return Math.abs(delta) <= small ? 'same' : delta > 0 ? 'slower' : 'faster'
}

/** The call path of this trace that each node stands for, and back; -1 where there is none. */
export function matchCalls(
  { nodes, parent }: Difference,
  calls: Calls,
  names: readonly string[],
  services: readonly string[],
): { callOf: Int32Array; nodeOf: Int32Array } {
  const word = (above: number, service: string | null, name: string) => `${above} ${service}|${name}`
  const places = new Map<string, number>()
  for (let call = 0; call < calls.length; call++)
    places.set(word(calls.parent[call], services[calls.service[call]], names[calls.name[call]]), call)
  const callOf = new Int32Array(nodes.length).fill(-1)
  const nodeOf = new Int32Array(calls.length).fill(-1)
  nodes.forEach(({ service, name }, node) => {
    // A root without a service stands for several: what is below it stands at the top.
    const above = parent[node] < 0 || nodes[parent[node]].service === null ? -1 : callOf[parent[node]]
    if (above < 0 && parent[node] >= 0 && nodes[parent[node]].service !== null) return
    const call = places.get(word(above, service, name)) ?? -1
    callOf[node] = call
    if (call >= 0) nodeOf[call] = node
  })
  return { callOf, nodeOf }
}

/** With what a trace is compared, as the URL holds it: `median`, `filter:…`, or a trace's id. */
export type Against = { kind: 'median' } | { kind: 'filter'; filter: string } | { kind: 'trace'; id: string }

export function readAgainst(text: string): Against {
  if (text.startsWith('filter:')) return { kind: 'filter', filter: text.slice('filter:'.length) }
  const id = /[0-9a-f]{32}/.exec(text.toLowerCase())
  return id ? { kind: 'trace', id: id[0] } : { kind: 'median' }
}

/** The one in the middle by duration; of an even number the shorter of the two. */
export function medianOf<T extends { duration: number }>(rows: readonly T[]): T | null {
  const sorted = [...rows].sort((a, b) => a.duration - b.duration)
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? null
}
