import { Link } from '@tanstack/react-router'
import type { Link as SpanLink, Trace } from '../../../model/api'
import { Section } from './section'

interface Props {
  links: SpanLink[]
  linkedFrom: Trace['linked_from']
}

/** Links both ways: what this span points at, and what points at its trace. */
export function LinkList({ links, linkedFrom }: Props) {
  if (!links.length && !linkedFrom.length) return null
  return (
    <Section title="Links">
      <ul className="links">
        {links.map(link => (
          <li key={`${link.trace_id} ${link.span_id}`}>
            to <To trace={link.trace_id} span={link.span_id} text={`${link.trace_id.slice(0, 8)}… › ${link.span_id}`} />
          </li>
        ))}
        {linkedFrom.map(from => (
          <li key={`${from.trace_id} ${from.span_id}`}>
            from <To trace={from.trace_id} span={from.span_id} text={`${from.service} › ${from.name}`} />
          </li>
        ))}
      </ul>
    </Section>
  )
}

function To({ trace, span, text }: { trace: string; span: string; text: string }) {
  return (
    <Link to="/traces/$id" params={{ id: trace }} search={{ span }}>
      {text}
    </Link>
  )
}
