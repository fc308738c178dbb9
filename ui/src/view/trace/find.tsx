/** Find in trace: counts, dims the rest in every view, and goes from one to the next. */
import { useEffect, useRef } from 'react'
import type { Found } from '../../model/find'
import { count } from '../../model/number'
import { useKeys } from '../keys'
import { useTraceData } from './data'
import { nextRow } from './moves'
import { type Showing, type Stage, useShowing, useStage } from './stage'
import { useFind } from './use-find'

export function Find() {
  const stage = useStage()
  const { whole } = useTraceData()
  const input = useRef<HTMLInputElement>(null)
  const text = useShowing(showing => showing.find)
  const found = useShowing(showing => showing.found)
  useKeys('Find', [{ keys: '/', does: 'Find in this trace', run: () => input.current?.select() }])
  const looked = useFind()
  const go = useGo(stage, found, looked)
  return (
    <div className="find">
      <input
        ref={input}
        aria-label="Find in this trace"
        placeholder="Find  /"
        title={whole ? 'Names, attributes, log texts' : 'Names, and whole words of attributes and log texts'}
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

/** Goes to the next that was found; as soon as there is one, where not all has been looked through. */
function useGo(stage: Stage, found: Found | null, looked: boolean) {
  const waiting = useRef<{ text: string; by: 1 | -1 } | null>(null)
  useEffect(() => {
    if (looked && !stage.now.found?.rows.length) waiting.current = null
    const { text, by } = waiting.current ?? {}
    if (!by || !found?.rows.length) return
    waiting.current = null
    if (text === stage.now.find) nextRow(stage, by, found.rows)
  }, [stage, found, looked])
  return (by: 1 | -1) => {
    if (found?.rows.length) nextRow(stage, by, found.rows)
    else if (!looked) waiting.current = { text: stage.now.find, by }
  }
}

function place({ found, span }: Showing): string {
  if (!found) return ''
  const at = found.rows.indexOf(span)
  return at < 0 ? `${count(found.rows.length)} found` : `${at + 1} of ${count(found.rows.length)}`
}
