/** Find in trace: counts, dims the rest in every view, and goes from one to the next. */
import { useRef } from 'react'
import { count } from '../../model/number'
import { useKeys } from '../keys'
import { useTraceData } from './data'
import { nextRow } from './moves'
import { type Showing, useShowing, useStage } from './stage'
import { useFind } from './use-find'

export function Find() {
  const stage = useStage()
  const { whole } = useTraceData()
  const input = useRef<HTMLInputElement>(null)
  const text = useShowing(showing => showing.find)
  const found = useShowing(showing => showing.found)
  useKeys('Find', [{ keys: '/', does: 'Find in this trace', run: () => input.current?.select() }])
  useFind()
  const go = (by: 1 | -1) => found && nextRow(stage, by, found.rows)
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

function place({ found, span }: Showing): string {
  if (!found) return ''
  const at = found.rows.indexOf(span)
  return at < 0 ? `${count(found.rows.length)} found` : `${at + 1} of ${count(found.rows.length)}`
}
