/** Where all there is lies at the end of a long range: since when there is any, and the shorter range that holds it. */
import { type Range, rangeLabel, readRange, shorterRange } from '../../model/range'
import { axisTime } from '../../model/time'
import { serverNow } from '../ask'
import { useRange } from '../frame/range'

/** `first`: the instant (ms) before which there is nothing; null while that is not known. */
export function Since({ first, className = '' }: { first: number | null; className?: string }) {
  const [range, setRange] = useRange()
  const shorter = first === null ? null : shorterRange(range, first, serverNow())
  if (first === null || !shorter) return null
  const wanted = readRange(shorter, serverNow()) as Range
  return (
    <span className={`since dim ${className}`}>
      nothing before {axisTime(first, 0)} ·{' '}
      <button
        type="button"
        className="link"
        onPointerDown={event => event.stopPropagation()}
        onClick={() => setRange(wanted)}
      >
        show the {rangeLabel(wanted)}
      </button>
    </span>
  )
}
