import { useEffect, useRef } from 'react'
import type { Stage } from '../stage'
import type { Sheet } from './sheet'

/** The view on screen says how it is put on paper. */
export function useSheet(stage: Stage, make: () => Sheet) {
  const latest = useRef(make)
  latest.current = make
  useEffect(() => {
    const own = () => latest.current()
    stage.sheet = own
    return () => {
      if (stage.sheet === own) stage.sheet = null
    }
  }, [stage])
}
