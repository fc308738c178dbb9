/** Traces that were marked, to be held against each other. */
import { useNavigate } from '@tanstack/react-router'
import type { TraceRow } from '../../model/api'
import { duration, plural } from '../../model/number'
import { keepRange } from '../frame/frame'
import { useKeys } from '../keys'

interface Props {
  ids: string[]
  traces: TraceRow[]
  mark: (ids: string[]) => void
}

export function Marked({ ids, traces, mark }: Props) {
  const navigate = useNavigate()
  const two = ids.length === 2
  const [against, id] = byDuration(ids, traces)
  const compare = () => {
    if (!two) return
    void navigate({
      to: '/traces/$id',
      params: { id },
      search: before => ({ ...keepRange(before), view: 'compare', with: against }),
    })
  }
  useKeys('Marked', [{ keys: 'v', does: 'Compare the two that are marked', run: compare }])
  const known = ids.map(id => traces.find(trace => trace.trace_id === id))
  return (
    <p className="marked row" role="status">
      <span>{plural(ids.length, 'trace')} marked</span>
      <span className="dim cut">
        {known
          .map(trace => trace && `${trace.name} ${duration(trace.duration)}`)
          .filter(Boolean)
          .join(' · ')}
      </span>
      <button type="button" disabled={!two} onClick={compare}>
        {two ? 'Compare' : ids.length === 1 ? 'Mark one more to compare' : 'Two can be compared'}
      </button>
      <button type="button" className="quiet" onClick={() => mark([])}>
        Clear
      </button>
    </p>
  )
}

/** The quicker one is what the slower one is held against. */
function byDuration(ids: string[], traces: TraceRow[]): string[] {
  const lasts = (id: string) => traces.find(trace => trace.trace_id === id)?.duration ?? 0
  return [...ids].sort((a, b) => lasts(a) - lasts(b))
}
