import { Popover } from '@base-ui/react/popover'
import type { Status } from '../../model/api'
import { bytes, count, duration } from '../../model/number'
import { asProblem, clockAhead, UNKNOWN_CALLER } from '../ask'
import { useStatus } from '../data'

/** Whether what is on screen is current: a quiet dot while it is, words when it is not. */
export function ServerState() {
  const { data, error } = useStatus()
  const { word, tone } = stateOf(data, error)
  return (
    <Popover.Root>
      <Popover.Trigger className={`quiet state ${tone}`} aria-label={`Server: ${word}`}>
        <span className="state-dot" aria-hidden="true" /> {word}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner sideOffset={4} align="end" className="above">
          <Popover.Popup className="popup" aria-label="The server">
            {data ? <Details status={data} /> : <p>The server has not answered yet.</p>}
            {error && <p className="error">{error.message}</p>}
            <Clock />
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  )
}

/** Seconds after which what was sent and is not yet shown is worth a word. */
const LAG_S = 5
const JUST_S = 30
const CLOCK_WORTH_MS = 60_000

function stateOf(status: Status | undefined, error: Error | null): { word: string; tone: string } {
  if (asProblem(error).status === UNKNOWN_CALLER) return { word: 'token wanted', tone: 'dim' }
  if (error) return { word: 'no answer', tone: 'error' }
  if (!status) return { word: 'connecting', tone: 'dim' }
  if (!status.engine.up) return { word: 'engine restarting', tone: 'warn' }
  const lag = Math.max(0, ...Object.values(status.signals).map(signal => signal.lag_s))
  if (lag > LAG_S) return { word: `${duration(lag * 1e9)} behind`, tone: 'warn' }
  if (Math.abs(clockAhead()) > CLOCK_WORTH_MS) return { word: 'clocks differ', tone: 'warn' }
  return { word: status.uptime_s < JUST_S ? 'just started' : 'live', tone: 'dim' }
}

/** What is shown is asked for by the server's clock; only typed times need the browser's to be right. */
function Clock() {
  const ahead = clockAhead()
  if (!ahead) return null
  const much = duration(Math.abs(ahead) * 1e6)
  return (
    <p className="hint warn">
      This browser's clock is {much} {ahead > 0 ? 'ahead of' : 'behind'} the server's. Ranges such as “last 1 h” go by
      the server's.
    </p>
  )
}

function Details({ status }: { status: Status }) {
  const { engine, disk } = status
  return (
    <table className="plain">
      <thead>
        <tr>
          <th>since the start</th>
          <th className="right">received</th>
          <th className="right">stored</th>
          <th className="right">behind</th>
        </tr>
      </thead>
      <tbody>
        {Object.entries(status.signals).map(([signal, counts]) => (
          <tr key={signal}>
            <td>{signal}</td>
            <td className="right">{count(counts.received)}</td>
            <td className="right">{count(counts.stored)}</td>
            <td className="right">{duration(counts.lag_s * 1e9)}</td>
          </tr>
        ))}
      </tbody>
      <tfoot>
        <tr>
          <td colSpan={4}>
            trivet {status.version}, up {duration(status.uptime_s * 1e9)} · engine {engine.kind} {engine.version},{' '}
            {bytes(engine.rss_bytes)}, {engine.restarts} restarts
            <br />
            store {bytes(disk.store_bytes)} · spool {bytes(disk.spool_bytes)} · free {bytes(disk.free_bytes)}
          </td>
        </tr>
      </tfoot>
    </table>
  )
}
