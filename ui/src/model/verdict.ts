/** The sentence at the top of a trace, made of facts alone; each part may lead to a span. */
import type { Findings } from './api'
import { ENDED, LOST, RUNNING } from './columns'
import { rowOfId, spanId } from './ids'
import { FAR, type Layout } from './layout'
import type { LockWait } from './locks'
import { duration, percent, plural } from './number'

export interface Part {
  text: string
  strong?: boolean
  error?: boolean
  span?: string
  /** Another trace than this one. */
  trace?: string
}

/** What the layout and the facts do not hold. */
export interface Told {
  errorType: string | null
  waits: readonly LockWait[]
  /** Waits of other traces for a lock that a span of this one holds, the longest first. */
  heldUp: readonly LockWait[]
  /** The innermost line of code that a running or lost span was last at. */
  now: (row: number) => string
}

export function verdict(layout: Layout, facts: Findings, told: Told): Part[] {
  return [
    ...took(layout, facts),
    ...firstError(layout, facts, told.errorType),
    ...waitedFor(facts),
    ...unfinished(layout, told),
    ...locked(layout, told.waits),
    ...holds(layout, told.heldUp),
  ]
}

function took(layout: Layout, facts: Findings): Part[] {
  const { columns, tree, start, end } = layout
  const root = tree.roots[0] ?? tree.orphans[0]?.rows[0]
  if (root === undefined) return [{ text: 'This trace has no spans.' }]
  const span = spanId(columns, root)
  const still = columns.running[root] ? ' has taken ' : ' took '
  const parts: Part[] = [
    { text: nameOf(layout, root), strong: true, span },
    { text: ` in ${columns.services[columns.service[root]]}${still}` },
    { text: duration(end[root] - start[root]), strong: true, span },
  ]
  const among = rankText(facts.percentile ?? null)
  if (among) parts.push({ text: ` (${among})` })
  const beyond = layout.extent[1] - end[root]
  const goesOn = beyond > Math.max(LEAST_BEYOND, (end[root] - start[root]) / 10) && beyond < FAR
  if (goesOn && !columns.running.some(state => state === RUNNING))
    parts.push({ text: `; what it set off ended ${duration(beyond)} later` })
  return [...parts, { text: '.' }]
}

/** Clocks do not tell shorter times apart; what is further away has a wrong one. */
const LEAST_BEYOND = 1000

const MOST_LETTERS = 90

function nameOf({ columns: { names, name } }: Layout, row: number): string {
  const text = names[name[row]].trim() || '(no name)'
  return text.length > MOST_LETTERS ? `${text.slice(0, MOST_LETTERS)}…` : text
}

/** Among fewer there is no telling what is slow. */
const LEAST_RANKED = 20

function rankText(rank: { value: number; count: number; window: string } | null): string {
  if (!rank || rank.count < LEAST_RANKED) return ''
  const window = `the last ${rank.window.replace(/(\d)(\D)/, '$1\u00a0$2')}`
  return rank.value >= 100 ? `slowest of ${window}` : `p${Math.floor(rank.value)} of ${window}`
}

function firstError(layout: Layout, facts: Findings, errorType: string | null): Part[] {
  if (!facts.first_error) return []
  const row = rowOfId(layout.columns, facts.first_error)
  if (row < 0) return []
  const { services, service } = layout.columns
  const where = `${services[service[row]]} › ${nameOf(layout, row)}`
  const what: Part[] = errorType
    ? [{ text: errorType, strong: true, error: true, span: facts.first_error }, { text: ' in ' }]
    : []
  return [{ text: ' First error: ' }, ...what, { text: where, span: facts.first_error }, { text: '.' }]
}

function waitedFor(facts: Findings): Part[] {
  const total = facts.services.reduce((sum, share) => sum + share.critical_time, 0)
  const [top] = [...facts.services].sort((a, b) => b.critical_time - a.critical_time)
  if (!top || total <= 0 || facts.services.length < 2) return []
  return [
    { text: ` ${percent(top.critical_time / total)} of the critical path is in ` },
    { text: top.service, strong: true },
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
  const over = layout.columns.running[row] === ENDED
  const { holder, table, waited } = wait
  return [
    { text: ' ' },
    { text: nameOf(layout, row), span: wait.span ?? '' },
    { text: over ? ' waited ' : ' is waiting ' },
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
  const over = layout.columns.running[row] === ENDED
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
