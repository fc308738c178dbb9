/** Find, what is shown, and the zoom. */
import { useEffect, useRef } from 'react'
import { findByName, findInTrace } from '../../model/find'
import { count, duration } from '../../model/number'
import { isWhole } from '../../model/zoom'
import { useKeys } from '../keys'
import { useTraceData } from './data'
import { nextRow, showAll, toggleShort, toggleView } from './moves'
import { type Showing, useShowing, useStage } from './stage'

export function Toolbar() {
  const stage = useStage()
  const view = useShowing(showing => showing.view)
  const { layout } = useTraceData()
  return (
    <div className="toolbar">
      <Find />
      <div className="switches">
        {layout.logs.at.length > 0 && (
          <Switch on={view.logs} label="Logs" keys="l" flip={() => toggleView(stage, 'logs')} />
        )}
        {layout.path.from.length > 0 && (
          <Switch
            on={view.criticalOnly}
            label="Critical path"
            keys="c"
            flip={() => toggleView(stage, 'criticalOnly')}
          />
        )}
        <Switch on={view.shortest > 0} label="Hide under 1 %" keys="h" flip={() => toggleShort(stage)} />
      </div>
      <Zoom />
    </div>
  )
}

function Switch({ on, label, keys, flip }: { on: boolean; label: string; keys: string; flip: () => void }) {
  return (
    <button type="button" className="switch" aria-pressed={on} onClick={flip}>
      {label} <kbd>{keys}</kbd>
    </button>
  )
}

function Zoom() {
  const stage = useStage()
  const { layout } = useTraceData()
  const window = useShowing(showing => showing.window)
  const { extent, whole } = layout
  if (isWhole(window, whole)) return <span className="zoom dim number">{duration(extent[1] - extent[0])}</span>
  return (
    <span className="zoom number">
      <span>
        {duration(window[0] - extent[0])} – {duration(window[1] - extent[0])}
      </span>
      <button type="button" className="switch" onClick={() => showAll(stage)}>
        Whole trace <kbd>0</kbd>
      </button>
    </span>
  )
}

function Find() {
  const stage = useStage()
  const { layout, whole } = useTraceData()
  const input = useRef<HTMLInputElement>(null)
  const text = useShowing(showing => showing.find)
  const found = useShowing(showing => showing.found)
  useKeys('Find', [{ keys: '/', does: 'Find in this trace', run: () => input.current?.select() }])
  useEffect(() => {
    const { order } = layout.tree
    const answer = whole ? findInTrace(whole, order, text.trim()) : findByName(layout.columns, order, text.trim())
    stage.set({ found: text.trim() ? answer : null })
  }, [stage, layout, whole, text])
  const go = (by: 1 | -1) => found && nextRow(stage, by, found.rows)
  return (
    <div className="find">
      <input
        ref={input}
        aria-label="Find in this trace"
        placeholder={whole ? 'Find: name, attribute, log text' : 'Find: name or service'}
        spellCheck={false}
        value={text}
        onChange={event => stage.set({ find: event.target.value })}
        onKeyDown={event => {
          if (event.key === 'Enter') go(event.shiftKey ? -1 : 1)
          if (event.key !== 'Escape') return
          stage.set({ find: '' })
          input.current?.blur()
        }}
      />
      <span className="number dim" role="status">
        {found && place(stage.now)}
      </span>
    </div>
  )
}

function place({ found, span }: Showing): string {
  if (!found) return ''
  const at = found.rows.indexOf(span)
  return at < 0 ? `${count(found.rows.length)} found` : `${at + 1} of ${count(found.rows.length)}`
}
