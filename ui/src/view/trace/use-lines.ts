import { type RefObject, useEffect, useRef } from 'react'
import { useStage } from './stage'

/** The keys that go from row to row go through this list: `chosen` is its line (or -1), `choose` takes another. */
export function useLines(
  list: RefObject<HTMLElement | null>,
  length: number,
  chosen: number,
  choose: (i: number) => void,
) {
  const stage = useStage()
  const latest = useRef({ length, chosen, choose })
  latest.current = { length, chosen, choose }
  useEffect(() => {
    stage.lines = by => {
      const { length, chosen, choose } = latest.current
      if (length) choose(Math.min(length - 1, Math.max(0, chosen < 0 ? 0 : chosen + by)))
    }
    return () => {
      stage.lines = null
    }
  }, [stage])
  useEffect(() => {
    if (chosen >= 0) list.current?.children[chosen]?.scrollIntoView({ block: 'nearest' })
  }, [list, chosen])
}
