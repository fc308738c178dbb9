import type { ReactNode, Ref } from 'react'

interface Props {
  title: string
  /** Closed until it is asked for: what is rarely read. */
  folded?: boolean
  tone?: 'error' | 'warn'
  side?: ReactNode
  ref?: Ref<HTMLDetailsElement>
  children: ReactNode
}

export function Section({ title, folded = false, tone, side, ref, children }: Props) {
  return (
    <details ref={ref} className={`section ${tone ?? ''}`} open={!folded}>
      <summary>
        <h3>{title}</h3>
        {side}
      </summary>
      {children}
    </details>
  )
}
