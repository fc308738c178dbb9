/** Patterns of log bodies: which are news, and a filter for the records of one. */
import type { PatternRow } from './api'
import { quote } from './filter'
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

/** The longest run of words that never varies finds the records, as a phrase; an expression would have to scan. */
export function patternFilter(filter: string, template: string): string {
  const runs = template
    .split(/<[^<>\s]*>|\*/)
    .map(run => run.match(/[\p{L}\p{N}][\s\S]*[\p{L}\p{N}]|[\p{L}\p{N}]/u)?.[0] ?? '')
  const longest = runs.reduce((best, run) => (run.length > best.length ? run : best), '')
  return [filter.trim(), longest && quote(longest)].filter(Boolean).join(' ')
}
