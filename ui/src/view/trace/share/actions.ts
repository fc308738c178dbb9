/** What can be taken away from a trace page. */
import type { Theme } from '../../../draw/scene'
import type { Trace } from '../../../model/api'
import { markdown } from '../../../model/markdown'
import { toOtlp } from '../../../model/otlp-write'
import type { Part } from '../../../model/verdict'
import { ask } from '../../ask'
import { copyText } from '../../parts/clipboard'
import type { Stage } from '../stage'
import { asPage } from './page'
import { asPng, asSvg } from './sheet'

/** The server gives no more spans at once. */
const MOST_SPANS = 1_000_000

/** All of the trace, its attributes too, also where the page shows its shape alone. */
async function wholeTrace(stage: Stage): Promise<Trace> {
  const { loaded, layout } = stage.now
  if (loaded.whole) return loaded.whole
  return ask<Trace>(`/api/traces/${layout.columns.traceId}`, { params: { max_spans: MOST_SPANS } })
}

interface Taken {
  stage: Stage
  theme: Theme
  verdict: readonly Part[]
  title: string
}

export interface Action {
  label: string
  /** Says what happened, in a word. */
  run: (taken: Taken) => Promise<string>
}

const copied = async (text: string) => ((await copyText(text)) ? 'Copied' : 'The browser does not allow it')

export const COPIES: Action[] = [
  { label: 'Link', run: () => copied(location.href) },
  {
    label: 'Markdown, for a ticket',
    run: ({ stage, verdict }) => {
      const { layout, loaded } = stage.now
      return copied(markdown({ layout, whole: loaded.whole, verdict, link: location.href }))
    },
  },
  {
    label: 'curl',
    run: ({ stage }) => copied(`curl -s '${location.origin}/api/traces/${stage.now.layout.columns.traceId}'`),
  },
  {
    label: 'OTLP JSON',
    run: async ({ stage }) => copied(JSON.stringify(toOtlp(await wholeTrace(stage)))),
  },
]

export const FILES: Action[] = [
  {
    label: 'Page that opens without a server (HTML)',
    run: async ({ stage, title }) => saved(await asPage(await wholeTrace(stage), title), stage, 'html'),
  },
  {
    label: 'OTLP JSON',
    run: async ({ stage }) => {
      const text = JSON.stringify(toOtlp(await wholeTrace(stage)))
      return saved(new Blob([text], { type: 'application/json' }), stage, 'json')
    },
  },
]

export const PICTURES: Action[] = [
  {
    label: 'Picture (PNG)',
    run: async ({ stage, theme, title }) => {
      const sheet = stage.sheet?.()
      return sheet ? saved(await asPng(sheet, theme, title), stage, 'png') : ''
    },
  },
  {
    label: 'Picture (SVG)',
    run: async ({ stage, theme, title }) => {
      const sheet = stage.sheet?.()
      return sheet ? saved(asSvg(sheet, theme, title), stage, 'svg') : ''
    },
  },
]

function saved(blob: Blob, stage: Stage, ending: string): string {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob)
  link.download = `trace-${stage.now.layout.columns.traceId.slice(0, 12)}.${ending}`
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
  return 'Saved'
}
