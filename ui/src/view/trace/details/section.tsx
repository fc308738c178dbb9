import type { ReactNode } from 'react'

interface Props {
  title: string
  /** Closed until it is asked for: what is rarely read. */
  folded?: boolean
  tone?: 'error' | 'warn'
  side?: ReactNode
  children: ReactNode
}

export function Section({ title, folded = false, tone, side, children }: Props) {
  return (
    <details className={`section ${tone ?? ''}`} open={!folded}>
      <summary>
        <h3>{title}</h3>
        {side}
      </summary>
      {children}
    </details>
  )
}
