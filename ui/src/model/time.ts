/** Instants: unix nanoseconds, as strings on the wire and bigint here; a trace's inside is plain numbers, ns after its start. */

const DAY_MS = 86_400_000

export function instant(text: string): bigint {
  return BigInt(text)
}

/** Nanoseconds from `origin` to `at`. Exact up to 104 days; beyond that rounded to what a double holds. */
export function after(origin: bigint, at: string): number {
  return Number(BigInt(at) - origin)
}

export function milliseconds(at: bigint): number {
  return Number(at / 1_000_000n)
}

function two(n: number, width = 2): string {
  return String(n).padStart(width, '0')
}

/** `14:02:11.204`, in the browser's zone. */
export function clock(at: bigint): string {
  const date = new Date(milliseconds(at))
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
  return `${time}.${two(date.getMilliseconds(), 3)}`
}

/** `2026-11-23`, in the browser's zone. */
export function day(at: bigint): string {
  const date = new Date(milliseconds(at))
  return `${two(date.getFullYear(), 4)}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}

/** The clock alone when that is unambiguous (within the last day), else with its date. */
export function moment(at: bigint, nowMs: number): string {
  return Math.abs(nowMs - milliseconds(at)) < DAY_MS / 2 ? clock(at) : `${day(at)} ${clock(at)}`
}

/** As wide as a clock in every case: of other days the date and the minute, of other years the date alone. */
export function narrow(at: bigint, nowMs: number): string {
  if (moment(at, nowMs) === clock(at)) return clock(at)
  const sameYear = new Date(milliseconds(at)).getFullYear() === new Date(nowMs).getFullYear()
  return sameYear ? `${day(at).slice(5)} ${clock(at).slice(0, 5)}` : day(at)
}

/** For a tooltip: local and UTC to the nanosecond, and how long ago. */
export function everything(at: bigint, nowMs: number): string {
  const utc = new Date(milliseconds(at)).toISOString().replace(/\.\d+Z$/, '')
  const fraction = two(Number(at % 1_000_000_000n), 9)
  return `${day(at)} ${clock(at)}\n${utc}.${fraction}Z\n${ago(milliseconds(at), nowMs)}`
}

const STEPS: readonly (readonly [number, string])[] = [
  [365 * DAY_MS, 'year'],
  [DAY_MS, 'day'],
  [3_600_000, 'hour'],
  [60_000, 'minute'],
  [1000, 'second'],
]

export function ago(thenMs: number, nowMs: number): string {
  const distance = Math.abs(nowMs - thenMs)
  const step = STEPS.find(([ms]) => distance >= ms)
  if (!step) return 'just now'
  const n = Math.floor(distance / step[0])
  const words = `${n} ${step[1]}${n === 1 ? '' : 's'}`
  return nowMs >= thenMs ? `${words} ago` : `in ${words}`
}

/** The end of an axis that is `ms` long: the clock, with its date where the axis is longer than a day. */
export function axisTime(at: number, ms: number): string {
  const ns = BigInt(Math.round(at)) * 1_000_000n
  const time = clock(ns).slice(0, ms < 600_000 ? 8 : 5)
  return ms > DAY_MS ? `${day(ns).slice(5)} ${time}` : time
}
