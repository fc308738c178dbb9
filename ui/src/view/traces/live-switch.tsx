import { useKeys } from '../keys'
import type { LiveState } from '../parts/live'

const WORDS: Record<LiveState, string> = {
  off: 'Live',
  connecting: 'Live …',
  live: 'Live',
  broken: 'Live: no connection',
}

/** Whether new rows come by themselves. */
export function LiveSwitch({ on, state, turn }: { on: boolean; state: LiveState; turn: () => void }) {
  useKeys('Live', [{ keys: 'l', does: on ? 'Stop following' : 'Follow what arrives', run: turn }])
  return (
    <button type="button" className={`live ${on && state === 'broken' ? 'warn' : ''}`} aria-pressed={on} onClick={turn}>
      {on && <span className="pulse" aria-hidden="true" />}
      {WORDS[on ? state : 'off']}
    </button>
  )
}
