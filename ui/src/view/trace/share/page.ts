/** A trace as one HTML file that opens without a server: the pages' script and style, and the trace beside them. */
import type { Trace } from '../../../model/api'
import { SAVED_ID } from '../../../model/otlp-read'

/** The trace that this page was saved with; null where it comes from a server. */
export function savedTrace(): Trace | null {
  const text = document.getElementById(SAVED_ID)?.textContent
  return text ? (JSON.parse(text) as Trace) : null
}

export async function asPage(trace: Trace, title: string): Promise<Blob> {
  const [script, ...styles] = await Promise.all([scriptText(), ...styleTexts()])
  const parts = [
    '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    `<title>${title.replace(/[&<]/g, each => (each === '&' ? '&amp;' : '&lt;'))}</title>`,
    `<style>${styles.join('\n')}</style>\n</head>\n<body>`,
    // No `<` in it: nothing that a span says can end the element.
    `<script type="application/json" id="${SAVED_ID}">${JSON.stringify(trace).replaceAll('<', '\\u003c')}</script>`,
    `<script type="module">${script.replaceAll('</script', '<\\/script')}</script>`,
    '</body>\n</html>\n',
  ]
  return new Blob([parts.join('\n')], { type: 'text/html' })
}

/** All scripts of the pages in one file, built beside them. */
const ALONE = '/alone.js'

/** In a page that was saved itself, what it was saved with. */
async function scriptText(): Promise<string> {
  const own = document.querySelector<HTMLScriptElement>('script[type=module]')
  if (!own) throw new Error('The script of this page was not found.')
  return own.src ? textOf(ALONE) : (own.textContent ?? '')
}

function styleTexts(): Promise<string>[] {
  const linked = document.querySelectorAll<HTMLLinkElement>('link[rel=stylesheet]')
  const inline = document.querySelectorAll('head > style')
  return [...Array.from(linked, each => textOf(each.href)), ...Array.from(inline, async each => each.textContent ?? '')]
}

async function textOf(address: string): Promise<string> {
  const response = await fetch(address)
  if (!response.ok) throw new Error(`${address} was not found; is it another version of the page by now?`)
  return response.text()
}
