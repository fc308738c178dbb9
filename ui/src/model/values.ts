/** Attribute values as text, and attributes in the groups that people look for them in. */
import type { Attributes, Value } from './api'

/** One line of text for any value; `$bytes`, `$int` and `$double` lose their wrapping. */
export function valueText(value: Value): string {
  if (typeof value === 'string') return value
  if (value === null || typeof value !== 'object') return String(value)
  if (!Array.isArray(value)) {
    const [key, wrapped] = Object.entries(value)[0] ?? []
    if (key === '$int' || key === '$double') return String(wrapped)
    if (key === '$bytes') return `${wrapped} (base64)`
  }
  return JSON.stringify(value)
}

export interface Group {
  title: string
  entries: [key: string, value: Value][]
}

const GROUPS: readonly (readonly [title: string, pattern: RegExp])[] = [
  ['HTTP', /^(http|url|user_agent)\./],
  ['Database', /^db\./],
  ['Messaging', /^(messaging|job|queue)\./],
  ['RPC', /^rpc\./],
  ['Error', /^(error|exception)(\.|$)/],
  ['Code', /^(code|thread)\./],
  ['Network', /^(server|client|network|net|peer|tls|dns|source|destination)\./],
  ['Service', /^(service|deployment|telemetry)\./],
  ['Where it runs', /^(process|host|os|container|k8s|cloud|faas|device)\./],
]

/** By semantic convention, what no convention claims first: that is what the program's own author added. */
export function groupAttributes(attributes: Attributes): Group[] {
  const groups = new Map<string, Group>([['', { title: '', entries: [] }]])
  for (const entry of Object.entries(attributes).sort(([a], [b]) => a.localeCompare(b))) {
    const title = GROUPS.find(([, pattern]) => pattern.test(entry[0]))?.[0] ?? ''
    const group = groups.get(title) ?? { title, entries: [] }
    groups.set(title, group)
    group.entries.push(entry)
  }
  const order = ['', ...GROUPS.map(([title]) => title)]
  return [...groups.values()]
    .filter(group => group.entries.length)
    .sort((a, b) => order.indexOf(a.title) - order.indexOf(b.title))
}

/** Lines of a stack trace that belong together: a stretch of the program's own, or of libraries. */
export interface Stretch {
  library: boolean
  lines: string[]
}

export function stretches(stack: string): Stretch[] {
  const found: Stretch[] = []
  for (const { text, library } of stackFrames(stack)) {
    const last = found.at(-1)
    if (last?.library === library) last.lines.push(text)
    else found.push({ library, lines: [text] })
  }
  return found
}

/** OpenTelemetry's JS SDK takes an error's `code` for its type; a DOMException's is a number, its name heads the stack. */
export function exceptionType(attributes: Attributes): string {
  const text = (key: string) => (key in attributes ? valueText(attributes[key]) : '')
  const type = text('exception.type')
  return /^\d+$/.test(type) ? text('exception.stacktrace').split(':')[0].trim() || type : type
}

export interface Frame {
  text: string
  /** A line of somebody else's code, or of the runtime: shown dimmed. */
  library: boolean
}

const LIBRARY =
  /site-packages|dist-packages|node_modules|node:internal|\blib\/python|<frozen|\(internal\/|java\.|jdk\.|\/usr\/local\/go\//

/** Where code is now, of frames with the innermost last: the innermost line of the program's own, if there is one. */
export function whereNow(stack: readonly string[]): string {
  return stack.findLast(line => !LIBRARY.test(line)) ?? stack.at(-1) ?? ''
}

/** A stack trace's lines; a source line belongs to the `File "…"` line above it. */
export function stackFrames(stack: string): Frame[] {
  let library = false
  return stack.split('\n').map(text => {
    const place = /^\s*(File "|at )|^\S+:\d+ /.test(text)
    if (place || /^\S/.test(text)) library = place && LIBRARY.test(text)
    return { text, library }
  })
}
