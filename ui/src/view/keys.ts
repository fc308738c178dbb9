/** Key bindings of what is on screen: one listener, newest binding first, and a list for the help. */
import { useEffect, useRef } from 'react'

export interface Binding {
  /** `j`, `ArrowDown`, `Mod+k`, or a sequence such as `g t`. */
  keys: string
  does: string
  run: (event: KeyboardEvent) => void
}

interface Scope {
  title: string
  bindings: () => Binding[]
}

const scopes: Scope[] = []
let pending = ''
const SEQUENCE_MS = 1000
let pendingSince = 0

export function useKeys(title: string, bindings: Binding[]) {
  const latest = useRef(bindings)
  latest.current = bindings
  useEffect(() => {
    const scope = { title, bindings: () => latest.current }
    scopes.unshift(scope)
    return () => void scopes.splice(scopes.indexOf(scope), 1)
  }, [title])
}

export function activeKeys(): { title: string; bindings: Binding[] }[] {
  return scopes
    .map(scope => ({ title: scope.title, bindings: scope.bindings() }))
    .filter(scope => scope.bindings.length)
}

const SIGNS: Record<string, string> = { ArrowDown: '↓', ArrowUp: '↑', ArrowLeft: '←', ArrowRight: '→', Escape: 'Esc' }
const MOD = navigator.platform.startsWith('Mac') ? '⌘' : 'Ctrl '

/** What is printed on the key. */
export function keyName(key: string): string {
  return SIGNS[key] ?? key.replace('Mod+', MOD)
}

function nameOf(event: KeyboardEvent): string {
  const mod = event.metaKey || event.ctrlKey ? 'Mod+' : ''
  const shift = event.shiftKey && event.key.length > 1 ? 'Shift+' : ''
  return mod + shift + (event.key === ' ' ? 'Space' : event.key)
}

/** Letters belong to the text field that has the focus; Escape and Mod-combinations still work there. */
function isTyping(event: KeyboardEvent): boolean {
  const target = event.target as HTMLElement
  return target.matches?.('input, textarea, select, [contenteditable]') ?? false
}

/** A focused control keeps the keys that work it. */
function worksControl(event: KeyboardEvent, name: string): boolean {
  const target = event.target as HTMLElement
  return (name === 'Enter' || name === 'Space') && target.matches?.('a, button, summary, [role=tab], [role=separator]')
}

function onKeyDown(event: KeyboardEvent) {
  const name = nameOf(event)
  if (event.defaultPrevented || event.altKey || worksControl(event, name)) return
  if (isTyping(event) && !name.startsWith('Mod+')) return
  if ((event.target as HTMLElement).closest?.('[role=dialog]') && name !== 'Mod+k') return
  const sequence = Date.now() - pendingSince < SEQUENCE_MS ? `${pending} ${name}`.trim() : name
  const all = scopes.flatMap(scope => scope.bindings())
  const found = all.find(binding => binding.keys === sequence) ?? all.find(binding => binding.keys === name)
  pending = all.some(binding => binding.keys.startsWith(`${name} `)) ? name : ''
  pendingSince = Date.now()
  if (!found) return
  event.preventDefault()
  found.run(event)
}

export function listenToKeys(): () => void {
  window.addEventListener('keydown', onKeyDown)
  return () => window.removeEventListener('keydown', onKeyDown)
}
