/** Who calls whom: callers left, what they call right; a line is as thick as it is busy, and red by its errors. */
import { useNavigate } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import type { Edge, ServiceRow } from '../../model/api'
import { layered, type Seat } from '../../model/layers'
import { loop, shortened, wayThrough } from '../../model/map-lines'
import { count, duration, percent, rate } from '../../model/number'
import { keepRange } from '../frame/frame'
import { useRange } from '../frame/range'
import { Notice, ProblemNotice, Skeleton } from '../parts/notice'
import { useSlots } from '../parts/service'
import { useMap } from '../questions'

const BOX = { width: 176, height: 44 }
const GAP = { x: 110, y: 28 }
const MARGIN = 16
/** Letters that fit into a box in most faces; the whole name is its title. */
const NAME_SHOWN = 22

interface Placed {
  name: string
  x: number
  y: number
}

export function ServiceMap({ services, focus }: { services: ServiceRow[]; focus?: string }) {
  const [range] = useRange()
  const map = useMap(range)
  const [lit, setLit] = useState<string | null>(focus ?? null)
  const { nodes, ways } = useMemo(() => place(map.data?.edges ?? [], services), [map.data, services])
  const names = useMemo(() => [...nodes.keys()], [nodes])
  const slots = useSlots(names)
  if (map.error && !map.data) return <ProblemNotice error={map.error} retry={() => void map.refetch()} />
  if (map.isPending) return <Skeleton rows={8} />
  const edges = map.data?.edges ?? []
  if (!nodes.size) return <Notice title="Nothing is known yet about who calls whom." />
  const width = Math.max(...[...nodes.values()].map(node => node.x)) + BOX.width + MARGIN
  const height = Math.max(...[...nodes.values()].map(node => node.y)) + BOX.height + MARGIN
  const most = Math.max(1, ...edges.map(edge => edge.count))
  const figures = new Map(services.map(service => [service.name, service]))
  const near = (edge: Edge) => lit === null || edge.from === lit || edge.to === lit
  return (
    <section className="map scroll-page" tabIndex={0} aria-label="Map of services">
      {!edges.length && (
        <p className="dim hint-line">
          Calls between services are worked out once a minute; none is known in this range yet.
        </p>
      )}
      <svg width={width} height={height} role="group" aria-label="Services and their calls">
        <clipPath id="inside-a-box">
          <rect width={BOX.width - 6} height={BOX.height} />
        </clipPath>
        {edges.map((edge, i) => (
          <Call
            key={`${edge.from} ${edge.to} ${edge.kind}`}
            edge={edge}
            from={nodes.get(edge.from)}
            to={nodes.get(edge.to)}
            way={ways[i]}
            most={most}
            faint={!near(edge)}
            told={lit !== null && near(edge)}
          />
        ))}
        {[...nodes.values()].map(node => (
          <Box
            key={node.name}
            node={node}
            service={figures.get(node.name)}
            slot={slots.get(node.name) ?? 0}
            light={setLit}
          />
        ))}
      </svg>
    </section>
  )
}

type Corner = Omit<Placed, 'name'>

function place(
  edges: readonly Edge[],
  services: readonly ServiceRow[],
): { nodes: Map<string, Placed>; ways: Corner[][] } {
  const called = new Set(edges.map(edge => edge.to))
  const names = [...new Set(edges.flatMap(edge => [edge.from, edge.to]))].sort()
  const at = new Map(names.map((name, i) => [name, i]))
  const arrows = edges.map(({ from, to }) => ({ from: at.get(from) as number, to: at.get(to) as number }))
  // Whom nobody calls comes first; only a circle has no such place.
  const seen = [...at.values()].sort((a, b) => Number(called.has(names[a])) - Number(called.has(names[b])))
  const { nodes, via, sizes } = layered(seen, arrows)
  const tallest = Math.max(1, ...sizes)
  const corner = ({ layer, place }: Seat): Corner => ({
    x: MARGIN + layer * (BOX.width + GAP.x),
    y: MARGIN + ((tallest - sizes[layer]) / 2 + place) * (BOX.height + GAP.y),
  })
  const placed = new Map(names.map((name, i) => [name, { name, ...corner(nodes[i]) }]))
  const alone = services.map(service => service.name).filter(name => !placed.has(name))
  const below = names.length ? tallest * (BOX.height + GAP.y) + GAP.y : 0
  for (const [i, name] of alone.sort().entries()) placed.set(name, besideOthers(name, i, MARGIN + below))
  return { nodes: placed, ways: via.map(seats => seats.map(corner)) }
}

/** Who neither calls nor is called stands in rows below the others. */
const A_ROW = 5

function besideOthers(name: string, i: number, top: number): Placed {
  const [column, row] = [i % A_ROW, Math.floor(i / A_ROW)]
  return { name, x: MARGIN + column * (BOX.width + GAP.y), y: top + row * (BOX.height + GAP.y) }
}

interface CallProps {
  edge: Edge
  from: Placed | undefined
  to: Placed | undefined
  /** The corners of the places that are kept free for it. */
  way: Corner[]
  most: number
  faint: boolean
  told: boolean
}

function Call({ edge, from, to, way, most, faint, told }: CallProps) {
  if (!from || !to) return null
  const [x0, y0] = [from.x + BOX.width, from.y + BOX.height / 2]
  const [x1, y1] = [to.x, to.y + BOX.height / 2]
  const through = way.flatMap(({ x, y }) => [x, x + BOX.width].map((x): [number, number] => [x, y + BOX.height / 2]))
  const path = from === to ? loop(x0, from.y + BOX.height) : wayThrough([[x0, y0], ...through, [x1, y1]])
  const wide = 1 + 3 * (Math.log(edge.count + 1) / Math.log(most + 1))
  const failed = edge.errors / Math.max(1, edge.count)
  const said = `${count(edge.count)} · p95 ${duration(edge.p95)}${edge.errors ? ` · ${percent(failed)} errors` : ''}`
  return (
    <g className={`call ${faint ? 'faint' : ''} ${failed > 0.01 ? 'failing' : ''}`}>
      <path
        d={path}
        strokeWidth={wide}
        className={edge.kind.includes('async') || edge.kind === 'messaging' ? 'queued' : ''}
      />
      <title>{`${edge.from} → ${edge.to} (${edge.kind})\n${said}`}</title>
      {told && (
        <text x={(x0 + x1) / 2} y={(y0 + y1) / 2 - 6} textAnchor="middle">
          {said}
        </text>
      )}
    </g>
  )
}

interface BoxProps {
  node: Placed
  service: ServiceRow | undefined
  slot: number
  light: (name: string | null) => void
}

function Box({ node, service, slot, light }: BoxProps) {
  const navigate = useNavigate()
  const open = () => service && void navigate({ to: '/services/$name', params: { name: node.name }, search: keepRange })
  const failing = (service?.error_rate ?? 0) > 0.01
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a link wherever it leads somewhere
    <g
      className={`node ${service ? 'known' : ''}`}
      transform={`translate(${node.x} ${node.y})`}
      role={service ? 'link' : 'img'}
      tabIndex={service ? 0 : -1}
      aria-label={service ? undefined : `${node.name}, ${figures(service)}`}
      onPointerEnter={() => light(node.name)}
      onPointerLeave={() => light(null)}
      onFocus={() => light(node.name)}
      onBlur={() => light(null)}
      onClick={open}
      onKeyDown={event => event.key === 'Enter' && open()}
    >
      <rect width={BOX.width} height={BOX.height} rx={3} />
      <rect width={4} height={BOX.height} style={{ fill: `var(--service-${slot})` }} className="identity" />
      <g clipPath="url(#inside-a-box)">
        <text x={14} y={18} className="name">
          {node.name.length > NAME_SHOWN && <title>{node.name}</title>}
          {shortened(node.name, NAME_SHOWN)}
        </text>
        <text x={14} y={35} className={failing ? 'failing' : ''}>
          {figures(service)}
        </text>
      </g>
    </g>
  )
}

/** How busy, and what is most worth knowing beside that. */
function figures(service: ServiceRow | undefined): string {
  if (!service) return 'called only'
  if (!service.count) return 'no requests'
  const failing = service.error_rate > 0.01
  return `${rate(service.rate)} · ${failing ? `${percent(service.error_rate)} errors` : duration(service.p95)}`
}
