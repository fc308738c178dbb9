/** Text in a canvas: measured once, cut with an ellipsis. */

const MOST_REMEMBERED = 20_000
/** A line of 100 kB must not be measured to learn that it is too long. */
const LONGEST = 400
const widths = new Map<string, number>()

export function textWidth(ctx: CanvasRenderingContext2D, text: string): number {
  const key = `${ctx.font}\n${text}`
  let width = widths.get(key)
  if (width === undefined) {
    if (widths.size > MOST_REMEMBERED) widths.clear()
    width = ctx.measureText(text).width
    widths.set(key, width)
  }
  return width
}

/** The text, or as much of its beginning as fits before an ellipsis; nothing where not even two letters fit. */
export function cut(ctx: CanvasRenderingContext2D, text: string, room: number): string {
  const short = text.length > LONGEST ? text.slice(0, LONGEST) : text
  if (textWidth(ctx, short) <= room) return short
  let low = 0
  let high = short.length
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (ctx.measureText(`${short.slice(0, middle)}…`).width <= room) low = middle
    else high = middle - 1
  }
  return low < 2 ? '' : `${short.slice(0, low).trimEnd()}…`
}

/** As much of the beginning of a text as fits, whole letters; all of it where that fits. */
export function textBefore(ctx: CanvasRenderingContext2D, text: string, room: number): string {
  const most = Math.min(text.length, LONGEST)
  if (most === text.length && textWidth(ctx, text) <= room) return text
  let low = 0
  let high = most
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (ctx.measureText(text.slice(0, middle)).width <= room) low = middle
    else high = middle - 1
  }
  // Not through the middle of what stands for one letter.
  return text.slice(0, /[\ud800-\udbff]$/.test(text.slice(0, low)) ? low - 1 : low)
}
