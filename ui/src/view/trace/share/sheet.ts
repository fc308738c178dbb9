/** The picture on screen as a document of its own: a title, the axis, and more rows than the screen has room for. */

import type { Theme } from '../../../draw/scene'
import { SvgPaper } from '../../../draw/svg'

/** What a view can put on paper, in CSS pixels. */
export interface Sheet {
  width: number
  height: number
  draw: (ctx: CanvasRenderingContext2D) => void
}

const TITLE = 30

function drawAll(ctx: CanvasRenderingContext2D, sheet: Sheet, theme: Theme, title: string) {
  ctx.fillStyle = theme.bg
  ctx.fillRect(0, 0, sheet.width, sheet.height + TITLE)
  ctx.textBaseline = 'middle'
  ctx.font = `600 13px ${theme.sans}`
  ctx.fillStyle = theme.ink
  ctx.fillText(title, 12, TITLE / 2)
  ctx.translate(0, TITLE)
  sheet.draw(ctx)
}

export function asSvg(sheet: Sheet, theme: Theme, title: string): Blob {
  const scratch = document.createElement('canvas').getContext('2d')
  const paper = new SvgPaper((text, font) => {
    if (!scratch) return { width: text.length * 7 } as TextMetrics
    scratch.font = font
    return scratch.measureText(text)
  })
  drawAll(paper.as(), sheet, theme, title)
  return new Blob([paper.document(sheet.width, sheet.height + TITLE)], { type: 'image/svg+xml' })
}

/** Twice as fine as it is large: it is looked at on all kinds of screens. */
const FINE = 2

export async function asPng(sheet: Sheet, theme: Theme, title: string): Promise<Blob> {
  const canvas = document.createElement('canvas')
  canvas.width = sheet.width * FINE
  canvas.height = (sheet.height + TITLE) * FINE
  const ctx = canvas.getContext('2d')
  if (!ctx) throw new Error('This browser draws no pictures.')
  ctx.scale(FINE, FINE)
  drawAll(ctx, sheet, theme, title)
  return new Promise((resolve, reject) =>
    canvas.toBlob(blob => (blob ? resolve(blob) : reject(new Error('The picture is too large.'))), 'image/png'),
  )
}
