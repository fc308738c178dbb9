/** What every drawing is given: the picture's size, its colours, and what is where. Nothing here is kept between frames. */
import type { Found } from '../model/find'
import type { Layout } from '../model/layout'
import type { Mark } from '../model/marks'
import type { Rows } from '../model/rows'
import type { Window } from '../model/zoom'

export interface Theme {
  bg: string
  panel: string
  hover: string
  chosen: string
  line: string
  edge: string
  ink: string
  dim: string
  accent: string
  error: string
  warn: string
  services: readonly string[]
  sans: string
}

export interface Scene {
  layout: Layout
  rows: Rows
  /** The colour of each service, by its index in the columns. */
  colours: readonly string[]
  theme: Theme
  /** Time on screen, and the size of the drawing in CSS pixels. */
  window: Window
  width: number
  height: number
  /** Width of the tree column, left of the bars. */
  tree: number
  /** Pixels scrolled away above. */
  scroll: number
  /** Display rows; -1 for none. */
  hover: number
  chosen: number
  /** Spans above the one under the pointer. */
  lit: ReadonlySet<number>
  /** Index in `layout.logs` of the selected record, or -1. */
  chosenLog: number
  found: Found | null
  marks: (displayRow: number) => readonly Mark[]
  words: Words
}

/** Texts that a layout does not hold. */
export interface Words {
  log: (index: number) => string
  /** Where a running span is now. */
  now: (span: number) => string
}

export const ROW = 22
/** A bar in its row. */
export const BAR_TOP = 5
export const BAR = 10

export function visibleRows({ rows, scroll, height }: Pick<Scene, 'rows' | 'scroll' | 'height'>): [number, number] {
  return [Math.max(0, Math.floor(scroll / ROW)), Math.min(rows.length, Math.ceil((scroll + height) / ROW))]
}

/** Pixels per nanosecond grow without bound as one zooms in; far outside, a bar's end is cut so that canvas stays exact. */
const FAR = 10_000

export function xOf(scene: Pick<Scene, 'window' | 'width'>, at: number): number {
  const [from, to] = scene.window
  return Math.min(scene.width + FAR, Math.max(-FAR, ((at - from) / (to - from)) * scene.width))
}

export function timeAt(scene: Pick<Scene, 'window' | 'width'>, x: number): number {
  const [from, to] = scene.window
  return from + (x / Math.max(1, scene.width)) * (to - from)
}

export function scaleOf(scene: Pick<Scene, 'window' | 'width'>): number {
  return (scene.window[1] - scene.window[0]) / Math.max(1, scene.width)
}
