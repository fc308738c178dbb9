import { useEffect, useState } from 'react'

/** What takes no longer than this needs no word. */
const SLOW_MS = 300

/** Milliseconds that something has been going on, told ten times a second; null while it is not yet worth a word. */
export function useSlow(busy: boolean): number | null {
  const [ms, setMs] = useState<number | null>(null)
  useEffect(() => {
    if (!busy) return
    const began = performance.now()
    const timer = setInterval(() => {
      const passed = performance.now() - began
      if (passed >= SLOW_MS) setMs(passed)
    }, 100)
    return () => {
      clearInterval(timer)
      setMs(null)
    }
  }, [busy])
  return busy ? ms : null
}
