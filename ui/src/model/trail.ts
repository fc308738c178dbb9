/** The time ranges that somebody looked at, in order, and where in them one is: what zooming back and forward walks along. */

export interface Trail {
  readonly ranges: readonly string[]
  readonly at: number
}

export const NO_TRAIL: Trail = { ranges: [], at: -1 }
const MOST = 50

/** One step along the trail is a step; anything else begins a new way from here. */
export function walk(trail: Trail, range: string): Trail {
  const { ranges, at } = trail
  if (ranges[at] === range) return trail
  if (ranges[at - 1] === range) return { ranges, at: at - 1 }
  if (ranges[at + 1] === range) return { ranges, at: at + 1 }
  const walked = [...ranges.slice(0, at + 1), range].slice(-MOST)
  return { ranges: walked, at: walked.length - 1 }
}

export function earlier({ ranges, at }: Trail): string | undefined {
  return ranges[at - 1]
}

export function later({ ranges, at }: Trail): string | undefined {
  return ranges[at + 1]
}
