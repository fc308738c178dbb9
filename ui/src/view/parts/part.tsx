/** A part of a question: a list of names, the last of which is completed from what is known. */
import { useEffect, useId, useState } from 'react'

interface PartProps {
  label: string
  text: string
  known: string[]
  apply: (text: string) => void
  wide?: boolean
}

/** Applied on Enter, and on leaving it. */
export function Part({ label, text: given, known, apply, wide = false }: PartProps) {
  const id = useId()
  const [text, setText] = useState(given)
  useEffect(() => setText(given), [given])
  const typed = text.lastIndexOf(',') + 1
  const head = typed ? `${text.slice(0, typed)} ` : ''
  const done = () => text !== given && apply(text.trim().replace(/,$/, ''))
  return (
    <label className="part">
      <span className="dim">{label}</span>
      <input
        className={`code ${wide ? 'wide' : ''}`}
        list={id}
        value={text}
        spellCheck={false}
        autoComplete="off"
        onChange={event => setText(event.target.value)}
        onBlur={done}
        onKeyDown={event => event.key === 'Enter' && done()}
      />
      <datalist id={id}>
        {known.map(name => (
          <option key={name} value={head + name} />
        ))}
      </datalist>
    </label>
  )
}
