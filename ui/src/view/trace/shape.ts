/** A trace's shape: of a large one it is all that is fetched, of a small one what is shown until it is here whole. */
import { RUNNING } from '../../model/columns'
import { type LaidOut, laidOut } from '../../model/shape'
import { fetchBytes, Problem, serverNowNs } from '../ask'

/** Below this a worker takes longer to start than the work takes (some 20 ms). */
const LARGE_BYTES = 1_000_000

/** What came last, so that what has not changed is not laid out again; of larger ones no copy is kept. */
let last: { id: string; bytes: Uint8Array; made: LaidOut } | null = null
const KEPT_BYTES = 16_000_000

export async function loadShape(id: string, signal: AbortSignal): Promise<LaidOut> {
  const shape = await fetchBytes(`/api/traces/${id}/shape`, { params: { facts: 'false' }, signal })
  const bytes = new Uint8Array(shape.slice(0, shape.byteLength <= KEPT_BYTES ? undefined : 0))
  if (last?.id === id && isSame(last.bytes, bytes) && !last.made.layout.columns.running.includes(RUNNING))
    return last.made
  const made = shape.byteLength > LARGE_BYTES ? await inWorker(shape, signal) : laidOut(shape, serverNowNs())
  last = bytes.length ? { id, bytes, made } : null
  return made
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

function inWorker(shape: ArrayBuffer, signal: AbortSignal): Promise<LaidOut> {
  const worker = new Worker(new URL('./layout.worker.ts', import.meta.url), { type: 'module' })
  const drawn = new Promise<LaidOut>((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    worker.onerror = () => reject(new Problem('The picture could not be laid out.', 0, 'worker'))
    worker.onmessage = ({ data }: MessageEvent<LaidOut>) => resolve(data)
    worker.postMessage({ shape, now: serverNowNs() }, [shape])
  })
  return drawn.finally(() => worker.terminate())
}
