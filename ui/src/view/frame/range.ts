/** The time range of the page, as its URL holds it. */
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useMemo } from 'react'
import { DEFAULT_RANGE, type Range, readRange, writeRange } from '../../model/range'

export function useRange(): [Range, (range: Range) => void] {
  const { range: text } = useSearch({ from: '__root__' })
  const navigate = useNavigate()
  const range = useMemo(() => (text && readRange(text, Date.now())) || DEFAULT_RANGE, [text])
  const setRange = (chosen: Range) => {
    const written = writeRange(chosen)
    const search = (before: object) => ({
      ...before,
      range: written === writeRange(DEFAULT_RANGE) ? undefined : written,
    })
    void navigate({ to: '.', search: search })
  }
  return [range, setRange]
}
