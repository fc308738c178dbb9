/** A graph in layers: callers before what they call, few crossings, and places kept free for lines that pass through. */

/** Where something stands: its layer, and its place in that from the top (or the left). */
export interface Seat {
  layer: number
  place: number
}

export interface Layered {
  nodes: Seat[]
  /** By edge: it would close a circle, and pushes nobody. */
  back: boolean[]
  /** By edge: the places kept free for it in the layers between its ends; none for one that leads back. */
  via: Seat[][]
  /** Places in each layer. */
  sizes: number[]
}

export interface Arrow {
  from: number
  to: number
}

/** Nodes are numbered; `seen` names all of them, those first that nobody calls or that come first. */
export function layered(seen: readonly number[], edges: readonly Arrow[]): Layered {
  const back = edges.map(() => false)
  const depth = depths(seen, edges, back)
  const seats: Linked[] = depth.map(layer => seat(layer))
  const via = edges.map(({ from, to }, i) => (back[i] ? [] : passing(seats[from], seats[to])))
  const layers: Linked[][] = []
  for (const each of [...seats, ...via.flat()]) {
    layers[each.layer] ??= []
    each.place = layers[each.layer].push(each) - 1
  }
  untangle(layers)
  return { nodes: seats, back, via, sizes: layers.map(layer => layer.length) }
}

/** The longest way from where one begins; edges that lead back to somebody who is still being answered are told. */
function depths(seen: readonly number[], edges: readonly Arrow[], back: boolean[]): number[] {
  const depth = seen.map(() => 0)
  const state = new Uint8Array(seen.length)
  const finished: number[] = []
  const out = seen.map((): number[] => [])
  edges.forEach(({ from }, i) => void out[from].push(i))
  const visit = (node: number) => {
    state[node] = 1
    for (const i of out[node]) {
      back[i] = state[edges[i].to] === 1
      if (state[edges[i].to] === 0) visit(edges[i].to)
    }
    state[node] = 2
    finished.push(node)
  }
  for (const node of seen) if (state[node] === 0) visit(node)
  for (const node of finished.reverse())
    for (const i of out[node]) if (!back[i]) depth[edges[i].to] = Math.max(depth[edges[i].to], depth[node] + 1)
  return depth
}

/** Who sits in a layer, and whom he is linked with in the ones beside it. */
interface Linked extends Seat {
  before: Linked[]
  after: Linked[]
}

function seat(layer: number): Linked {
  return { layer, place: 0, before: [], after: [] }
}

/** The seats of an edge between its ends; each learns of the next. */
function passing(from: Linked, to: Linked): Linked[] {
  const made = Array.from({ length: to.layer - from.layer - 1 }, (_, i) => seat(from.layer + 1 + i))
  const way = [from, ...made, to]
  for (let i = 1; i < way.length; i++) {
    way[i - 1].after.push(way[i])
    way[i].before.push(way[i - 1])
  }
  return made
}

const SWEEPS = 4

/** Everybody moves towards the middle of those he is linked with, from the first layer and back, a few times. */
function untangle(layers: Linked[][]) {
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const links = sweep % 2 ? 'after' : 'before'
    for (const layer of sweep % 2 ? layers.toReversed() : layers) {
      const share = (each: Linked) => each.place / layers[each.layer].length
      const middle = (each: Linked) =>
        each[links].length
          ? each[links].reduce((sum, other) => sum + share(other), 0) / each[links].length
          : share(each)
      const wanted = new Map(layer.map(each => [each, middle(each)]))
      layer.sort((a, b) => (wanted.get(a) ?? 0) - (wanted.get(b) ?? 0))
      layer.forEach((each, place) => {
        each.place = place
      })
    }
  }
}
