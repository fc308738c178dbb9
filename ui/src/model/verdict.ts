/** The sentence at the top of a trace, made of facts alone; each part may lead to a span. */
import type { Findings } from './api'
import { ENDED, LOST, RUNNING } from './columns'
import { rowOfId, spanId } from './ids'
import { FAR, type Layout } from './layout'
import type { LockWait } from './locks'
import { nameOf as nameOfSpan } from './names'
import { count, duration, percent, plural } from './number'

export interface Part {
  text: string
  strong?: boolean
  error?: boolean
  span?: string
  /** Its text is on its way. */
  pending?: boolean
  /** Another trace than this one. */
  trace?: string
}

/** What the layout and the facts do not hold. */
export interface Told {
  /** Undefined while it is asked for. */
  errorType: string | null | undefined
  waits: readonly LockWait[]
  /** Waits of other traces for a lock that a span of this one holds, the longest first. */
  heldUp: readonly LockWait[]
  /** The innermost line of code that a running or lost span was last at. */
  now: (row: number) => string
}

export function verdict(layout: Layout, facts: Findings, told: Told): Part[] {
  return [
    ...took(layout, facts),
    ...otherRoots(layout),
    ...firstError(layout, facts, told.errorType),
    ...waitedFor(layout),
    ...unfinished(layout, told),
    ...locked(layout, told.waits),
    ...holds(layout, told.heldUp),
  ]
}

const TOOK = { [ENDED]: ' took ', [RUNNING]: ' has taken ', [LOST]: ' was last heard of after ' }

/** A span and how long it took, or has taken. */
function taken(layout: Layout, row: number): Part[] {
  const { columns, start, end } = layout
  const span = spanId(columns, row)
  return [
    { text: nameOf(layout, row), strong: true, span },
    { text: ` in ${columns.services[columns.service[row]]}${TOOK[columns.running[row] as keyof typeof TOOK]}` },
    { text: duration(end[row] - start[row]), strong: true, span },
  ]
}

function took(layout: Layout, facts: Findings): Part[] {
  const { tree } = layout
  const root = tree.roots[0] ?? tree.orphans[0]?.rows[0]
  if (root === undefined) return [{ text: layout.logs.at.length ? ONLY_RECORDS : 'This trace has no spans.' }]
  const among = rankText(facts.percentile ?? null)
  return [...taken(layout, root), ...(among ? [{ text: ` (${among})` }] : []), ...setOff(layout, root), { text: '.' }]
}

const ONLY_RECORDS = 'No span of this trace has arrived, only log records.'

/** What below a span went on when it was over, and how long of that was a wait in a queue. */
function setOff(layout: Layout, root: number): Part[] {
  const { columns, tree, start, end, path } = layout
  const place = tree.place[root]
  let last = end[root]
  for (const row of tree.order.subarray(place, place + tree.size[root]))
    if (end[row] <= layout.extent[1]) last = Math.max(last, end[row])
  const beyond = last - end[root]
  const worth = beyond > Math.max(LEAST_BEYOND, (end[root] - start[root]) / 10) && beyond < FAR
  if (!worth || columns.running.some(state => state === RUNNING)) return []
  const queued = path.queue.reduce((sum, queue, i) => sum + (queue ? path.to[i] - path.from[i] : 0), 0)
  const waited = queued > 0 ? `, ${duration(queued)} of it queued` : ''
  return [{ text: `; what it set off ended ${duration(beyond)} later${waited}` }]
}

/** Clocks do not tell shorter times apart. */
const LEAST_BEYOND = 1000

/** One trace id, several beginnings: what they have to do with each other nobody told. */
function otherRoots(layout: Layout): Part[] {
  const { tree, start, end } = layout
  const [, ...others] = tree.roots
  if (!others.length) return []
  const longest = others.reduce((most, row) => (end[row] - start[row] > end[most] - start[most] ? row : most))
  const text = others.length === 1 ? ' A second root: ' : ` ${count(others.length)} more roots, the longest: `
  return [{ text }, ...taken(layout, longest), { text: '.' }]
}

const MOST_LETTERS = 90

function nameOf({ columns }: Layout, row: number): string {
  const text = nameOfSpan(columns, row)
  return text.length > MOST_LETTERS ? `${text.slice(0, MOST_LETTERS)}…` : text
}

/** Among fewer there is no telling what is slow. */
const LEAST_RANKED = 20

function rankText(rank: { value: number; count: number; window: string } | null): string {
  if (!rank || rank.count < LEAST_RANKED) return ''
  const window = `the last ${rank.window.replace(/(\d)(\D)/, '$1\u00a0$2')}`
  return rank.value >= 100 ? `slowest of ${window}` : `p${Math.floor(rank.value)} of ${window}`
}

function firstError(layout: Layout, facts: Findings, errorType: Told['errorType']): Part[] {
  if (!facts.first_error) return []
  const row = rowOfId(layout.columns, facts.first_error)
  if (row < 0) return []
  const { services, service } = layout.columns
  const where = `${services[service[row]]} › ${nameOf(layout, row)}`
  const type = { text: errorType ?? '', pending: errorType === undefined }
  const what: Part[] =
    errorType === null ? [] : [{ ...type, strong: true, error: true, span: facts.first_error }, { text: ' in ' }]
  return [{ text: ' First error: ' }, ...what, { text: where, span: facts.first_error }, { text: '.' }]
}

/** Whose time the critical path mostly is, of the path that is drawn. */
function waitedFor({ columns: { services, service }, onPath }: Layout): Part[] {
  if (services.length < 2) return []
  const shares = new Float64Array(services.length)
  onPath.forEach((ns, row) => {
    shares[service[row]] += ns
  })
  const total = shares.reduce((sum, share) => sum + share, 0)
  if (total <= 0) return []
  const top = shares.indexOf(Math.max(...shares))
  return [
    { text: ` ${percent(shares[top] / total)} of the critical path is in ` },
    { text: services[top], strong: true },
    { text: '.' },
  ]
}

function unfinished(layout: Layout, { now }: Told): Part[] {
  return [...state(layout, RUNNING, now), ...state(layout, LOST, now)]
}

/** How many spans are in a state, and where the innermost of them is, or was. */
function state(layout: Layout, state: number, now: Told['now']): Part[] {
  const { columns, tree } = layout
  const rows = [...tree.order].filter(row => columns.running[row] === state)
  if (!rows.length) return []
  const lost = state === LOST
  const inner = rows.reduce((deepest, row) => (tree.depth[row] >= tree.depth[deepest] ? row : deepest))
  const many = `${rows.length} ${rows.length === 1 ? 'span' : 'spans'}`
  const one = rows.length === 1
  const said = lost
    ? ` ${many} never ended: ${one ? 'its process is' : 'their processes are'} gone`
    : ` ${many} ${one ? 'is' : 'are'} still running`
  const parts: Part[] = [{ text: said, strong: true, error: lost }]
  const at = now(inner)
  if (at)
    parts.push(
      { text: lost ? ', last seen at ' : ', now at ' },
      { text: at, strong: true, span: spanId(columns, inner) },
    )
  return [...parts, { text: '.' }]
}

function locked(layout: Layout, waits: readonly LockWait[]): Part[] {
  const [wait] = waits
  const row = wait?.span ? rowOfId(layout.columns, wait.span) : -1
  if (row < 0) return []
  const state = layout.columns.running[row]
  const { holder, table, waited } = wait
  return [
    { text: ' ' },
    { text: nameOf(layout, row), span: wait.span ?? '' },
    { text: state === ENDED ? ' waited ' : state === LOST ? ' was waiting ' : ' is waiting ' },
    { text: duration(waited), strong: true },
    { text: ` for a lock on ${table || 'a table'} held by ` },
    { text: holder.name || 'a session that is not traced', strong: true, trace: holder.trace, span: holder.span },
    { text: '.' },
  ]
}

function holds(layout: Layout, heldUp: readonly LockWait[]): Part[] {
  const [longest] = heldUp
  const row = longest ? rowOfId(layout.columns, longest.holder.span) : -1
  if (row < 0) return []
  const over = layout.columns.running[row] !== RUNNING
  const one = heldUp.length === 1
  return [
    { text: ' ' },
    { text: plural(heldUp.length, 'other'), strong: true, span: longest.holder.span },
    { text: over ? ' waited' : one ? ' waits' : ' wait' },
    { text: ` for its lock on ${longest.table || 'a table'}, ${one ? '' : 'the longest '}for ` },
    { text: duration(longest.waited), strong: true },
    { text: '.' },
  ]
}
