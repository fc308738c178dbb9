import type { Span } from '../../../model/api'
import { exceptionType, stretches, valueText } from '../../../model/values'
import { Copy } from '../../parts/copy'
import { Section } from './section'

/** Type, message and stack of what went wrong; nothing for a span that went well. */
export function ErrorSection({ span }: { span: Span }) {
  const exceptions = span.events.filter(event => event.name === 'exception')
  if (span.status.code !== 'error' && !exceptions.length) return null
  const type = span.attributes['error.type']
  const said = exceptions.some(event => span.status.message?.includes(text(event.attributes['exception.message'])))
  return (
    <Section
      title={span.status.code === 'error' ? 'Error' : 'Exception, handled'}
      tone={span.status.code === 'error' ? 'error' : undefined}
    >
      {span.status.message && !said && <p className="error-message">{span.status.message}</p>}
      {!exceptions.length && (
        <p className={type ? 'code' : 'dim'}>{type ? valueText(type) : 'No exception was recorded.'}</p>
      )}
      {exceptions.map(({ time, attributes }) => (
        <Exception
          key={time}
          type={exceptionType(attributes)}
          message={text(attributes['exception.message'])}
          stack={text(attributes['exception.stacktrace'])}
        />
      ))}
    </Section>
  )
}

function text(value: Parameters<typeof valueText>[0] | undefined): string {
  return value === undefined ? '' : valueText(value)
}

function Exception({ type, message, stack }: { type: string; message: string; stack: string }) {
  return (
    <div className="exception">
      <p>
        <span className="strong error">{type || 'exception'}</span> {message}
      </p>
      {stack && <Stack stack={stack} />}
    </div>
  )
}

/** Fewer lines of libraries than this stay open: folding them would save nothing. */
const FOLDED = 4

/** Lines of libraries stand back, and long stretches of them are folded, so that the program's own are found at once. */
export function Stack({ stack }: { stack: string }) {
  return (
    <div className="snippet">
      <div className="code stack">
        {stretches(stack.trimEnd()).map(({ library, lines }, i) => {
          const text = lines.join('\n')
          return library && lines.length >= FOLDED ? (
            // biome-ignore lint/suspicious/noArrayIndexKey: stretches of a text have no other name
            <details key={i} className="dim">
              <summary>{lines.length} lines of libraries</summary>
              {text}
            </details>
          ) : (
            // biome-ignore lint/suspicious/noArrayIndexKey: stretches of a text have no other name
            <div key={i} className={library ? 'dim' : ''}>
              {text}
            </div>
          )
        })}
      </div>
      <Copy text={stack} />
    </div>
  )
}
