/** What a server without a trace has heard of so far: whoever sends something else, or in vain, sees that it came. */
import type { Status } from './api'
import { plural } from './number'

export function heardOf(status: Pick<Status, 'signals'> | undefined): string {
  const { traces, logs, metrics } = status?.signals ?? {}
  const refused = [traces, logs, metrics].find(signal => signal?.rejected)
  if (refused) return `what came was refused: ${refused.last_error ?? 'the server could not read it'}`
  const came = [
    logs?.received ? plural(logs.received, 'log record') : '',
    metrics?.received ? plural(metrics.received, 'metric point') : '',
  ].filter(Boolean)
  return came.length ? `${came.join(' and ')} so far, no trace yet` : 'nothing yet'
}
