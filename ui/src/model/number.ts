/** Numbers for people: three significant digits, a unit, a no-break space between the two. */

const SPACE = '\u00a0'

/** `1.52`, `12.4`, `830`: three significant digits of a value below 1,000, no exponent. */
export function significant(value: number): string {
  if (value === 0) return '0'
  if (Math.abs(value) < 0.01) return value.toPrecision(1)
  // Rounded before its digits are counted: 99.95 has one more than it seems.
  const rounded = Number(value.toPrecision(3))
  const digits = Math.max(0, Math.min(2, 2 - Math.floor(Math.log10(Math.abs(rounded)))))
  return rounded.toFixed(digits)
}

/** The largest unit in which the value, once rounded, is at least 1; 999.6 µs is `1.00 ms`, not `1000 µs`. */
function scaled(value: number, units: readonly (readonly [number, string])[]): string {
  const size = Math.abs(value)
  const last = units[units.length - 1] as readonly [number, string]
  const [step, unit] = units.find(([step]) => size >= step * 0.9995) ?? last
  return `${significant(value / step)}${SPACE}${unit}`.trimEnd()
}

const DURATION = [
  [1e9, 's'],
  [1e6, 'ms'],
  [1e3, 'µs'],
] as const

/** Nanoseconds as `830 µs`, `1.52 s`, `4 min 12 s`, `2 h 5 min`, `3 d 4 h`, `530 y`. */
export function duration(ns: number | null): string {
  if (ns === null || !Number.isFinite(ns)) return '–'
  if (ns < 0) return `−${duration(-ns)}`
  const seconds = Math.round(ns / 1e9)
  if (ns < 59.95e9) return ns < 999.5 ? `${Math.round(ns)}${SPACE}ns` : scaled(ns, DURATION)
  if (seconds < 3600) return pair(seconds, 60, 'min', 1, 's')
  if (seconds < 86_400) return pair(seconds, 3600, 'h', 60, 'min')
  if (seconds < YEAR) return pair(seconds, 86_400, 'd', 3600, 'h')
  return pair(seconds, YEAR, 'y', 86_400, 'd')
}

const YEAR = 31_557_600

/** How long after a beginning: `0`, `1.20 s`. */
export function offset(ns: number): string {
  return ns === 0 ? '0' : duration(ns)
}

function pair(seconds: number, big: number, bigUnit: string, small: number, smallUnit: string): string {
  const whole = Math.floor(seconds / big)
  const rest = Math.floor((seconds % big) / small)
  const head = `${whole}${SPACE}${bigUnit}`
  return rest ? `${head}${SPACE}${rest}${SPACE}${smallUnit}` : head
}

const COUNT = [
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
] as const

/** Exact below 10,000 (`1,234`), then `12.4 k`, `3.10 M`. */
export function count(value: number): string {
  if (Math.abs(value) < 1000 && !Number.isInteger(value)) return significant(value)
  if (Math.abs(value) < 10_000) return grouped(Math.round(value))
  return scaled(value, COUNT)
}

function grouped(value: number): string {
  return value.toLocaleString('en-US')
}

const BYTES = [
  [1e12, 'TB'],
  [1e9, 'GB'],
  [1e6, 'MB'],
  [1e3, 'kB'],
  [1, 'B'],
] as const

export function bytes(value: number): string {
  return value < 1000 ? `${Math.round(value)}${SPACE}B` : scaled(value, BYTES)
}

/** A share between 0 and 1 as `71 %`, `0.4 %`; what is there but rounds to nothing is `<0.1 %`. */
export function percent(share: number): string {
  const value = share * 100
  if (value > 0 && value < 0.1) return `<0.1${SPACE}%`
  return `${value !== 0 && value < 9.95 ? value.toFixed(1).replace('.0', '') : Math.round(value)}${SPACE}%`
}

/** Per second, below one per second per minute, so that a slow service is not `0.02 /s`. */
export function rate(perSecond: number): string {
  if (perSecond === 0) return '0'
  return perSecond < 0.995 ? `${significant(perSecond * 60)}${SPACE}/min` : `${count(perSecond)}${SPACE}/s`
}

export function plural(n: number, one: string, many = `${one}s`): string {
  return `${count(n)}${SPACE}${n === 1 ? one : many}`
}
