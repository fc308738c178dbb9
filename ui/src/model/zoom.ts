/** The stretch of time on screen. A window is [from, to] in ns after the trace's start; `whole` is all there is. */

export type Window = readonly [from: number, to: number]

/** Nothing is recorded finer than this, and a double still tells a nanosecond from the next. */
export const NARROWEST = 20

/** Keeps a window inside the whole, at its width where it fits. */
export function clamp([from, to]: Window, whole: Window): Window {
  const width = Math.min(Math.max(to - from, NARROWEST), Math.max(whole[1] - whole[0], NARROWEST))
  const start = Math.min(Math.max(from, whole[0]), Math.max(whole[1] - width, whole[0]))
  return [start, start + width]
}

/** Zooms by a factor (below 1: closer) around a point that stays where it is on screen. */
export function zoomAt([from, to]: Window, at: number, factor: number, whole: Window): Window {
  const width = Math.max((to - from) * factor, NARROWEST)
  const share = (at - from) / (to - from)
  return clamp([at - share * width, at + (1 - share) * width], whole)
}

/** Moves by a share of the window's width. */
export function pan([from, to]: Window, share: number, whole: Window): Window {
  const by = (to - from) * share
  return clamp([from + by, to + by], whole)
}

/** A window around a span: its bar takes four fifths of the width. */
export function frame([from, to]: Window, whole: Window): Window {
  const margin = Math.max((to - from) / 8, NARROWEST / 2)
  return clamp([from - margin, to + margin], whole)
}

export function isWhole([from, to]: Window, whole: Window): boolean {
  return from <= whole[0] && to >= whole[1]
}

/** `12000..34000`, whole nanoseconds: what the URL holds. */
export function writeWindow([from, to]: Window): string {
  return `${Math.round(from)}..${Math.round(to)}`
}

export function readWindow(text: string | undefined, whole: Window): Window | null {
  const match = /^(-?\d+)\.\.(-?\d+)$/.exec(text ?? '')
  if (!match) return null
  const [from, to] = [Number(match[1]), Number(match[2])]
  return from < to ? clamp([from, to], whole) : null
}

const NICE = [1, 2, 5]
const MINUTES = [60, 120, 300, 600, 1800, 3600, 7200, 21_600, 43_200].map(seconds => seconds * 1e9)
export const DAY = 86_400e9
export const YEAR = 365.25 * DAY

/** The distance of ticks in ns: 1, 2 or 5 times a power of ten, in seconds, days or years; else minutes and hours. */
export function tickStep(span: number, most: number): number {
  const least = span / Math.max(1, most)
  const minutes = least > 50e9 ? MINUTES.find(step => step >= least) : undefined
  if (minutes) return minutes
  const unit = least > 200 * DAY ? YEAR : least > 50e9 ? DAY : 1
  const power = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(least / unit, 1))))
  return unit * power * (NICE.find(step => step * power * unit >= least) ?? 10)
}

/** Instants in a window, whole steps away from `zero`, the trace's first start. */
export function ticks([from, to]: Window, zero: number, most: number): number[] {
  const step = tickStep(to - from, most)
  const first = Math.ceil((from - zero) / step)
  const last = Math.floor((to - zero) / step)
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => zero + (first + i) * step)
}
