/** Colours of lines: a service keeps its own, anything else gets one by its name. */
import { useMemo } from 'react'
import { assignSlots } from '../../model/colour'
import type { Aligned } from '../../model/series'
import { groupLabel } from '../../model/series'
import { useTheme } from '../theme'
import { useSlots } from './service'

export function useLineColours(lines: Aligned['lines']): string[] {
  const theme = useTheme()
  const services = useSlots(lines.map(({ group }) => String(group.service ?? '')))
  return useMemo(() => {
    const names = lines.map(({ group, calculate }) => groupLabel(group) || calculate)
    const slots = assignSlots(names)
    return lines.map(({ group }, i) => {
      const alone = Object.keys(group).length === 1 && typeof group.service === 'string'
      const slot = alone ? services.get(group.service as string) : slots.get(names[i])
      return theme.services[slot ?? 0]
    })
  }, [lines, services, theme])
}
