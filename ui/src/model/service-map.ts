/** The services of one trace as a small graph in layers: callers above what they call. */
import type { Layout } from './layout'

export interface MapNode {
  service: string
  spans: number
  errors: number
  self: number
  /** The row of the span with the most time of its own. */
  row: number
  layer: number
  /** Its place in its layer, from the left. */
  place: number
}

export interface MapEdge {
  from: number
  to: number
  calls: number
  errors: number
  /** Time of the called spans, summed. */
  total: number
  /** A call to a service above the caller: it would close a circle. */
  back: boolean
  /** Places kept free for it in the layers between. */
  via: { layer: number; place: number }[]
}

export interface ServiceMap {
  nodes: MapNode[]
  edges: MapEdge[]
  /** Places in each layer. */
  layers: number[]
}

export function serviceMap(layout: Layout): ServiceMap {
  const nodes = nodesOf(layout)
  const edges = edgesOf(layout)
  const layer = layersOf(nodes.length, edges, firstSeen(layout))
  nodes.forEach((node, i) => {
    node.layer = layer[i]
  })
  return { nodes, edges, layers: orderLayers(nodes, edges) }
}

function nodesOf({ columns, self }: Layout): MapNode[] {
  const nodes = columns.services.map(service => ({
    service,
    spans: 0,
    errors: 0,
    self: 0,
    row: -1,
    layer: 0,
    place: 0,
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

function edgesOf({ columns, tree, start, end }: Layout): MapEdge[] {
  const edges = new Map<string, MapEdge>()
  for (let row = 0; row < columns.count; row++) {
    const above = tree.parent[row]
    if (above < 0 || columns.service[above] === columns.service[row]) continue
    const [from, to] = [columns.service[above], columns.service[row]]
    const edge = edges.get(`${from} ${to}`) ?? { from, to, calls: 0, errors: 0, total: 0, back: false, via: [] }
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

/** The longest way from where the trace begins; edges that would close a circle are `back` and push nobody. */
function layersOf(count: number, edges: MapEdge[], seen: readonly number[]): Int32Array {
  const layer = new Int32Array(count)
  const state = new Uint8Array(count)
  const finished: number[] = []
  const out = Array.from({ length: count }, (_, node) => edges.filter(edge => edge.from === node))
  const visit = (node: number) => {
    state[node] = 1
    for (const edge of out[node]) {
      edge.back = state[edge.to] === 1
      if (state[edge.to] === 0) visit(edge.to)
    }
    state[node] = 2
    finished.push(node)
  }
  for (const node of seen) if (state[node] === 0) visit(node)
  for (const node of finished.reverse())
    for (const edge of out[node]) if (!edge.back) layer[edge.to] = Math.max(layer[edge.to], layer[node] + 1)
  return layer
}

/** What takes a place in a layer, and what calls it in the layer above. */
interface Seat {
  at: { layer: number; place: number }
  above: Seat[]
}

/** Each layer in the order of its callers' middles, twice over: enough for graphs of this size. */
function orderLayers(nodes: MapNode[], edges: readonly MapEdge[]): number[] {
  const seats: Seat[] = nodes.map(node => ({ at: node, above: [] }))
  for (const edge of edges) if (!edge.back) seats.push(...seatsOf(edge, seats))
  const layers: Seat[][] = []
  for (const seat of seats) {
    layers[seat.at.layer] ??= []
    seat.at.place = layers[seat.at.layer].push(seat) - 1
  }
  for (let pass = 0; pass < 2; pass++) for (const layer of layers.slice(1)) orderLayer(layer)
  return layers.map(layer => layer.length)
}

/** The seats of an edge that passes through layers; its ends learn of each other. */
function seatsOf(edge: MapEdge, seats: readonly Seat[]): Seat[] {
  const made: Seat[] = []
  let above = seats[edge.from]
  for (let layer = above.at.layer + 1; layer < seats[edge.to].at.layer; layer++) {
    const at = { layer, place: 0 }
    edge.via.push(at)
    above = { at, above: [above] }
    made.push(above)
  }
  seats[edge.to].above.push(above)
  return made
}

function orderLayer(layer: Seat[]) {
  const middle = ({ at, above }: Seat) =>
    above.length ? above.reduce((sum, each) => sum + each.at.place, 0) / above.length : at.place
  const wanted = new Map(layer.map(seat => [seat, middle(seat)]))
  layer.sort((a, b) => (wanted.get(a) ?? 0) - (wanted.get(b) ?? 0))
  layer.forEach((seat, place) => {
    seat.at.place = place
  })
}
