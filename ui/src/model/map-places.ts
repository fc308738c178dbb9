/** Where the services of a trace and the lines between them stand, in pixels: callers above what they call. */
import type { Seat } from './layers'
import type { MapEdge, ServiceMap } from './service-map'

/** Sizes across and down; the narrow and the low ones are for little room. */
const ACROSS = [
  { narrow: false, wide: 224, beside: 24, margin: 24 },
  { narrow: true, wide: 184, beside: 12, margin: 12 },
] as const
const DOWN = [
  { low: false, tall: 58, between: 62, top: 24 },
  { low: true, tall: 46, between: 40, top: 12 },
] as const

type Across = (typeof ACROSS)[number]
type Down = (typeof DOWN)[number]
export type Sizes = Across & Down & { width: number; height: number }
export type Point = readonly [x: number, y: number]

/** The largest sizes that the map has room for, else the smallest. */
export function sizesOf({ layers }: ServiceMap, room: { width: number; height: number }): Sizes {
  const width = ({ wide, beside, margin }: Across) => 2 * margin + Math.max(1, ...layers) * (wide + beside) - beside
  const height = ({ tall, between, top }: Down) => 2 * top + layers.length * (tall + between) - between
  const across = ACROSS.find(each => width(each) <= room.width) ?? ACROSS[1]
  const down = DOWN.find(each => height(each) <= room.height) ?? DOWN[1]
  return { ...across, ...down, width: width(across), height: height(down) }
}

/** Layers are centred over each other. */
export function placeOf({ layers }: ServiceMap, sizes: Sizes, { layer, place }: Seat): { left: number; top: number } {
  const { wide, beside, margin, tall, between, top } = sizes
  const lead = ((Math.max(...layers) - layers[layer]) * (wide + beside)) / 2
  return { left: margin + lead + place * (wide + beside), top: top + layer * (tall + between) }
}

/** What leads back keeps beside what it leads back along. */
const BACK_AT = 0.7

/** From the foot of the caller to the head of what it calls, through the places kept free for the line. */
export function pointsOf(map: ServiceMap, sizes: Sizes, edge: MapEdge): Point[] {
  const { wide, tall } = sizes
  const across = edge.back ? BACK_AT : 0.5
  const middle = (at: Seat, down: number): Point => {
    const { left, top } = placeOf(map, sizes, at)
    return [left + wide * across, top + down]
  }
  const [from, to] = [map.nodes[edge.from], map.nodes[edge.to]]
  if (edge.back) return [middle(from, 0), middle(to, tall + 3)]
  return [middle(from, tall), ...edge.via.flatMap(at => [middle(at, 0), middle(at, tall)]), middle(to, -3)]
}

/** Where it is said what a line is about: on its last stretch, nearer to where fewer lines meet. */
export function saidAt(map: ServiceMap, sizes: Sizes, edge: MapEdge): { left: number; top: number } {
  const [[x0, y0], [x1, y1]] = pointsOf(map, sizes, edge).slice(-2)
  const out = map.edges.filter(each => each.from === edge.from).length
  const into = map.edges.filter(each => each.to === edge.to).length
  // What leads back passes behind others: what it is about stands before it does.
  const behind = edge.back ? sizes.between / 2 / Math.abs(y1 - y0) : 0
  const along = behind || (edge.via.length || out === into ? 0.5 : out > into ? 0.62 : 0.38)
  return {
    left: x0 + (x1 - x0) * (3 * along ** 2 - 2 * along ** 3),
    top: y0 + (y1 - y0) * (1.5 * along * (1 - along) + along ** 3),
  }
}
