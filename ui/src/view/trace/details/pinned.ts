/** Attributes that somebody wants to see first, in every span that has them: kept in this browser. */
import { useSyncExternalStore } from 'react'

const KEY = 'trivet.pinned'
const listeners = new Set<() => void>()
let pinned: readonly string[] = read()

function read(): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]')
    return Array.isArray(kept) ? kept.filter(each => typeof each === 'string') : []
  } catch {
    return []
  }
}

export function togglePinned(name: string) {
  pinned = pinned.includes(name) ? pinned.filter(each => each !== name) : [...pinned, name]
  localStorage.setItem(KEY, JSON.stringify(pinned))
  for (const listener of listeners) listener()
}

export function usePinned(): readonly string[] {
  return useSyncExternalStore(
    listener => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    () => pinned,
  )
}
