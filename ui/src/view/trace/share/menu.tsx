import { Menu } from '@base-ui/react/menu'
import { useState } from 'react'
import { nameOf } from '../../../model/names'
import type { Part } from '../../../model/verdict'
import { useKeys } from '../../keys'
import { useTheme } from '../../theme'
import { useTraceData } from '../data'
import { useShowing, useStage } from '../stage'
import { type Action, COPIES, FILES, PICTURES } from './actions'

const SAID_MS = 2000
const DRAWN = new Set(['waterfall', 'flame', 'left-heavy', 'sandwich', 'map', 'compare'])

/** Everything that can be taken away from this page. */
export function Share({ verdict }: { verdict: readonly Part[] }) {
  const stage = useStage()
  const theme = useTheme()
  const { layout, local } = useTraceData()
  const drawn = DRAWN.has(useShowing(showing => showing.picture))
  const [said, setSaid] = useState('')
  const { columns, tree } = layout
  const root = tree.roots[0] ?? tree.order[0]
  const name = root === undefined ? 'Trace' : nameOf(columns, root)
  const title = `${name.slice(0, 80)}  ·  trace ${columns.traceId}`
  const run = async (action: Action) => {
    setSaid('…')
    const outcome = await action.run({ stage, theme, verdict, title }).catch((error: Error) => error.message)
    setSaid(outcome)
    setTimeout(() => setSaid(''), SAID_MS)
  }
  const link = { keys: 'y', does: 'Copy the link to exactly this', run: () => void run(COPIES[0]) }
  useKeys('Share', local ? [] : [link])
  const copies = local ? COPIES.filter(({ label }) => label !== 'Link' && label !== 'curl') : COPIES
  return (
    <Menu.Root>
      <Menu.Trigger className="share-button">
        {said || 'Share'} <span aria-hidden="true">▾</span>
      </Menu.Trigger>
      <span role="status" className="unseen">
        {said}
      </span>
      <Menu.Portal>
        <Menu.Positioner sideOffset={4} align="end" className="above">
          <Menu.Popup className="popup share-menu">
            <Group title="Copy as" actions={copies} run={run} />
            <Group title="Save" actions={drawn ? [...FILES, ...PICTURES] : FILES} run={run} />
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  )
}

interface Props {
  title: string
  actions: Action[]
  run: (action: Action) => void
}

function Group({ title, actions, run }: Props) {
  return (
    <Menu.Group>
      <Menu.GroupLabel className="dim">{title}</Menu.GroupLabel>
      {actions.map(action => (
        <Menu.Item key={action.label} className="share-item" onClick={() => run(action)}>
          {action.label}
        </Menu.Item>
      ))}
    </Menu.Group>
  )
}
