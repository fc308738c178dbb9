import { useEffect, useState } from 'react'
import { type Against, readAgainst } from '../../../model/diff'
import { useTraceData } from '../data'
import { AGAINST, useStage } from '../stage'
import { likeIt } from './use-diff'

type Kind = Against['kind']

/** With what to compare: the median of its like, one trace, or all that match a filter. */
export function Choice({ against }: { against: Against }) {
  const stage = useStage()
  const { layout } = useTraceData()
  const [kind, setKind] = useState<Kind>(against.kind)
  const [text, setText] = useState(textOf(against))
  useEffect(() => {
    setKind(against.kind)
    setText(textOf(against))
  }, [against])
  const choose = (next: Kind) => {
    setKind(next)
    setText(next === 'filter' ? likeIt(layout) : '')
    if (next === 'median') stage.set({ against: AGAINST, part: null })
  }
  const apply = () => {
    const next = readAgainst(kind === 'filter' ? `filter:${text.trim()}` : text)
    if (next.kind === kind)
      stage.set({ against: kind === 'filter' ? `filter:${text.trim()}` : textOf(next), part: null })
  }
  return (
    <form
      className="row"
      onSubmit={event => {
        event.preventDefault()
        apply()
      }}
    >
      <label className="row">
        <span className="dim">against</span>
        <select value={kind} onChange={event => choose(event.target.value as Kind)}>
          <option value="median">the median of its like</option>
          <option value="trace">a trace</option>
          <option value="filter">traces that match</option>
        </select>
      </label>
      {kind !== 'median' && (
        <>
          <input
            className="code"
            aria-label={kind === 'trace' ? 'Id of the other trace' : 'Filter of the other traces'}
            placeholder={kind === 'trace' ? 'trace id, or its address' : 'filter'}
            spellCheck={false}
            value={text}
            onChange={event => setText(event.target.value)}
          />
          <button type="submit">Compare</button>
        </>
      )}
    </form>
  )
}

function textOf(against: Against): string {
  if (against.kind === 'median') return ''
  return against.kind === 'trace' ? against.id : against.filter
}
