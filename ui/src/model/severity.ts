/** A record's severity from its number, else from its text, as the server tells it. */
import type { Severity } from './api'
import { SEVERITIES } from './columns'

const WORDS: Record<string, Severity> = {
  trace: 'trace',
  verbose: 'trace',
  debug: 'debug',
  info: 'info',
  notice: 'info',
  warn: 'warn',
  warning: 'warn',
  error: 'error',
  err: 'error',
  fatal: 'fatal',
  critical: 'fatal',
  panic: 'fatal',
}

export function severityOf(number: number, text: string): Severity | null {
  if (number >= 1 && number <= 24) return SEVERITIES[Math.floor((number - 1) / 4)]
  return WORDS[text.toLowerCase()] ?? null
}
