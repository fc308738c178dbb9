/** The filter's text, edited by clicks: terms are added, taken out and turned round; the server alone understands them. */

const BARE = /^[\w./@%+-]+$/

export function quote(value: string): string {
  return BARE.test(value) ? value : `"${value.replace(/[\\"]/g, '\\$&')}"`
}

export function term(field: string, value: string): string {
  return `${field}:${quote(value)}`
}

/** Where the filter holds exactly this term, standing by itself. */
function find(filter: string, wanted: string): number {
  for (let at = filter.indexOf(wanted); at >= 0; at = filter.indexOf(wanted, at + 1)) {
    const before = filter[at - 1] ?? ' '
    const after = filter[at + wanted.length] ?? ' '
    if (before === ' ' && after === ' ') return at
  }
  return -1
}

export function hasTerm(filter: string, wanted: string): boolean {
  return find(filter, wanted) >= 0
}

function without(filter: string, wanted: string): string {
  const at = find(filter, wanted)
  return at < 0 ? filter : `${filter.slice(0, at)}${filter.slice(at + wanted.length)}`.replace(/ {2,}/g, ' ').trim()
}

/** Puts the term in, or takes it out where it stands already; its opposite always leaves. */
export function toggleTerm(filter: string, field: string, value: string, exclude = false): string {
  const plain = term(field, value)
  const wanted = exclude ? `-${plain}` : plain
  const opposite = exclude ? plain : `-${plain}`
  if (hasTerm(filter, wanted)) return without(filter, wanted)
  return `${without(filter, opposite)} ${wanted}`.trim()
}
