import { type KeyboardEvent, type MouseEvent, useMemo, useRef, useState } from 'react'
import { drawFlame, LANE, type Look } from '../../draw/flame'
import { timeAt } from '../../draw/scene'
import { boxAt, boxOf } from '../../model/boxes'
import { type Merged, pathTo } from '../../model/merged'
import { duration } from '../../model/number'
import { useDrawing } from '../parts/canvas'
import { useSlots } from '../parts/service'
import { useTheme } from '../theme'

interface Props {
  merged: Merged
  /** What takes the whole width. */
  top: number
  chosen: number
  choose: (node: number) => void
  zoom: (node: number) => void
}

const NEAR_PX = 3

/** The tree as boxes; arrows walk along it. */
export function FlamePicture({ merged, top, chosen, choose, zoom }: Props) {
  const { nodes, boxes, weight } = merged
  const canvas = useRef<HTMLCanvasElement>(null)
  const theme = useTheme()
  const [hover, setHover] = useState(-1)
  const services = useMemo(() => [...new Set(nodes.map(node => node.service ?? ''))], [nodes])
  const slots = useSlots(services)
  const above = useMemo(() => new Set(pathTo(merged, top)), [merged, top])
  const zoomed = boxOf(boxes, top)
  const window = zoomed ? ([zoomed.from, zoomed.to] as const) : boxes.extent
  const look = (ref: number): Look => {
    const { service, name, errors, count } = nodes[ref]
    return {
      text: `${name} · ${duration(weight[ref])}`,
      fill: service === null ? theme.edge : theme.services[slots.get(service) ?? 0],
      failed: errors > count / 2,
      dimmed: ref !== top && above.has(ref),
    }
  }
  useDrawing(canvas, (ctx, width, height) =>
    drawFlame(ctx, { boxes, window, width, height, scroll: 0, theme, chosen, hover, look }),
  )
  const under = (event: MouseEvent): number => {
    const { left, top, width } = event.currentTarget.getBoundingClientRect()
    const slack = ((window[1] - window[0]) / width) * NEAR_PX
    return boxAt(
      boxes,
      Math.floor((event.clientY - top) / LANE),
      timeAt({ window, width }, event.clientX - left),
      slack,
    )
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const next = neighbour(merged, chosen < 0 ? top : chosen, event.key)
    if (next === null) return
    event.preventDefault()
    event.stopPropagation()
    choose(next)
  }
  return (
    <div
      className="flame-scroll"
      tabIndex={0}
      role="application"
      aria-label="Flame graph. Arrows walk along it, Enter zooms, 0 shows all of it."
      onKeyDown={onKeyDown}
    >
      <canvas
        ref={canvas}
        style={{ height: boxes.lanes * LANE + 2 }}
        onMouseMove={event => setHover(under(event))}
        onMouseLeave={() => setHover(-1)}
        onClick={event => choose(under(event))}
        onDoubleClick={event => {
          const node = under(event)
          if (node >= 0) zoom(node)
        }}
      />
    </div>
  )
}

/** Up to the caller, down to the heaviest callee, sideways among the callees of one caller. */
function neighbour({ parent, nodes }: Merged, node: number, key: string): number | null {
  if (key === 'ArrowUp') return parent[node] >= 0 ? parent[node] : node
  if (key === 'ArrowDown') {
    const child = parent.indexOf(node)
    return child >= 0 ? child : node
  }
  const step = { ArrowLeft: -1, ArrowRight: 1 }[key]
  if (!step) return null
  const next = node + step
  return next > 0 && next < nodes.length && parent[next] === parent[node] ? next : node
}
