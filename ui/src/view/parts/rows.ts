/** A virtual list: only what is on screen is in the document, and what one reads stays where it is. */
import { useVirtualizer } from '@tanstack/react-virtual'
import { type RefObject, useEffect, useLayoutEffect, useRef } from 'react'

const ROW = 24
/** So many rows before the end, more are asked for. */
const AHEAD = 30

interface List {
  scroller: RefObject<HTMLDivElement | null>
  ids: readonly string[]
  more: () => void
  offset?: number
}

export function useRows({ scroller, ids, more, offset = 0 }: List) {
  const rows = useVirtualizer({
    count: ids.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    getItemKey: index => ids[index],
    initialOffset: offset,
    overscan: 8,
  })
  const last = rows.getVirtualItems().at(-1)?.index ?? 0
  useEffect(() => {
    if (last + AHEAD > ids.length) more()
  }, [last, ids.length, more])
  useSteady(scroller, ids, came => rows.measurementsCache[came]?.start ?? came * ROW)
  return rows
}

/** Rows that come in above push nothing down, unless one is at the very top and watches them come. */
function useSteady(
  scroller: RefObject<HTMLDivElement | null>,
  ids: readonly string[],
  heightOf: (rows: number) => number,
) {
  const latest = useRef(heightOf)
  latest.current = heightOf
  const top = useRef(ids[0])
  useLayoutEffect(() => {
    const came = top.current === undefined || ids[0] === top.current ? 0 : ids.indexOf(top.current)
    top.current = ids[0]
    const element = scroller.current
    if (came > 0 && element && element.scrollTop > 0) element.scrollTop += latest.current(came)
  }, [ids, scroller])
}
