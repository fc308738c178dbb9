/** Patterns of log bodies: which are news. */
import type { PatternRow } from './api'
import { milliseconds } from './time'

/** First seen in this last part of the range, a pattern is news. */
const NEWS_SHARE = 0.75

export function byNews(
  patterns: readonly PatternRow[],
  from: number,
  to: number,
): { pattern: PatternRow; fresh: boolean }[] {
  const since = to - (to - from) * NEWS_SHARE
  const oldest = Math.min(...patterns.map(pattern => milliseconds(BigInt(pattern.first_seen))))
  const rows = patterns.map(pattern => {
    const first = milliseconds(BigInt(pattern.first_seen))
    // Where all there is has just begun, nothing in it is newer than the rest.
    return { pattern, fresh: first >= since && first > oldest + (to - oldest) / 10 }
  })
  return rows.sort((a, b) => Number(b.fresh) - Number(a.fresh) || b.pattern.count - a.pattern.count)
}
