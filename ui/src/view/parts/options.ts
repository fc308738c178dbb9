/** What may come next in a filter, by what is stored. */
import { useMemo } from 'react'
import type { Signal } from '../../model/api'
import { fieldOptions, type Option, valueOptions, type Wanted, wantedAt } from '../../model/complete'
import { count } from '../../model/number'
import { valueText } from '../../model/values'
import { useRange } from '../frame/range'
import { useFields, usePrefixedValues } from '../questions'

const MOST = 12
const NONE: Option[] = []

export function useOptions(signal: Signal, text: string, caret: number, open: boolean, applied: string) {
  const [range] = useRange()
  const wanted: Wanted = useMemo(() => wantedAt(text, caret), [text, caret])
  const fields = useFields(signal, undefined, range, open)
  const field = wanted.kind === 'value' ? wanted.field : ''
  // The applied filter is one that the server understands; what is being written may not be yet.
  const rest = applied && text.startsWith(applied) && wanted.from > applied.length ? applied : ''
  const values = usePrefixedValues(signal, field, wanted.typed, rest, range, MOST, open && Boolean(field))
  const options = useMemo(() => {
    if (!open) return NONE
    if (wanted.kind === 'field') return fieldOptions(wanted.typed, fields.data?.fields ?? [], MOST, count)
    const rows = values.isPlaceholderData ? [] : (values.data?.values ?? [])
    return valueOptions(
      rows.map(({ value, count }) => ({ text: value === null ? '' : valueText(value), count })),
      count,
    )
  }, [open, wanted, fields.data, values.data, values.isPlaceholderData])
  return { wanted, options }
}
