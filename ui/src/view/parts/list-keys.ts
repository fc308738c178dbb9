/** The keys of every list: j and k, arrows, pages, Home and End, Enter. */
import { useKeys } from '../keys'

const PAGE = 20

interface List {
  title?: string
  count: number
  chosen: number
  choose: (index: number) => void
  open: (index: number) => void
}

export function useListKeys({ title = 'List', count, chosen, choose, open }: List) {
  const to = (index: number) => count > 0 && choose(Math.max(0, Math.min(count - 1, index)))
  useKeys(title, [
    { keys: 'j', does: 'Next', run: () => to(chosen + 1) },
    { keys: 'k', does: 'Previous', run: () => to(chosen - 1) },
    { keys: 'ArrowDown', does: 'Next', run: () => to(chosen + 1) },
    { keys: 'ArrowUp', does: 'Previous', run: () => to(chosen - 1) },
    { keys: 'PageDown', does: 'A page down', run: () => to(chosen + PAGE) },
    { keys: 'PageUp', does: 'A page up', run: () => to(chosen - PAGE) },
    { keys: 'Home', does: 'First', run: () => to(0) },
    { keys: 'End', does: 'Last', run: () => to(count - 1) },
    { keys: 'Enter', does: 'Open', run: () => chosen >= 0 && chosen < count && open(chosen) },
  ])
}
