/** The waterfall and, docked right of it or below, the details. */
import { type ReactNode, useState } from 'react'
import { Splitter } from '../parts/splitter'
import { DockSide } from './dock'

type Side = 'right' | 'bottom'

/** Below this, a right dock would leave too little for the bars. */
const WIDE = 1200

function remembered(): { side: Side; right: number; bottom: number } {
  const side = localStorage.getItem('trivet.dock') ?? (innerWidth >= WIDE ? 'right' : 'bottom')
  return { side: side === 'bottom' ? 'bottom' : 'right', right: 400, bottom: Math.round(innerHeight * 0.32) }
}

export function Workbench({ children, details }: { children: ReactNode; details: ReactNode }) {
  const [dock, setDock] = useState(remembered)
  const turn = () => {
    const side = dock.side === 'right' ? 'bottom' : 'right'
    localStorage.setItem('trivet.dock', side)
    setDock({ ...dock, side })
  }
  const right = dock.side === 'right'
  const size = right ? dock.right : dock.bottom
  const track = right ? { gridTemplateColumns: `1fr ${size}px` } : { gridTemplateRows: `1fr ${size}px` }
  return (
    <div className={`workbench dock-${dock.side}`} style={track}>
      <div className="bench">{children}</div>
      <div className="dock">
        <Splitter
          label="Size of the details"
          at={size}
          least={160}
          most={right ? innerWidth * 0.6 : innerHeight * 0.7}
          move={to => setDock({ ...dock, [dock.side]: to })}
          upright={right}
          reversed
        />
        <DockSide value={{ side: dock.side, turn }}>{details}</DockSide>
      </div>
    </div>
  )
}
