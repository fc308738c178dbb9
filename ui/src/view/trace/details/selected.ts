import { useMemo } from 'react'
import type { LogRecord, Resource, Scope, Span } from '../../../model/api'
import { useSpan } from '../../data'
import { useTraceData } from '../data'

export interface Selected {
  span: Span | null
  resource: Resource | null
  scope: Scope | null
  logs: LogRecord[]
  error: unknown
}

const NOTHING: Selected = { span: null, resource: null, scope: null, logs: [], error: null }

/** A span with all it carries: from the whole trace, or asked for where only the shape is here. */
export function useSelected(id: string | null): Selected {
  const { layout, whole } = useTraceData()
  const asked = useSpan(layout.columns.traceId, whole ? null : id)
  return useMemo(() => {
    if (!whole) {
      const span = asked.data ?? null
      if (!span) return { ...NOTHING, error: asked.error }
      return { span, resource: inlined(span.resource), scope: inlined(span.scope), logs: span.logs ?? [], error: null }
    }
    const span = whole.spans.find(each => each.span_id === id)
    if (!span) return NOTHING
    return {
      span,
      resource: typeof span.resource === 'number' ? whole.resources[span.resource] : span.resource,
      scope: typeof span.scope === 'number' ? whole.scopes[span.scope] : span.scope,
      logs: whole.logs.filter(log => log.span_id === id),
      error: null,
    }
  }, [whole, id, asked.data, asked.error])
}

function inlined<T>(given: number | T): T | null {
  return typeof given === 'number' ? null : given
}
