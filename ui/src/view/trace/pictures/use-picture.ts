/** Lays out the pictures that are not the waterfall: in the page where that takes no time, else in a worker. */
import { useEffect, useMemo, useState } from 'react'
import type { Boxes } from '../../../model/boxes'
import { type Calls, leftHeavy, type Merged } from '../../../model/calls'
import { timeFlame } from '../../../model/lanes'
import type { Layout } from '../../../model/layout'
import { type Call, type Sandwich, sandwich } from '../../../model/sandwich'
import { useTraceData } from '../data'
import type { Wanted } from './pictures.worker'

/** More spans than this take longer than a frame or two. */
const IN_PAGE = 20_000

export function useTimeFlame(layout: Layout): Boxes | null {
  return usePicture(layout, 'flame', null, timeFlame)
}

export function useLeftHeavy(layout: Layout): { calls: Calls; boxes: Boxes } | null {
  return usePicture(layout, 'left-heavy', null, leftHeavy)
}

export function useSandwich(layout: Layout, call: Call): Sandwich | null {
  return usePicture(layout, 'sandwich', call, merged => sandwich(merged, call))
}

function usePicture<T>(layout: Layout, what: Wanted['what'], call: Call | null, make: (of: Merged) => T): T | null {
  // A saved page has no worker's file beside it.
  const { local } = useTraceData()
  const large = layout.columns.count > IN_PAGE && !local
  // biome-ignore lint/correctness/useExhaustiveDependencies: `make` follows from `what` and `call`
  const here = useMemo(() => (large ? null : make(layout)), [large, layout, what, call])
  const [there, setThere] = useState<{ of: unknown; made: T } | null>(null)
  const of = useMemo(() => ({ layout, what, call }), [layout, what, call])
  useEffect(() => {
    if (!large) return
    const worker = new Worker(new URL('./pictures.worker.ts', import.meta.url), { type: 'module' })
    worker.onmessage = ({ data }: MessageEvent<T>) => setThere({ of, made: data })
    worker.postMessage({ what: of.what, call: of.call, merged: without(of.layout) } satisfies Wanted)
    return () => worker.terminate()
  }, [large, of])
  return here ?? (there?.of === of ? there.made : null)
}

/** What crosses to the worker: columns of numbers, no texts of log records. */
function without({ columns, tree, start, end, self }: Layout): Merged {
  const { name, service, error, names, services, count } = columns
  return { columns: { name, service, error, names, services, count }, tree, start, end, self }
}
