/** Where there is nothing: what may be misspelt, the nearest thing that exists, or how the first of it comes. */
import { Link } from '@tanstack/react-router'
import { type Range, readRange } from '../../model/range'
import { ago, milliseconds } from '../../model/time'
import { serverNow } from '../ask'
import { useNewestTrace } from '../data'
import { useRange } from '../frame/range'
import { said } from './notice'

/** `hint`: the server's, about the filter. */
export function Elsewhere({ hint }: { hint?: string }) {
  return (
    <>
      {hint && <p>{said(hint)}</p>}
      <Newest />
    </>
  )
}

function Newest() {
  const [, setRange] = useRange()
  const { data } = useNewestTrace(true)
  const newest = data?.traces[0]
  if (!data) return null
  if (!newest)
    return (
      <p>
        Nothing is stored yet. <Link to="/traces">How to send the first trace</Link>
      </p>
    )
  return (
    <p>
      The newest trace is{' '}
      <Link to="/traces/$id" params={{ id: newest.trace_id }}>
        {newest.name} in {newest.service}
      </Link>
      , {ago(milliseconds(BigInt(newest.start)), serverNow())}.{' '}
      <button type="button" onClick={() => setRange(readRange('7d', serverNow()) as Range)}>
        Look at the last 7 days
      </button>
    </p>
  )
}
