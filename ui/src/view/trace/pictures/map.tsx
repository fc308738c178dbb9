/** The services of this trace, callers above what they call. */
import { useMemo, useRef, useState } from 'react'
import type { Seat } from '../../../model/layers'
import { count, duration, plural } from '../../../model/number'
import { type MapEdge, type MapNode, type ServiceMap, serviceMap } from '../../../model/service-map'
import { useSize } from '../../parts/canvas'
import { Dot } from '../../parts/service'
import { useTraceData } from '../data'
import { select } from '../moves'
import { useShowing, useStage } from '../stage'

/** Sizes in pixels, across and down; the narrow and the low ones are for little room. */
const ACROSS = [
  { wide: 224, beside: 24, margin: 24 },
  { wide: 184, beside: 12, margin: 12 },
] as const
const DOWN = [
  { tall: 58, between: 62, top: 24 },
  { tall: 46, between: 40, top: 12 },
] as const

type Sizes = (typeof ACROSS)[number] & (typeof DOWN)[number] & { width: number; height: number }

/** The largest sizes that the map has room for, else the smallest. */
function sizesOf({ layers }: ServiceMap, room: { width: number; height: number }): Sizes {
  const width = ({ wide, beside, margin }: (typeof ACROSS)[number]) =>
    2 * margin + Math.max(1, ...layers) * (wide + beside) - beside
  const height = ({ tall, between, top }: (typeof DOWN)[number]) => 2 * top + layers.length * (tall + between) - between
  const across = ACROSS.find(each => width(each) <= room.width) ?? ACROSS[1]
  const down = DOWN.find(each => height(each) <= room.height) ?? DOWN[1]
  return { ...across, ...down, width: width(across), height: height(down) }
}

export function MapView() {
  const { layout } = useTraceData()
  const page = useRef<HTMLDivElement>(null)
  const [room, setRoom] = useState({ width: 0, height: 0 })
  useSize(page, setRoom)
  const map = useMemo(() => serviceMap(layout), [layout])
  const sizes = sizesOf(map, room)
  const { width, height } = sizes
  return (
    <div ref={page} className="scroll-page map" tabIndex={-1}>
      {room.width > 0 && (
        <div className="map-picture" style={{ width, height }}>
          <Lines map={map} sizes={sizes} />
          {map.edges.map(edge => (
            <Said key={`${edge.from} ${edge.to}`} edge={edge} map={map} sizes={sizes} />
          ))}
          <ul aria-label="Services of this trace">
            {map.nodes.map(node => (
              <Node key={node.service} node={node} sizes={sizes} at={placeOf(map, sizes, node)} />
            ))}
          </ul>
        </div>
      )}
    </div>
  )
}

interface Drawn {
  map: ServiceMap
  sizes: Sizes
}

function Lines({ map, sizes }: Drawn) {
  return (
    <svg width={sizes.width} height={sizes.height} aria-hidden="true">
      <defs>
        <marker
          id="arrow"
          viewBox="0 0 8 8"
          refX="7"
          refY="4"
          markerWidth="9"
          markerHeight="9"
          markerUnits="userSpaceOnUse"
          orient="auto"
        >
          <path d="M0 0 8 4 0 8z" />
        </marker>
      </defs>
      {map.edges.map(edge => (
        <Edge key={`${edge.from} ${edge.to}`} edge={edge} map={map} sizes={sizes} />
      ))}
    </svg>
  )
}

/** Layers are centred over each other. */
function placeOf({ layers }: ServiceMap, { wide, beside, margin, tall, between, top }: Sizes, { layer, place }: Seat) {
  const lead = ((Math.max(...layers) - layers[layer]) * (wide + beside)) / 2
  return { left: margin + lead + place * (wide + beside), top: top + layer * (tall + between) }
}

function Node({ node, sizes, at }: { node: MapNode; sizes: Sizes; at: { left: number; top: number } }) {
  const stage = useStage()
  const { layout } = useTraceData()
  const chosen = useShowing(({ span, layout: { columns } }) => span >= 0 && columns.services[columns.service[span]])
  const all = useMemo(() => layout.self.reduce((sum, each) => sum + each, 0), [layout])
  const [narrow, low] = [sizes.wide < ACROSS[0].wide, sizes.tall < DOWN[0].tall]
  const failed = node.errors ? `, ${plural(node.errors, 'error')}` : ''
  return (
    <li style={{ ...at, width: sizes.wide, height: sizes.tall }}>
      <button
        type="button"
        className={`map-node ${low ? 'low' : ''} ${narrow ? 'narrow' : ''}`}
        aria-pressed={chosen === node.service}
        title={`${node.service}: ${plural(node.spans, 'span')}${failed}, self ${duration(node.self)}`}
        onClick={() => select(stage, node.row)}
      >
        <span className="row">
          <Dot service={node.service} />
          <span className="cut strong">{node.service}</span>
        </span>
        <span className="map-figures">
          <span className="number">{plural(node.spans, 'span')}</span>
          {node.errors > 0 && <span className="number error">{plural(node.errors, 'error')}</span>}
          <span className="number">
            {!narrow && 'self '}
            {duration(node.self)}
          </span>
        </span>
        <i className="share" style={{ width: `${all ? (100 * node.self) / all : 0}%` }} />
      </button>
    </li>
  )
}

const BACK_AT = 0.7

type Point = readonly [x: number, y: number]

/** From the foot of the caller to the head of what it calls, through the places kept free for it. */
function pointsOf({ map, sizes }: Drawn, edge: MapEdge): Point[] {
  const { wide, tall } = sizes
  // What leads back keeps beside what it leads back along.
  const across = edge.back ? BACK_AT : 0.5
  const middle = (at: Seat, down: number): Point => {
    const { left, top } = placeOf(map, sizes, at)
    return [left + wide * across, top + down]
  }
  const [from, to] = [map.nodes[edge.from], map.nodes[edge.to]]
  if (edge.back) return [middle(from, 0), middle(to, tall + 3)]
  return [middle(from, tall), ...edge.via.flatMap(at => [middle(at, 0), middle(at, tall)]), middle(to, -3)]
}

function curve(points: Point[]): string {
  const [start, ...rest] = points
  let [x, y] = start
  const parts = rest.map(([nextX, nextY]) => {
    const half = (y + nextY) / 2
    const part = `C${x} ${half} ${nextX} ${half} ${nextX} ${nextY}`
    ;[x, y] = [nextX, nextY]
    return part
  })
  return `M${start[0]} ${start[1]}${parts.join('')}`
}

function Edge({ edge, ...drawn }: Drawn & { edge: MapEdge }) {
  return (
    <g className={classOf(edge)}>
      <path
        d={curve(pointsOf(drawn, edge))}
        strokeWidth={1 + Math.min(2, Math.log10(edge.calls))}
        markerEnd="url(#arrow)"
      />
    </g>
  )
}

function classOf(edge: MapEdge): string {
  return `map-edge ${edge.errors ? 'failed' : ''} ${edge.back ? 'back' : ''}`
}

/** What a line is about, on its last stretch: nearer to where fewer lines meet. */
function Said({ edge, map, sizes }: Drawn & { edge: MapEdge }) {
  const [[x0, y0], [x1, y1]] = pointsOf({ map, sizes }, edge).slice(-2)
  const out = map.edges.filter(each => each.from === edge.from).length
  const into = map.edges.filter(each => each.to === edge.to).length
  // What leads back passes behind others: what it is about stands before it does.
  const behind = edge.back ? sizes.between / 2 / Math.abs(y1 - y0) : 0
  const along = behind || (edge.via.length || out === into ? 0.5 : out > into ? 0.62 : 0.38)
  const failed = edge.errors ? `, ${plural(edge.errors, 'error')}` : ''
  const left = x0 + (x1 - x0) * (3 * along ** 2 - 2 * along ** 3)
  const top = y0 + (y1 - y0) * (1.5 * along * (1 - along) + along ** 3)
  return (
    <span className={`map-said ${edge.errors ? 'error' : 'dim'} ${edge.back ? 'beside' : ''}`} style={{ left, top }} aria-hidden="true">
      {`${count(edge.calls)} ×, ${duration(edge.total)}${failed}`}
    </span>
  )
}
