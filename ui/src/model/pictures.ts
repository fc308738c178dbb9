/** The views of one trace; the name is what the URL holds. */

const PICTURES = [
  { name: 'waterfall', title: 'Waterfall' },
  { name: 'flame', title: 'Flame' },
  { name: 'left-heavy', title: 'Left-heavy' },
  { name: 'sandwich', title: 'Sandwich' },
  { name: 'table', title: 'Table' },
  { name: 'map', title: 'Map' },
  { name: 'compare', title: 'Compare' },
] as const

export type Picture = (typeof PICTURES)[number]['name']

/** Of a trace from a file there is no other to compare it with. */
export function picturesOf(local: boolean): readonly (typeof PICTURES)[number][] {
  return local ? PICTURES.filter(({ name }) => name !== 'compare') : PICTURES
}

export function readPicture(text: string | undefined): Picture {
  return PICTURES.find(({ name }) => name === text)?.name ?? 'waterfall'
}

/** Those that have time for their width, and share its zoom. */
export function isTimed(picture: Picture): boolean {
  return picture === 'waterfall' || picture === 'flame'
}
