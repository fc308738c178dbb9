/** The services of this trace, callers above what they call. */
import { useMemo } from 'react'
import { count, duration, plural } from '../../../model/number'
import { type MapEdge, type MapNode, type ServiceMap, serviceMap } from '../../../model/service-map'
import { Dot } from '../../parts/service'
import { useTraceData } from '../data'
import { select } from '../moves'
import { useShowing, useStage } from '../stage'

const WIDE = 224
const TALL = 58
const BESIDE = 24
const BETWEEN = 62
const MARGIN = 24

export function MapView() {
  const { layout } = useTraceData()
  const map = useMemo(() => serviceMap(layout), [layout])
  const width = 2 * MARGIN + Math.max(1, ...map.layers) * (WIDE + BESIDE)
  const height = 2 * MARGIN + map.layers.length * (TALL + BETWEEN) - BETWEEN
  return (
    <div className="scroll-page map" tabIndex={-1}>
      <div className="map-picture" style={{ width, height }}>
        <svg width={width} height={height} aria-hidden="true">
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
            <Edge key={`${edge.from} ${edge.to}`} edge={edge} map={map} />
          ))}
          {map.edges.map(edge => (
            <Said key={`${edge.from} ${edge.to}`} edge={edge} map={map} />
          ))}
        </svg>
        <ul aria-label="Services of this trace">
          {map.nodes.map(node => (
            <Node key={node.service} node={node} at={placeOf(map, node)} />
          ))}
        </ul>
      </div>
    </div>
  )
}

/** Layers are centred over each other. */
function placeOf(map: ServiceMap, { layer, place }: { layer: number; place: number }): { left: number; top: number } {
  const lead = ((Math.max(...map.layers) - map.layers[layer]) * (WIDE + BESIDE)) / 2
  return { left: MARGIN + lead + place * (WIDE + BESIDE), top: MARGIN + layer * (TALL + BETWEEN) }
}

function Node({ node, at }: { node: MapNode; at: { left: number; top: number } }) {
  const stage = useStage()
  const { layout } = useTraceData()
  const chosen = useShowing(({ span, layout: { columns } }) => span >= 0 && columns.services[columns.service[span]])
  const all = useMemo(() => layout.self.reduce((sum, each) => sum + each, 0), [layout])
  return (
    <li style={{ ...at, width: WIDE, height: TALL }}>
      <button
        type="button"
        className="map-node"
        aria-pressed={chosen === node.service}
        title={node.service}
        onClick={() => select(stage, node.row)}
      >
        <span className="row">
          <Dot service={node.service} />
          <span className="cut strong">{node.service}</span>
        </span>
        <span className="map-figures">
          <span className="number">{plural(node.spans, 'span')}</span>
          {node.errors > 0 && <span className="number error">{plural(node.errors, 'error')}</span>}
          <span className="number">self {duration(node.self)}</span>
        </span>
        <i className="share" style={{ width: `${all ? (100 * node.self) / all : 0}%` }} />
      </button>
    </li>
  )
}

type Point = readonly [x: number, y: number]

/** From the foot of the caller to the head of what it calls, through the places kept free for it. */
function pointsOf(map: ServiceMap, edge: MapEdge): Point[] {
  const middle = (at: { layer: number; place: number }, down: number): Point => {
    const { left, top } = placeOf(map, at)
    return [left + WIDE / 2, top + down]
  }
  const [from, to] = [map.nodes[edge.from], map.nodes[edge.to]]
  if (edge.back) return [middle(from, 0), middle(to, TALL + 3)]
  return [middle(from, TALL), ...edge.via.flatMap(at => [middle(at, 0), middle(at, TALL)]), middle(to, -3)]
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

function Edge({ edge, map }: { edge: MapEdge; map: ServiceMap }) {
  return (
    <g className={classOf(edge)}>
      <path
        d={curve(pointsOf(map, edge))}
        strokeWidth={1 + Math.min(2, Math.log10(edge.calls))}
        markerEnd="url(#arrow)"
      />
    </g>
  )
}

function classOf(edge: MapEdge): string {
  return `map-edge ${edge.errors ? 'failed' : ''} ${edge.back ? 'back' : ''}`
}

/** What a line is about, above all lines. */
function Said({ edge, map }: { edge: MapEdge; map: ServiceMap }) {
  const [[x0, y0], [x1, y1]] = pointsOf(map, edge).slice(-2)
  const failed = edge.errors ? `, ${plural(edge.errors, 'error')}` : ''
  return (
    <g className={classOf(edge)}>
      <text x={(x0 + x1) / 2} y={(y0 + y1) / 2 + 4} textAnchor="middle">
        {`${count(edge.calls)} ×, ${duration(edge.total)}${failed}`}
      </text>
    </g>
  )
}
