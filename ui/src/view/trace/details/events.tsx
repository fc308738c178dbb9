import type { SpanEvent } from '../../../model/api'
import { duration } from '../../../model/number'
import { after } from '../../../model/time'
import { useTraceData } from '../data'
import { AttributeList } from './attributes'
import { Section } from './section'

/** Span events; exceptions stand on top, as the error. */
export function EventList({ events }: { events: SpanEvent[] }) {
  const { layout } = useTraceData()
  const others = events.filter(event => event.name !== 'exception')
  if (!others.length) return null
  return (
    <Section title="Events">
      {others.map(event => (
        <div key={`${event.time} ${event.name}`} className="event">
          <p>
            <span className="number dim">{duration(after(layout.columns.origin, event.time) - layout.zero)}</span>
            <span className="strong">{event.name}</span>
          </p>
          {Object.keys(event.attributes).length > 0 && <AttributeList attributes={event.attributes} whose="event" />}
        </div>
      ))}
    </Section>
  )
}
