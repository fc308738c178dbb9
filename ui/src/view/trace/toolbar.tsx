/** Which view, what is shown in it, find, and the zoom. */
import { duration } from '../../model/number'
import { isTimed, picturesOf } from '../../model/pictures'
import { isWhole } from '../../model/zoom'
import { useTraceData } from './data'
import { Find } from './find'
import { extentOf, showAll, showPicture, toggleShort, toggleView } from './moves'
import { useShowing, useStage } from './stage'

export function Toolbar() {
  const picture = useShowing(showing => showing.picture)
  return (
    <div className="toolbar">
      <Pictures />
      <Find />
      {picture === 'waterfall' && <Switches />}
      {picture !== 'waterfall' && picture !== 'table' && picture !== 'map' && <Zoom />}
    </div>
  )
}

function Pictures() {
  const stage = useStage()
  const { local } = useTraceData()
  const picture = useShowing(showing => showing.picture)
  return (
    <fieldset className="pictures">
      <legend className="unseen">View</legend>
      {picturesOf(local === true).map(({ name, title }, i) => (
        <button
          key={name}
          type="button"
          aria-pressed={name === picture}
          title={`Key ${i + 1}`}
          onClick={() => showPicture(stage, name)}
        >
          {title}
        </button>
      ))}
    </fieldset>
  )
}

function Switches() {
  const stage = useStage()
  const view = useShowing(showing => showing.view)
  const { layout } = useTraceData()
  return (
    <div className="switches">
      {layout.logs.at.length > 0 && (
        <Switch on={view.logs} label="Logs" keys="l" flip={() => toggleView(stage, 'logs')} />
      )}
      {layout.path.from.length > 0 && (
        <Switch on={view.criticalOnly} label="Critical path" keys="c" flip={() => toggleView(stage, 'criticalOnly')} />
      )}
      <Switch on={view.shortest > 0} label="Hide under 1 %" keys="h" flip={() => toggleShort(stage)} />
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

/** The stretch on screen; the waterfall has it above its tree, where it moves nothing when it comes. */
export function Zoom() {
  const stage = useStage()
  const { layout } = useTraceData()
  const picture = useShowing(showing => showing.picture)
  const from = useShowing(showing => extentOf(showing).window[0])
  const to = useShowing(showing => extentOf(showing).window[1])
  const { whole } = extentOf(stage.now)
  const zero = isTimed(picture) ? layout.zero : whole[0]
  if (isWhole([from, to], whole)) return null
  return (
    <span className="zoom number">
      <span>
        {duration(from - zero)} – {duration(to - zero)}
      </span>
      <button type="button" className="switch" onClick={() => showAll(stage)}>
        {isTimed(picture) ? 'Whole trace' : 'All of it'} <kbd>0</kbd>
      </button>
    </span>
  )
}
