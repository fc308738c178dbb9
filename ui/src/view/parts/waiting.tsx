/** The first answer is not there yet: its room, for how long it has been asked, and a way to stop it. */
import { Asked, Stopped } from './asked'
import { Skeleton } from './notice'

interface Props {
  /** As `Asked` takes them. */
  names: readonly string[]
  rows: number
  answer: { fetchStatus: 'fetching' | 'paused' | 'idle'; refetch: () => unknown }
}

export function Waiting({ names, rows, answer }: Props) {
  if (answer.fetchStatus === 'idle') return <Stopped again={() => void answer.refetch()} />
  return (
    <section>
      <p className="waiting">
        <Asked busy names={names} />
      </p>
      <Skeleton rows={rows} />
    </section>
  )
}
