/** Which fields are worth showing beside a list, and where a duration stands among others. */
import type { FieldRow } from './api'

/** What people look at first, whatever splits better. */
const FIRST = ['service', 'status', 'severity']
/** What people ask for first, where nothing says better. */
const USUAL = ['name', 'http.route', 'http.response.status_code', 'error.type', 'kind']
/** Nearly as many values as rows, figures to compare with and not to choose from, or the same as another field. */
const NO_CHOICE = [
  /^(trace|span|parent)(_id)?$|^(id|start|time|observed_time|duration|body|weight|root|event|links|depth)$/,
  /^(service\.name|service\.instance\.id|process\.pid|host\.id|scope|scope\..*|thread\..*|telemetry\..*|code\..*)$/,
  /^(trace|root)\./,
]

/** Numbers are compared with rather than chosen from, but for codes. */
function isFigure({ name, type }: FieldRow): boolean {
  return /^(int|double|duration)$/.test(type) && !USUAL.includes(name)
}

/** Best splitting first, figures after everything else; without scores, what people usually ask for and then the most frequent. */
export function splitting(fields: readonly FieldRow[]): FieldRow[] {
  const rank = ({ name }: FieldRow) => (FIRST.includes(name) ? FIRST.indexOf(name) : FIRST.length)
  const usual = ({ name }: FieldRow) => (USUAL.includes(name) ? USUAL.indexOf(name) : USUAL.length)
  return fields
    .filter(field => !NO_CHOICE.some(pattern => pattern.test(field.name)) && field.score !== 0)
    .sort(
      (a, b) =>
        rank(a) - rank(b) ||
        Number(isFigure(a)) - Number(isFigure(b)) ||
        (b.score ?? 0) - (a.score ?? 0) ||
        usual(a) - usual(b) ||
        b.count - a.count ||
        a.name.localeCompare(b.name),
    )
}

/** Where a duration stands between the shortest and the longest, on a log scale: 0.02 … 1. */
export function logShare(duration: number, least: number, most: number): number {
  const low = Math.log(Math.max(least, 1))
  const high = Math.log(Math.max(most, 1))
  if (high - low < 1e-9) return 1
  return 0.02 + 0.98 * Math.min(1, Math.max(0, (Math.log(Math.max(duration, 1)) - low) / (high - low)))
}
