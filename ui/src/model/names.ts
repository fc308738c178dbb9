import type { Columns } from './columns'

/** A span's name as it is shown; some have none, or nothing but spaces. */
export function shownName(name: string): string {
  return name.trim() || '(no name)'
}

export function nameOf({ names, name }: Pick<Columns, 'names' | 'name'>, row: number): string {
  return shownName(names[name[row]])
}
