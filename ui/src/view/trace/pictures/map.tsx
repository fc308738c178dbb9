/** The services of this trace, callers above what they call. */
import { useEffect, useMemo, useRef, useState } from 'react'
import { drawMap, lineWidth, saidOf } from '../../../draw/map'
import { type Point, placeOf, pointsOf, type Sizes, saidAt, sizesOf } from '../../../model/map-places'
import { duration, plural } from '../../../model/number'
import { type MapEdge, type MapNode, type ServiceMap, serviceMap } from '../../../model/service-map'
import { useSize } from '../../parts/canvas'
import { Dot } from '../../parts/service'
import { useTheme } from '../../theme'
import { useColours, useTraceData } from '../data'
import { select } from '../moves'
import { useSheet } from '../share/use-sheet'
import { useShowing, useStage } from '../stage'

export function MapView() {
  const stage = useStage()
  const theme = useTheme()
  const colours = useColours()
  const { layout } = useTraceData()
  const page = useRef<HTMLDivElement>(null)
  const [room, setRoom] = useState({ width: 0, height: 0 })
  useSize(page, setRoom)
  const map = useMemo(() => serviceMap(layout), [layout])
  const sizes = sizesOf(map, room)
  const { width, height } = sizes
  const span = useShowing(showing => showing.span)
  const there = room.width > 0
  // biome-ignore lint/correctness/useExhaustiveDependencies: another span may be of another service
  useEffect(() => {
    if (there)
      page.current?.querySelector('[aria-pressed=true]')?.scrollIntoView({ block: 'nearest', inline: 'center' })
  }, [there, span])
  useSheet(stage, () => ({ width, height, draw: ctx => drawMap(ctx, { map, sizes, theme, colours }) }))
  return (
    <div ref={page} className="scroll-page map" tabIndex={-1}>
      {there && (
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

function Node({ node, sizes, at }: { node: MapNode; sizes: Sizes; at: { left: number; top: number } }) {
  const stage = useStage()
  const { layout } = useTraceData()
  const chosen = useShowing(({ span, layout: { columns } }) => span >= 0 && columns.services[columns.service[span]])
  const all = useMemo(() => layout.self.reduce((sum, each) => sum + each, 0), [layout])
  const { narrow, low } = sizes
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

function curve(points: readonly Point[]): string {
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
      <path d={curve(pointsOf(drawn.map, drawn.sizes, edge))} strokeWidth={lineWidth(edge)} markerEnd="url(#arrow)" />
    </g>
  )
}

function classOf(edge: MapEdge): string {
  return `map-edge ${edge.errors ? 'failed' : ''} ${edge.back ? 'back' : ''}`
}

/** What a line is about, above all lines. */
function Said({ edge, map, sizes }: Drawn & { edge: MapEdge }) {
  return (
    <span
      className={`map-said ${edge.errors ? 'error' : 'dim'} ${edge.back ? 'beside' : ''}`}
      style={saidAt(map, sizes, edge)}
      aria-hidden="true"
    >
      {saidOf(edge)}
    </span>
  )
}
