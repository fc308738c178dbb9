/** Arrows go one way: view → draw → model. */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'

const SOURCE = resolve(import.meta.dirname, '../src')
const MAY: Record<string, string[]> = { model: ['model'], draw: ['model', 'draw'], view: ['model', 'draw', 'view'] }
const MOST_LINES = 250
const MOST_COMPONENT_LINES = 200

/** Made, not written. */
const MADE = 'model/server.ts'

function files(): string[] {
  const all = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
  return all.filter(name => /\.tsx?$/.test(name) && name.includes('/') && name !== MADE)
}

function imports(name: string): string[] {
  const text = readFileSync(join(SOURCE, name), 'utf8')
  return [...text.matchAll(/^(?:import|export|\}).*?from '([^']+)'/gm)].map(match => match[1])
}

describe.each(files())('%s', name => {
  const room = name.split('/')[0]

  test('imports only what stands below it', () => {
    for (const wanted of imports(name)) {
      if (!wanted.startsWith('.')) {
        expect(room, `${room} stays free of libraries, ${wanted} is one`).toBe('view')
        continue
      }
      const target = relative(SOURCE, resolve(SOURCE, dirname(name), wanted)).split('/')[0]
      expect(MAY[room], `${name} imports ${wanted}`).toContain(target)
    }
  })

  test('is read in one go', () => {
    const lines = readFileSync(join(SOURCE, name), 'utf8').split('\n').length - 1
    expect(lines).toBeLessThanOrEqual(name.endsWith('.tsx') ? MOST_COMPONENT_LINES : MOST_LINES)
  })
})

test('the model touches neither the document nor the window', () => {
  for (const name of files().filter(name => name.startsWith('model/'))) {
    const text = readFileSync(join(SOURCE, name), 'utf8')
    expect(text, name).not.toMatch(/\b(document|localStorage|sessionStorage|requestAnimationFrame|fetch)\b[.(]/)
  }
})
