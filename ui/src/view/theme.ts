/** The theme in use: read from the stylesheet for canvases, switched by hand, followed when the system changes. */
import { useSyncExternalStore } from 'react'
import type { Theme } from '../draw/scene'
import { SLOTS } from '../model/colour'

export type Choice = 'light' | 'dark' | 'system'

const dark = matchMedia('(prefers-color-scheme: dark)')
const listeners = new Set<() => void>()
let current: Theme | null = null

function changed() {
  current = null
  for (const listener of listeners) listener()
}
dark.addEventListener('change', changed)

function chosenTheme(): Choice {
  const chosen = document.documentElement.dataset.theme
  return chosen === 'light' || chosen === 'dark' ? chosen : 'system'
}

export function chooseTheme(choice: Choice) {
  if (choice === 'system') {
    delete document.documentElement.dataset.theme
    localStorage.removeItem('trivet.theme')
  } else {
    document.documentElement.dataset.theme = choice
    localStorage.setItem('trivet.theme', choice)
  }
  changed()
}

export function otherTheme(): Choice {
  const shown = chosenTheme() === 'system' ? (dark.matches ? 'dark' : 'light') : chosenTheme()
  return shown === 'dark' ? 'light' : 'dark'
}

/** A custom property holds `light-dark(…)`; only a real property tells which of the two it is now. */
function resolver(): { colour: (name: string) => string; done: () => void } {
  const probe = document.body.appendChild(document.createElement('i'))
  return {
    colour: name => {
      probe.style.color = `var(--${name})`
      return getComputedStyle(probe).color
    },
    done: () => probe.remove(),
  }
}

function readTheme(): Theme {
  const { colour, done } = resolver()
  const theme: Theme = {
    bg: colour('bg'),
    panel: colour('panel'),
    hover: colour('hover'),
    chosen: colour('chosen'),
    line: colour('line'),
    edge: colour('edge'),
    ink: colour('ink'),
    dim: colour('dim'),
    accent: colour('accent'),
    error: colour('error'),
    warn: colour('warn'),
    services: Array.from({ length: SLOTS }, (_, slot) => colour(`service-${slot}`)),
    sans: getComputedStyle(document.body).fontFamily,
  }
  done()
  return theme
}

export function useTheme(): Theme {
  return useSyncExternalStore(
    listener => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    () => {
      current ??= readTheme()
      return current
    },
  )
}
