/** The time range of the page, as its URL holds it, and the ranges before it. */
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback, useEffect, useMemo, useSyncExternalStore } from 'react'
import { DEFAULT_RANGE, type Range, readRange, writeRange } from '../../model/range'
import { earlier, later, NO_TRAIL, walk } from '../../model/trail'
import { serverNow } from '../ask'

const DEFAULT_TEXT = writeRange(DEFAULT_RANGE)

export function useRange(): [Range, (range: Range) => void] {
  const { range: text } = useSearch({ from: '__root__' })
  const setText = useSetText()
  const range = useMemo(() => (text && readRange(text, serverNow())) || DEFAULT_RANGE, [text])
  const setRange = useCallback((chosen: Range) => setText(writeRange(chosen)), [setText])
  return [range, setRange]
}

function useSetText(): (text: string) => void {
  const navigate = useNavigate()
  return useCallback(
    text =>
      void navigate({
        to: '.',
        search: (before: object) => ({ ...before, range: text === DEFAULT_TEXT ? undefined : text }),
      }),
    [navigate],
  )
}

let trail = NO_TRAIL
const listeners = new Set<() => void>()

function listen(listener: () => void) {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

/** Steps along the ranges of this tab, whatever else was clicked between; undefined where there is none. */
export function useTrail(): { back?: () => void; forward?: () => void } {
  const { range: text = DEFAULT_TEXT } = useSearch({ from: '__root__' })
  const setText = useSetText()
  useEffect(() => {
    trail = walk(trail, text)
    for (const listener of listeners) listener()
  }, [text])
  const seen = useSyncExternalStore(listen, () => trail)
  const to = (range: string | undefined) => range && (() => setText(range))
  return { back: to(earlier(seen)) || undefined, forward: to(later(seen)) || undefined }
}
