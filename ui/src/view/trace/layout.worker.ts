/** Lays out a shape, so that 100,000 spans never stop the page. */
import { laidOut } from '../../model/shape'

self.onmessage = ({ data: { shape, now } }: MessageEvent<{ shape: ArrayBuffer; now: bigint }>) => {
  const drawn = laidOut(shape, now)
  self.postMessage(drawn, { transfer: [...buffersIn(drawn)] })
}

/** What is handed over instead of copied: a layout is mostly columns of numbers. */
function buffersIn(value: unknown, found = new Set<ArrayBuffer>()): Set<ArrayBuffer> {
  if (ArrayBuffer.isView(value)) found.add(value.buffer as ArrayBuffer)
  else if (isRecord(value)) for (const each of Object.values(value)) buffersIn(each, found)
  return found
}

function isRecord(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
