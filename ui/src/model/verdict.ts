/** The sentence at the top of a trace, made of facts alone; each part may lead to a span. */
import type { Findings } from './api'
import { rowOfId, spanId } from './ids'
import type { Layout } from './layout'
import { duration, percent } from './number'

export interface Part {
  text: string
  strong?: boolean
  error?: boolean
  span?: string
}

/** While the facts are not known yet, what the layout tells by itself. */
export function verdict(layout: Layout, facts: Findings | null, errorType: string | null): Part[] {
  const found = facts ? [...firstError(layout, facts, errorType), ...waitedFor(facts)] : []
  return [...took(layout, facts), ...found, ...unfinished(layout)]
}

function took(layout: Layout, facts: Findings | null): Part[] {
  const { columns, tree, start, end } = layout
  const root = tree.roots[0] ?? tree.orphans[0]?.rows[0]
  if (root === undefined) return [{ text: 'This trace has no spans.' }]
  const span = spanId(columns, root)
  const still = columns.running[root] ? ' has taken ' : ' took '
  const parts: Part[] = [
    { text: columns.names[columns.name[root]], strong: true, span },
    { text: ` in ${columns.services[columns.service[root]]}${still}` },
    { text: duration(end[root] - start[root]), strong: true, span },
  ]
  const among = rankText(facts?.percentile ?? null)
  if (among) parts.push({ text: ` (${among})` })
  const beyond = layout.extent[1] - end[root]
  const goesOn = beyond > (end[root] - start[root]) / 10 && !columns.running[root]
  if (goesOn) parts.push({ text: `; what it set off ended ${duration(beyond)} later` })
  return [...parts, { text: '.' }]
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
  const { names, name, services, service } = layout.columns
  const where = `${services[service[row]]} › ${names[name[row]]}`
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

function unfinished(layout: Layout): Part[] {
  const { running } = layout.columns
  let open = 0
  let lost = 0
  for (const state of running) state === 1 ? open++ : state === 2 && lost++
  const parts: Part[] = []
  if (open) parts.push({ text: ` ${open} ${open === 1 ? 'span is' : 'spans are'} still running.`, strong: true })
  if (lost) parts.push({ text: ` ${lost} never ended: the process is gone.`, strong: true, error: true })
  return parts
}
