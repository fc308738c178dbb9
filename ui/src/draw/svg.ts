/** A canvas context that writes SVG: what is drawn on a screen can be put into a document, sharp at any size. */

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

function escaped(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: XML does not take them
  return text.replace(/[&<>"]/g, each => ESCAPES[each]).replace(/[\u0000-\u0008\u000b-\u001f]/g, ' ')
}

const short = (value: number) => String(Math.round(value * 100) / 100)

/** As much of a context as the drawings use; `measure` is a real one's. */
export class SvgPaper {
  fillStyle = '#000'
  strokeStyle = '#000'
  globalAlpha = 1
  lineWidth = 1
  font = ''
  textBaseline = 'alphabetic'
  private readonly parts: string[] = []
  private path = ''
  private moved = [0, 0]

  constructor(private readonly measure: (text: string, font: string) => TextMetrics) {}

  as(): CanvasRenderingContext2D {
    return this as unknown as CanvasRenderingContext2D
  }

  translate(x: number, y: number) {
    this.moved = [this.moved[0] + x, this.moved[1] + y]
  }

  private at(x: number, y: number): string {
    return `${short(x + this.moved[0])} ${short(y + this.moved[1])}`
  }

  private alpha(): string {
    return this.globalAlpha < 1 ? ` opacity="${short(this.globalAlpha)}"` : ''
  }

  private rect(x: number, y: number, width: number, height: number, paint: string) {
    if (width <= 0 || height <= 0) return
    const [left, top] = this.at(x, y).split(' ')
    const size = `width="${short(width)}" height="${short(height)}"`
    this.parts.push(`<rect x="${left}" y="${top}" ${size} ${paint}${this.alpha()}/>`)
  }

  fillRect(x: number, y: number, width: number, height: number) {
    this.rect(x, y, width, height, `fill="${this.fillStyle}"`)
  }

  strokeRect(x: number, y: number, width: number, height: number) {
    this.rect(x, y, width, height, `fill="none" stroke="${this.strokeStyle}" stroke-width="${this.lineWidth}"`)
  }

  fillText(text: string, x: number, y: number) {
    const [left, top] = this.at(x, y).split(' ')
    const middle = this.textBaseline === 'middle' ? ' dominant-baseline="central"' : ''
    const font = escaped(this.font.replaceAll('"', "'"))
    const place = `x="${left}" y="${top}"${middle} style="font:${font};white-space:pre"`
    this.parts.push(`<text ${place} fill="${this.fillStyle}"${this.alpha()}>${escaped(text)}</text>`)
  }

  measureText(text: string): TextMetrics {
    return this.measure(text, this.font)
  }

  beginPath() {
    this.path = ''
  }

  moveTo(x: number, y: number) {
    this.path += `M${this.at(x, y)}`
  }

  lineTo(x: number, y: number) {
    this.path += `L${this.at(x, y)}`
  }

  bezierCurveTo(x0: number, y0: number, x1: number, y1: number, x: number, y: number) {
    this.path += `C${this.at(x0, y0)} ${this.at(x1, y1)} ${this.at(x, y)}`
  }

  closePath() {
    this.path += 'Z'
  }

  /** Whole circles are all that is drawn. */
  arc(x: number, y: number, radius: number) {
    const r = short(radius)
    this.path += `M${this.at(x - radius, y)}a${r} ${r} 0 1 0 ${short(2 * radius)} 0a${r} ${r} 0 1 0 ${short(-2 * radius)} 0Z`
  }

  roundRect(x: number, y: number, width: number, height: number, radius: number) {
    const r = Math.min(radius, height / 2, width / 2)
    const turn = (dx: number, dy: number) => `a${short(r)} ${short(r)} 0 0 1 ${short(dx)} ${short(dy)}`
    const sides = [`h${short(width - 2 * r)}`, `v${short(height - 2 * r)}`, `h${short(2 * r - width)}`]
    this.path += `M${this.at(x + r, y)}${sides[0]}${turn(r, r)}${sides[1]}${turn(-r, r)}${sides[2]}${turn(-r, -r)}Z`
  }

  fill() {
    this.parts.push(`<path d="${this.path}" fill="${this.fillStyle}"${this.alpha()}/>`)
  }

  stroke() {
    const paint = `fill="none" stroke="${this.strokeStyle}" stroke-width="${this.lineWidth}"`
    this.parts.push(`<path d="${this.path}" ${paint}${this.alpha()}/>`)
  }

  document(width: number, height: number): string {
    const size = `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`
    return `<svg xmlns="http://www.w3.org/2000/svg" ${size}>${this.parts.join('\n')}</svg>\n`
  }
}
