/** What may be written next in a filter: a field, an operator, or a value, at the caret. */
import type { FieldRow } from './api'
import { quote } from './filter'

export type Wanted =
  | { kind: 'field'; from: number; to: number; typed: string }
  | { kind: 'value'; from: number; to: number; typed: string; field: string }

const TERM = /^(-?)([\p{L}_@][\p{L}\p{N}_.@/-]*)(!=|<=|>=|!~|[:=<>~])(.*)$/su

/** Where the word under the caret begins: after a space or a bracket that stands outside of quotes. */
function wordStart(text: string, caret: number): number {
  let start = 0
  let quoted = false
  for (let i = 0; i < caret; i++) {
    if (text[i] === '\\' && quoted) i++
    else if (text[i] === '"') quoted = !quoted
    else if (!quoted && /[\s(),]/.test(text[i])) start = i + 1
  }
  return start
}

function wordEnd(text: string, caret: number): number {
  const rest = /[\s)]/.exec(text.slice(caret))
  return rest ? caret + rest.index : text.length
}

export function wantedAt(text: string, caret: number): Wanted {
  const start = wordStart(text, caret)
  const word = text.slice(start, caret)
  const match = TERM.exec(word)
  if (!match) {
    const sign = word.startsWith('-') ? 1 : 0
    return { kind: 'field', from: start + sign, to: wordEnd(text, caret), typed: word.slice(sign) }
  }
  const [, , field, , value] = match as unknown as [string, string, string, string, string]
  const to = value.startsWith('"') ? caret : wordEnd(text, caret)
  return { kind: 'value', from: caret - value.length, to, typed: value.replace(/^"|"$/g, ''), field }
}

export interface Option {
  /** What is shown, and said. */
  text: string
  /** What takes the place of the word. */
  insert: string
  hint: string
}

const OPERATORS: readonly (readonly [operator: string, hint: string])[] = [
  [':', 'is'],
  ['!=', 'is something else'],
  ['>', 'more than'],
  ['<', 'less than'],
  ['~', 'matches the expression'],
]

const NUMBERS = /int|float|double|number|duration/

/** Fields whose names hold what was typed, those that begin with it first; a whole name wants its operator. */
export function fieldOptions(
  typed: string,
  fields: readonly FieldRow[],
  most: number,
  said: (n: number) => string,
): Option[] {
  const wanted = typed.toLowerCase()
  const exact = fields.some(field => field.name === typed)
  const operators = exact
    ? OPERATORS.map(([operator, hint]) => ({ text: typed + operator, insert: typed + operator, hint }))
    : []
  const found = fields
    .filter(({ name }) => name.toLowerCase().includes(wanted) && name !== typed)
    .sort((a, b) => rank(a.name, wanted) - rank(b.name, wanted) || b.count - a.count)
  const names = found.map(({ name, type, count }) => ({
    text: name,
    insert: name + (NUMBERS.test(type) ? '>' : ':'),
    hint: `${type}${count ? ` · ${said(count)}` : ''}`,
  }))
  return [...operators, ...names].slice(0, most)
}

function rank(name: string, wanted: string): number {
  const lower = name.toLowerCase()
  if (lower.startsWith(wanted)) return 0
  return lower.includes(`.${wanted}`) ? 1 : 2
}

export function valueOptions(
  values: readonly { text: string; count: number }[],
  said: (n: number) => string,
): Option[] {
  return values.map(({ text, count }) => ({ text: text || '(empty)', insert: `${quote(text)} `, hint: said(count) }))
}

/** The text with the option in the word's place, and where the caret goes. */
export function accept(text: string, wanted: Wanted, option: Option): { text: string; caret: number } {
  const rest = text.slice(wanted.to)
  const insert = rest.startsWith(' ') ? option.insert.trimEnd() : option.insert
  const done = text.slice(0, wanted.from) + insert + rest
  return {
    text: done,
    caret: wanted.from + insert.length + (rest.startsWith(' ') && option.insert.endsWith(' ') ? 1 : 0),
  }
}
