import { clock, everything, moment } from '../../model/time'

/** An instant: the clock, with date, UTC and distance on hover. */
export function Moment({ at, short = false }: { at: string; short?: boolean }) {
  const ns = BigInt(at)
  const now = Date.now()
  return (
    <time className="number" title={everything(ns, now)}>
      {short ? clock(ns) : moment(ns, now)}
    </time>
  )
}
