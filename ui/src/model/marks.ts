/** Log records and events as marks on a bar: near ones merge into one with a count. */
import { SEVERITIES } from './columns'

/** How far a mark reaches to the right of its first member, air included: a dot, or a pill as wide as its count. */
export function reachPx(count: number): number {
  return count > 1 ? 13 + 6 * String(count).length : 11
}

export interface Mark {
  /** ns after the trace's start: where it stands. */
  at: number
  count: number
  /** The worst of its members, and the first of that severity: what a click selects. */
  severity: number
  worst: number
  /** Indices of its members in the list that was clustered, in order of time. */
  members: readonly number[]
}

/**
 * Merges from the left: a mark takes in what follows within its reach. It depends on the scale alone, so that marks
 * stand still while the picture is moved.
 *
 * @param at instants of the list, ns; @param indices the part of it to cluster; @param scale ns per pixel
 */
export function cluster(at: Float64Array, severity: Uint8Array, indices: number[], scale: number): Mark[] {
  const sorted = indices.sort((a, b) => at[a] - at[b] || a - b)
  const marks: Mark[] = []
  for (let i = 0; i < sorted.length; ) {
    let to = i + 1
    while (to < sorted.length && at[sorted[to]] <= at[sorted[i]] + reachPx(to - i) * scale) to++
    marks.push(markOf(at, severity, sorted.slice(i, to)))
    i = to
  }
  return marks
}

function markOf(at: Float64Array, severity: Uint8Array, members: number[]): Mark {
  let worst = members[0]
  for (const member of members) if (severity[member] > severity[worst]) worst = member
  return { at: at[members[0]], count: members.length, severity: severity[worst], worst, members }
}

export type Tone = 'plain' | 'warn' | 'error'

/** Three looks are enough: hollow, amber, red. */
export function tone(severity: number): Tone {
  if (severity >= SEVERITIES.indexOf('error')) return 'error'
  return severity >= SEVERITIES.indexOf('warn') ? 'warn' : 'plain'
}
