/** A figure in its unit, as a person reads it. Units are UCUM as OpenTelemetry writes them, and our own `ns`. */
import { bytes, count, duration, percent, significant } from './number'

const SECONDS: Record<string, number> = { ns: 1, us: 1e3, µs: 1e3, ms: 1e6, s: 1e9, min: 60e9, h: 3600e9, d: 86_400e9 }
const BYTES: Record<string, number> = { By: 1, B: 1, KiBy: 1024, kBy: 1000, MiBy: 1024 ** 2, MBy: 1e6, GiBy: 1024 ** 3 }

export function figure(value: number | null, unit: string): string {
  if (value === null || Number.isNaN(value)) return '–'
  if (value === 0) return '0'
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞'
  const perSecond = unit.endsWith('/s') && unit !== '/s' && unit !== '1/s'
  if (perSecond) return `${figure(value, unit.slice(0, -2))}/s`
  if (unit === '/s' || unit === '1/s') return `${small(value)}\u00a0/s`
  if (unit in SECONDS) return duration(value * (SECONDS[unit] as number))
  if (unit in BYTES) return bytes(value * (BYTES[unit] as number))
  if (unit === '%') return percent(value / 100)
  if (unit === 'ratio') return percent(value)
  return small(value)
}

function small(value: number): string {
  return Math.abs(value) < 1000 && !Number.isInteger(value) ? significant(value) : count(value)
}

/** What is counted: `{request}` is a remark for people, `1` says nothing. */
export function unitName(unit: string): string {
  const remark = /^\{(.+)\}(\/s)?$/.exec(unit)
  if (remark) return `${remark[1]}${remark[2] ?? ''}`
  if (unit === '1' || unit === '') return ''
  return unit
}
