/** When a service's versions were first seen. */
import type { Line } from './api'
import { number } from './series'
import { milliseconds } from './time'
import { valueText } from './values'

/** The first point of each version but the one that was there at the beginning: that one is no news. */
export function firstSeen(series: readonly Line[]): { at: number; label: string }[] {
  const all = series.flatMap(({ group, points }) => {
    const version = Object.values(group)[0]
    const first = points.filter(([, value]) => number(value) > 0).map(([at]) => milliseconds(BigInt(at)))
    return version && first.length ? [{ at: Math.min(...first), label: valueText(version) }] : []
  })
  const begin = Math.min(...all.map(({ at }) => at))
  return all.filter(({ at }) => at > begin).sort((a, b) => a.at - b.at)
}
