/** A trace's shape: drawn as soon as it is here, explained when its facts are. */
import type { DrawnFacts, Shape } from '../../model/api'
import { columnsOfShape, withFacts } from '../../model/columns'
import { layOut } from '../../model/layout'
import { buildRows, PLAIN_VIEW } from '../../model/rows'
import { fetchBytes, Problem } from '../ask'
import { WHOLE_SPANS } from '../data'
import type { LaidOut } from './layout.worker'

/** Below this a worker takes longer to start than the work takes (some 20 ms). */
const LARGE_BYTES = 1_000_000

interface Drawer {
  draw: (bytes: ArrayBuffer) => Promise<LaidOut>
  close: () => void
}

/**
 * `early` is handed the picture before the facts are known; of a large trace they take a while to find. Of a small one
 * they are not asked for: it is fetched whole next, facts included.
 */
export async function loadShape(id: string, signal: AbortSignal, early: (drawn: LaidOut) => void): Promise<LaidOut> {
  const shape = await fetchBytes(`/api/traces/${id}/shape`, { params: { facts: 'false' }, signal })
  const drawer = shape.byteLength > LARGE_BYTES ? inWorker(signal) : inPage()
  try {
    const drawn = await drawer.draw(shape)
    if (isSmall(drawn)) return drawn
    early(drawn)
    return await drawer.draw(await fetchBytes(`/api/traces/${id}/facts`, { signal }))
  } finally {
    drawer.close()
  }
}

/** The server gives a whole trace with at most so many log records. */
export const WHOLE_LOGS = 10_000

function isSmall({ layout: { columns, logs } }: LaidOut): boolean {
  return columns.count <= WHOLE_SPANS && logs.at.length <= WHOLE_LOGS
}

function inPage(): Drawer {
  const read = (bytes: ArrayBuffer) => JSON.parse(new TextDecoder().decode(bytes))
  let shape: Shape | null = null
  return {
    draw: async bytes => {
      const facts: DrawnFacts | null = shape && read(bytes)
      shape ??= read(bytes) as Shape
      const columns = columnsOfShape(shape)
      const layout = layOut(facts ? withFacts(columns, facts) : columns)
      return { layout, rows: buildRows(layout, PLAIN_VIEW), facts }
    },
    close: () => {},
  }
}

function inWorker(signal: AbortSignal): Drawer {
  const worker = new Worker(new URL('./layout.worker.ts', import.meta.url), { type: 'module' })
  const draw = (bytes: ArrayBuffer) =>
    new Promise<LaidOut>((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true })
      worker.onerror = () => reject(new Problem('The picture could not be laid out.', 0, 'worker'))
      worker.onmessage = ({ data }: MessageEvent<LaidOut>) => resolve(data)
      worker.postMessage(bytes, [bytes])
    })
  return { draw, close: () => worker.terminate() }
}
