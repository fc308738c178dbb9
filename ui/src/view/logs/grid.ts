import type { CSSProperties } from 'react'

/** The columns of a line, for its style sheet: a narrow screen has its own. */
export function gridOf(columns: string): CSSProperties {
  return { '--grid': columns } as CSSProperties
}
