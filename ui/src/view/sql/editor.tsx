/** A text field with colours behind it: the browser's own editing, and the statement as one reads it. */
import { type KeyboardEvent, type ReactNode, useRef } from 'react'
import { sqlPieces } from '../../model/sql-text'
import { asProblem } from '../ask'
import { keyName, useKeys } from '../keys'

interface Props {
  text: string
  setText: (text: string) => void
  run: () => void
  error: unknown
  children: ReactNode
}

export function Editor({ text, setText, run, error, children }: Props) {
  const area = useRef<HTMLTextAreaElement>(null)
  const at = error ? asProblem(error).at : null
  useKeys('Statement', [
    { keys: 'Mod+Enter', does: 'Run it', run },
    { keys: '/', does: 'Write', run: () => area.current?.focus() },
  ])
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.key === 'Escape') area.current?.blur()
  }
  const lines = Math.min(24, Math.max(7, text.split('\n').length + 1))
  return (
    <form
      onSubmit={event => {
        event.preventDefault()
        run()
      }}
    >
      <div className="editor code" style={{ height: lines * 18 + 16 }}>
        <pre aria-hidden="true">
          {sqlPieces(text, at).map((piece, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one text
            <span key={i} className={piece.kind}>
              {piece.text}
            </span>
          ))}
          {'\n'}
        </pre>
        <textarea
          ref={area}
          aria-label="SQL statement"
          aria-invalid={at !== null}
          spellCheck={false}
          value={text}
          onChange={event => setText(event.target.value)}
          onKeyDown={onKeyDown}
          onScroll={event => {
            const behind = event.currentTarget.previousElementSibling as HTMLElement
            behind.scrollTop = event.currentTarget.scrollTop
            behind.scrollLeft = event.currentTarget.scrollLeft
          }}
        />
      </div>
      <p className="row">
        <button type="submit">
          Run <kbd>{keyName('Mod+Enter')}</kbd>
        </button>
        {children}
      </p>
    </form>
  )
}
