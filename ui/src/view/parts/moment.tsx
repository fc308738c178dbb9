import { clock, everything, moment, narrow } from '../../model/time'
import { serverNow } from '../ask'

const AS = { clock: (at: bigint) => clock(at), narrow, full: moment }

/** An instant, with date, UTC and distance on hover: the clock alone, in a column as wide as a clock, or in full. */
export function Moment({ at, as = 'full' }: { at: string; as?: keyof typeof AS }) {
  const ns = BigInt(at)
  const now = serverNow()
  return (
    <time className="number" title={everything(ns, now)}>
      {AS[as](ns, now)}
    </time>
  )
}
