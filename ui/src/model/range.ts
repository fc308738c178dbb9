/** The time range that a page asks about: relative to now, or between two instants. Its text is what the URL holds. */

export type Range = { last: number } | { from: number; to: number }

const UNIT_MS: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }
const DAY_MS = 86_400_000

export const DEFAULT_RANGE: Range = { last: UNIT_MS.h as number }
export const PRESETS = ['5m', '15m', '30m', '1h', '3h', '12h', '1d', '3d', '7d', '30d']

/**
 * Reads what people type: `2h`, `last 15 min`, `14:00-14:30`, `today`, `yesterday`, `2026-11-23`,
 * `2026-11-23 14:00 - 2026-11-23 15:00`, and what URLs hold (`from..to`, RFC 3339). Null when it is none of these.
 */
export function readRange(text: string, nowMs: number): Range | null {
  const typed = text.trim().toLowerCase().replaceAll('–', '-')
  return readLast(typed) ?? readDay(typed, nowMs) ?? readBetween(text.trim().replaceAll('–', '-'), nowMs)
}

function readLast(typed: string): Range | null {
  const match = /^(?:last\s+)?(\d+(?:\.\d+)?)\s*(s|m|h|d|w)[a-z]*$/.exec(typed)
  if (!match) return null
  const last = Number(match[1]) * (UNIT_MS[match[2] as string] as number)
  return last > 0 ? { last } : null
}

function readDay(typed: string, nowMs: number): Range | null {
  const midnight = new Date(nowMs).setHours(0, 0, 0, 0)
  if (typed === 'today') return { from: midnight, to: nowMs }
  if (typed === 'yesterday') return { from: new Date(midnight - DAY_MS / 2).setHours(0, 0, 0, 0), to: midnight }
  const match = /^(\d{4})-(\d\d)-(\d\d)$/.exec(typed)
  if (!match) return null
  const [year, month, date] = match.slice(1).map(Number) as [number, number, number]
  const from = new Date(year, month - 1, date)
  // A 31st of February would be a day of March.
  if (from.getMonth() !== month - 1 || from.getDate() !== date) return null
  return { from: from.getTime(), to: new Date(year, month - 1, date + 1).getTime() }
}

function readBetween(text: string, nowMs: number): Range | null {
  const parts = text.split(/\s*\.\.\s*|\s+-\s+|\s+to\s+|(?<=^\d\d?:\d\d(?::\d\d)?)-/i)
  if (parts.length !== 2) return null
  const [from, to] = parts.map(part => readMoment(part, nowMs)) as [number, number]
  return from < to ? { from, to } : null
}

function readMoment(text: string, nowMs: number): number {
  if (text.trim().toLowerCase() === 'now') return nowMs
  const time = /^(\d\d?):(\d\d)(?::(\d\d))?$/.exec(text.trim())
  if (!time) return Date.parse(text)
  const [hours, minutes, seconds] = time.slice(1).map(part => Number(part ?? 0)) as [number, number, number]
  return new Date(nowMs).setHours(hours, minutes, seconds, 0)
}

/** The shortest text that `readRange` turns back into the same range. */
export function writeRange(range: Range): string {
  if ('from' in range) return `${new Date(range.from).toISOString()}..${new Date(range.to).toISOString()}`
  const [unit, ms] = Object.entries(UNIT_MS)
    .filter(([unit, ms]) => unit !== 'w' && range.last % ms === 0)
    .at(-1) ?? ['s', 1000]
  return `${range.last / ms}${unit}`
}

export function rangeLabel(range: Range): string {
  if ('last' in range)
    return `last ${writeRange(range)
      .replace(/m$/, 'min')
      .replace(/(\D+)$/, '\u00a0$1')}`
  const from = new Date(range.from)
  const to = new Date(range.to)
  const date = (at: Date) => at.toLocaleDateString(undefined, { month: 'short', day: 'numeric' })
  const time = (at: Date) => at.toTimeString().slice(0, at.getSeconds() ? 8 : 5)
  const end = date(from) === date(to) ? time(to) : `${date(to)} ${time(to)}`
  return `${date(from)} ${time(from)} – ${end}`
}

/** As the API takes it: unix nanoseconds, or relative so that the server's clock decides. */
export function rangeParams(range: Range): { start: string; end?: string } {
  if ('last' in range) return { start: `now-${Math.round(range.last / 1000)}s` }
  return {
    start: `${BigInt(Math.round(range.from)) * 1_000_000n}`,
    end: `${BigInt(Math.round(range.to)) * 1_000_000n}`,
  }
}

/** Of a range that is empty for most of its length: the shortest preset that still holds what came since `first`. */
export function shorterRange(range: Range, first: number, nowMs: number): string | null {
  if ('from' in range || nowMs - first > range.last * MOSTLY_EMPTY) return null
  const lasts = (preset: string) => (readLast(preset) as { last: number }).last
  const preset = PRESETS.find(each => lasts(each) >= nowMs - first)
  return preset && lasts(preset) < range.last ? preset : null
}

/** Data in less than this share of a chart is a sliver at its edge. */
const MOSTLY_EMPTY = 0.4

export function rangeMs(range: Range, nowMs: number): { from: number; to: number } {
  return 'last' in range ? { from: nowMs - range.last, to: nowMs } : range
}
