/** What changed between a stretch of time and the one before it. */
import type { ServiceRow } from './api'
import type { Range } from './range'

/** The stretch as long as the range, right before it. */
export function preceding(range: Range, nowMs: number): Range {
  const [from, to] = 'last' in range ? [nowMs - range.last, nowMs] : [range.from, range.to]
  return { from: from - (to - from), to: from }
}

export interface Change {
  /** Now over before; null where one of the two is not known. */
  rate: number | null
  p95: number | null
  /** Now less before, as a share of requests. */
  errors: number | null
  /** How much of all that is worth looking at; what sorts the table. */
  score: number
}

type Figures = Pick<ServiceRow, 'rate' | 'error_rate' | 'count' | 'p95'>

/** Fewer requests than this say little: their change counts less. */
const ENOUGH = 20

export function changeOf(now: Figures, before: Figures | undefined): Change {
  if (!before?.count || !now.count)
    return { rate: null, p95: null, errors: null, score: before?.count || now.count ? 0.5 : 0 }
  const rate = now.rate / before.rate
  const p95 = now.p95 && before.p95 ? now.p95 / before.p95 : null
  const errors = now.error_rate - before.error_rate
  const trust = Math.min(1, Math.min(now.count, before.count) / ENOUGH)
  // Ten points of errors weigh as much as a doubled duration, and a doubled rate half as much; better counts less than worse.
  const slower = p95 ? Math.log2(p95) : 0
  const score = side(errors * 10) + side(slower) + Math.abs(Math.log2(rate)) / 2
  return { rate, p95, errors, score: score * trust }
}

function side(value: number): number {
  return value > 0 ? value : -value / 3
}

const WORTH = 1.25

/** `×2.1`, or nothing where it is about the same. */
export function ratioText(ratio: number | null): string {
  if (ratio === null || (ratio < WORTH && ratio > 1 / WORTH)) return ''
  return ratio >= 1 ? `×${ratio < 9.95 ? ratio.toFixed(1) : Math.round(ratio)}` : `÷${(1 / ratio).toFixed(1)}`
}

/** `+4.2 pp`, percentage points of all requests. */
export function pointsText(difference: number | null): string {
  if (difference === null || Math.abs(difference) < 0.005) return ''
  return `${difference > 0 ? '+' : '−'}${(Math.abs(difference) * 100).toFixed(1)}\u00a0pp`
}
