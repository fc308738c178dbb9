/** The services of one trace as a small graph in layers: callers above what they call. */
import { layered, type Seat } from './layers'
import type { Layout } from './layout'

export interface MapNode extends Seat {
  service: string
  spans: number
  errors: number
  self: number
  /** The row of the span with the most time of its own. */
  row: number
}

export interface MapEdge {
  from: number
  to: number
  calls: number
  errors: number
  /** Time of the called spans, summed. */
  total: number
  /** A call to a service above the caller. */
  back: boolean
  via: Seat[]
}

export interface ServiceMap {
  nodes: MapNode[]
  edges: MapEdge[]
  /** Places in each layer. */
  layers: number[]
}

export function serviceMap(layout: Layout): ServiceMap {
  const edges = edgesOf(layout)
  const { nodes, back, via, sizes } = layered(firstSeen(layout), edges)
  return {
    nodes: nodesOf(layout).map((node, i) => ({ ...node, ...seatOf(nodes[i]) })),
    edges: edges.map((edge, i) => ({ ...edge, back: back[i], via: via[i].map(seatOf) })),
    layers: sizes,
  }
}

function seatOf({ layer, place }: Seat): Seat {
  return { layer, place }
}

function nodesOf({ columns, self }: Layout): Omit<MapNode, keyof Seat>[] {
  const nodes = columns.services.map(service => ({
    service,
    spans: 0,
    errors: 0,
    self: 0,
    row: -1,
  }))
  for (let row = 0; row < columns.count; row++) {
    const node = nodes[columns.service[row]]
    node.spans++
    node.errors += columns.error[row]
    node.self += self[row]
    if (node.row < 0 || self[row] > self[node.row]) node.row = row
  }
  return nodes
}

function edgesOf({ columns, tree, start, end }: Layout): Omit<MapEdge, 'back' | 'via'>[] {
  const edges = new Map<string, Omit<MapEdge, 'back' | 'via'>>()
  for (let row = 0; row < columns.count; row++) {
    const above = tree.parent[row]
    if (above < 0 || columns.service[above] === columns.service[row]) continue
    const [from, to] = [columns.service[above], columns.service[row]]
    const edge = edges.get(`${from} ${to}`) ?? { from, to, calls: 0, errors: 0, total: 0 }
    edges.set(`${from} ${to}`, edge)
    edge.calls++
    edge.errors += columns.error[row]
    edge.total += end[row] - start[row]
  }
  return [...edges.values()]
}

/** Services in the order in which the trace comes to them. */
function firstSeen({ columns, tree }: Layout): number[] {
  return [...new Set(Array.from(tree.order, row => columns.service[row]))]
}
