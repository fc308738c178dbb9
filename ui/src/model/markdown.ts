/** A trace in a few lines for a ticket. */
import type { Trace } from './api'
import type { Layout } from './layout'
import { shownName } from './names'
import { duration, percent, plural } from './number'
import { groupSpans } from './table'
import type { Part } from './verdict'

const MOST = 8
const LONGEST_MESSAGE = 500

interface Summary {
  layout: Layout
  whole: Trace | null
  verdict: readonly Part[]
  link: string
}

export function markdown({ layout, whole, verdict, link }: Summary): string {
  const said = verdict.map(({ text, strong }) => (strong ? bold(text) : escaped(text))).join('')
  const { columns } = layout
  const began = new Date(Number(columns.origin / 1_000_000n)).toISOString()
  const size = `${plural(columns.count, 'span')}, ${plural(layout.logs.at.length, 'log record')}`
  const head = [said, '', `[Trace \`${columns.traceId}\`](${link}), ${began}, ${size}`]
  return [...head, ...slowest(layout), ...errors(whole)].join('\n').replaceAll('\u00a0', ' ')
}

/** Spaces stand outside of the stars, or they would be stars. */
function bold(text: string): string {
  const inner = text.trim()
  return inner ? text.replace(inner, `**${escaped(inner)}**`) : text
}

function escaped(text: string): string {
  return text.replace(/([\\`*_[\]<>|])/g, '\\$1')
}

function slowest(layout: Layout): string[] {
  const { names, name } = layout.columns
  const path = layout.onPath.reduce((sum, each) => sum + each, 0)
  const groups = groupSpans(layout, row => names[name[row]], true)
  const top = groups.sort((a, b) => b.onPath - a.onPath || b.self - a.self).slice(0, MOST)
  const lines = top.map(group => {
    const share = path > 0 ? percent(group.onPath / path) : ''
    const what = escaped(shownName(group.key).slice(0, 120))
    return `| ${escaped(group.service ?? '')} | ${what} | ${group.count} | ${duration(group.self)} | ${share} |`
  })
  return ['', '| service | span | count | self | of the critical path |', '|---|---|--:|--:|--:|', ...lines]
}

function errors(whole: Trace | null): string[] {
  const failed = whole?.spans.filter(span => span.status.code === 'error') ?? []
  if (!failed.length) return []
  const lines = failed.slice(0, MOST).map(span => {
    const message = span.status.message ? `: ${escaped(span.status.message.slice(0, LONGEST_MESSAGE))}` : ''
    return `- ${escaped(span.service)} › ${escaped(shownName(span.name))}${message}`
  })
  const more = failed.length > MOST ? [`- and ${failed.length - MOST} more`] : []
  return ['', `${plural(failed.length, 'error')}:`, '', ...lines, ...more]
}
