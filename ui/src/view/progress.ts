/** How far the server is with what it was asked, by the path that it was asked at. */
import { useSyncExternalStore } from 'react'
import { askTold, type Progress, type Question } from './ask'

const known = new Map<string, Progress>()
const listeners = new Set<() => void>()

function note(path: string, progress: Progress | null) {
  if (progress) known.set(path, progress)
  else known.delete(path)
  for (const listener of listeners) listener()
}

export async function askSlow<T>(path: string, question: Question): Promise<T> {
  try {
    return await askTold<T>(path, question, progress => note(path, progress))
  } finally {
    note(path, null)
  }
}

function listen(listener: () => void) {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

/** Of the first of these paths that anything is known about. */
export function useProgress(paths: readonly string[]): Progress | null {
  return useSyncExternalStore(listen, () => {
    const path = paths.find(path => known.has(path))
    return path === undefined ? null : (known.get(path) ?? null)
  })
}
