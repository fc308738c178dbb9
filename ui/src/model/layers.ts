/** A map of who calls whom in layers: callers left of what they call, few crossings. */
import type { Edge } from './api'

export interface Node {
  name: string
  layer: number
  /** Place in its layer, from the top. */
  place: number
}

type Links = ReadonlyMap<string, readonly string[]>

export function layered(edges: readonly Pick<Edge, 'from' | 'to'>[]): Node[] {
  const names = [...new Set(edges.flatMap(edge => [edge.from, edge.to]))].sort()
  const down = forward(names, linksOf(edges, names))
  const depth = depths(names, down)
  const layers: string[][] = []
  for (const name of names) {
    const layer = depth.get(name) as number
    layers[layer] ??= []
    layers[layer].push(name)
  }
  untangle(layers, down)
  return layers.flatMap((layer, i) => layer.map((name, place) => ({ name, layer: i, place })))
}

function linksOf(edges: readonly Pick<Edge, 'from' | 'to'>[], names: readonly string[]): Map<string, string[]> {
  const links = new Map(names.map(name => [name, [] as string[]]))
  for (const { from, to } of edges) if (from !== to) links.get(from)?.push(to)
  return links
}

/** Without the calls that lead back to somebody who is still being answered: what is left has no circle. */
function forward(names: readonly string[], links: Links): Map<string, string[]> {
  const kept = new Map(names.map(name => [name, [] as string[]]))
  const called = new Set([...links.values()].flat())
  const state = new Map<string, 'open' | 'done'>()
  const visit = (name: string) => {
    state.set(name, 'open')
    for (const next of links.get(name) ?? []) {
      if (state.get(next) === 'open') continue
      kept.get(name)?.push(next)
      if (!state.has(next)) visit(next)
    }
    state.set(name, 'done')
  }
  // Whom nobody calls comes first; only a circle has no such place.
  for (const name of [...names].sort((a, b) => Number(called.has(a)) - Number(called.has(b))))
    if (!state.has(name)) visit(name)
  return kept
}

/** The longest way from anybody who is not called. */
function depths(names: readonly string[], down: Links): Map<string, number> {
  const depth = new Map(names.map(name => [name, 0]))
  const callers = new Map(names.map(name => [name, 0]))
  for (const targets of down.values()) for (const to of targets) callers.set(to, (callers.get(to) ?? 0) + 1)
  const ready = names.filter(name => callers.get(name) === 0)
  for (let name = ready.pop(); name !== undefined; name = ready.pop()) {
    for (const to of down.get(name) ?? []) {
      depth.set(to, Math.max(depth.get(to) ?? 0, (depth.get(name) ?? 0) + 1))
      callers.set(to, (callers.get(to) ?? 0) - 1)
      if (callers.get(to) === 0) ready.push(to)
    }
  }
  return depth
}

const SWEEPS = 4

/** Everybody moves towards the middle of those he is linked with, from the left and back, a few times. */
function untangle(layers: string[][], down: Links) {
  const up = new Map<string, string[]>()
  for (const [from, targets] of down) for (const to of targets) up.set(to, [...(up.get(to) ?? []), from])
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const links = sweep % 2 ? down : up
    const order = sweep % 2 ? [...layers].reverse() : layers
    const place = new Map(layers.flatMap(layer => layer.map((name, i) => [name, i / layer.length] as const)))
    for (const layer of order) {
      const wish = new Map(
        layer.map(name => [
          name,
          middle(
            (links.get(name) ?? []).map(each => place.get(each) ?? 0),
            place.get(name) ?? 0,
          ),
        ]),
      )
      layer.sort((a, b) => (wish.get(a) ?? 0) - (wish.get(b) ?? 0) || a.localeCompare(b))
      layer.forEach((name, i) => void place.set(name, i / layer.length))
    }
  }
}

function middle(places: readonly number[], own: number): number {
  return places.length ? places.reduce((sum, place) => sum + place, 0) / places.length : own
}
