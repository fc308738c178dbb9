/** A trace's shape: of a large one it is all that is fetched, of a small one what is shown until it is here whole. */
import { type LaidOut, laidOut } from '../../model/shape'
import { fetchBytes, Problem } from '../ask'

/** Below this a worker takes longer to start than the work takes (some 20 ms). */
const LARGE_BYTES = 1_000_000

export async function loadShape(id: string, signal: AbortSignal): Promise<LaidOut> {
  const shape = await fetchBytes(`/api/traces/${id}/shape`, { params: { facts: 'false' }, signal })
  return shape.byteLength > LARGE_BYTES ? inWorker(shape, signal) : laidOut(shape)
}

function inWorker(shape: ArrayBuffer, signal: AbortSignal): Promise<LaidOut> {
  const worker = new Worker(new URL('./layout.worker.ts', import.meta.url), { type: 'module' })
  const drawn = new Promise<LaidOut>((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    worker.onerror = () => reject(new Problem('The picture could not be laid out.', 0, 'worker'))
    worker.onmessage = ({ data }: MessageEvent<LaidOut>) => resolve(data)
    worker.postMessage(shape, [shape])
  })
  return drawn.finally(() => worker.terminate())
}
