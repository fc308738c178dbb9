/** Which words of a filter a text was found by, and where they stand in it. */

interface Sought {
  text: string
  /** `time*` finds `timeout`; a phrase and a word stand alone. */
  prefix: boolean
}

/** A phrase with whatever stands glued before it, or a run without spaces. */
const TOKEN = /([^\s()"]*)"((?:[^"\\]|\\.)*)"|[^\s()]+/g
const JOINTS = new Set(['and', 'or', 'not'])
const OPERATOR = /[:=~<>]/

/** Bare words and phrases of the filter that are not excluded; terms with a field find nothing to mark. */
export function soughtWords(filter: string): Sought[] {
  const found: Sought[] = []
  let excluded = false
  for (const [token, before = '', phrase] of filter.matchAll(TOKEN)) {
    const negated = excluded || token.startsWith('-')
    excluded = token.toLowerCase() === 'not'
    const field = OPERATOR.test(phrase === undefined ? token : before)
    if (negated || field || JOINTS.has(token.toLowerCase())) continue
    const text = (phrase ?? token).replace(/\\(.)/g, '$1').replace(/\*+$/, '')
    if (text) found.push({ text, prefix: phrase === undefined && token.endsWith('*') })
  }
  return found
}

export interface Piece {
  text: string
  found: boolean
}

const WORD = '[\\p{L}\\p{N}]'

/** The text in pieces, those that were sought told apart. */
export function markWords(text: string, sought: readonly Sought[]): Piece[] {
  if (!sought.length) return [{ text, found: false }]
  const escaped = sought.map(({ text, prefix }) => {
    const literal = text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
    return `(?<!${WORD})${literal}${prefix ? `${WORD}*` : `(?!${WORD})`}`
  })
  const pieces: Piece[] = []
  let end = 0
  for (const match of text.matchAll(new RegExp(escaped.join('|'), 'giu'))) {
    if (match.index > end) pieces.push({ text: text.slice(end, match.index), found: false })
    pieces.push({ text: match[0], found: true })
    end = match.index + match[0].length
  }
  if (end < text.length || !pieces.length) pieces.push({ text: text.slice(end), found: false })
  return pieces
}
