/** Waiting for a lock, and who waits for one of ours. */
import { Link } from '@tanstack/react-router'
import { RUNNING } from '../../../model/columns'
import { spanId } from '../../../model/ids'
import type { LockWait } from '../../../model/locks'
import { duration } from '../../../model/number'
import { useTraceData } from '../data'
import { useHeldUp, useLockWaits } from '../use-locks'
import { Section } from './section'

export function LockSection({ row }: { row: number }) {
  const { layout } = useTraceData()
  const id = spanId(layout.columns, row)
  const waits = useLockWaits().filter(wait => wait.span === id)
  const heldUp = useHeldUp().filter(wait => wait.holder.span === id)
  const runs = layout.columns.running[row] === RUNNING
  return (
    <>
      {waits.length > 0 && (
        <Section title={runs ? 'Waiting for a lock' : 'Waited for a lock'} tone="warn">
          {waits.map(wait => (
            <p key={wait.id}>
              {runs ? 'waiting' : 'waited'} <span className="strong">{duration(wait.waited)}</span> for a lock on{' '}
              <span className="strong">{wait.table || 'a table'}</span>
              {wait.mode && <span className="dim"> ({wait.mode})</span>} held by <Holder wait={wait} />
            </p>
          ))}
        </Section>
      )}
      {heldUp.length > 0 && (
        <Section title={runs ? 'Others wait for its lock' : 'Others waited for its lock'} tone="warn">
          {heldUp.map(wait => (
            <p key={wait.id}>
              <Waiter wait={wait} /> waited <span className="strong">{duration(wait.waited)}</span> for{' '}
              <span className="strong">{wait.table || 'a table'}</span>
            </p>
          ))}
        </Section>
      )}
    </>
  )
}

function Holder({ wait: { holder } }: { wait: LockWait }) {
  if (!holder.trace) return <span className="strong">{holder.name || 'a session that is not traced'}</span>
  return (
    <Link to="/traces/$id" params={{ id: holder.trace }} search={holder.span ? { span: holder.span } : {}}>
      {holder.name || holder.span}
    </Link>
  )
}

function Waiter({ wait: { trace, span, name } }: { wait: LockWait }) {
  if (!trace) return <span>{name}</span>
  return (
    <Link to="/traces/$id" params={{ id: trace }} search={span ? { span } : {}}>
      {name}
    </Link>
  )
}
