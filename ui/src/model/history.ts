/** How long a span took beside others of its name. */

export interface Peer {
  trace_id: string
  span_id: string
  duration: number
}

export interface History {
  count: number
  /** How many of the others were shorter, and how many longer. */
  shorter: number
  longer: number
  median: Peer
  slowest: Peer
  /** Durations in ascending order. */
  durations: number[]
}

/** Among fewer there is no telling what is slow. */
const LEAST = 5

/** Null among too few. The span itself is none of the others. */
export function historyOf(peers: readonly Peer[], own: Peer): History | null {
  const others = peers
    .filter(peer => peer.span_id !== own.span_id || peer.trace_id !== own.trace_id)
    .sort((a, b) => a.duration - b.duration)
  const slowest = others.at(-1)
  if (others.length < LEAST || !slowest) return null
  return {
    count: others.length,
    shorter: others.filter(peer => peer.duration < own.duration).length,
    longer: others.filter(peer => peer.duration > own.duration).length,
    median: others[Math.floor((others.length - 1) / 2)],
    slowest,
    durations: others.map(peer => peer.duration),
  }
}

/** `slower than 97 of the last 100`, `faster than all of the last 20`. */
export function rankWords({ count, shorter, longer }: History): string {
  const slower = shorter >= longer
  const beaten = slower ? shorter : longer
  if (beaten === 0) return `as long as the last ${count}`
  return `${slower ? 'slower' : 'faster'} than ${beaten === count ? 'all' : beaten} of the last ${count}`
}

/** Where each duration stands on a logarithmic line from 0 to 1 that holds all of them. */
export function strip(durations: readonly number[], own: number): { others: number[]; own: number } {
  const all = [...durations, own].map(duration => Math.log(Math.max(1, duration)))
  const least = Math.min(...all)
  const width = Math.max(...all) - least
  const placed = all.map(at => (width > 0 ? (at - least) / width : 0.5))
  return { others: placed.slice(0, -1), own: placed[placed.length - 1] }
}
