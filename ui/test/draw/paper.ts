/** A canvas context that notes what is drawn, for checks that need no pixels. */
export interface Stroke {
  what: string
  x: number
  y: number
  width: number
  height: number
  text: string
  colour: string
  alpha: number
}

export class Paper {
  readonly strokes: Stroke[] = []
  fillStyle = ''
  strokeStyle = ''
  globalAlpha = 1
  lineWidth = 1
  font = ''
  textBaseline = ''

  private note(what: string, x = 0, y = 0, width = 0, height = 0, text = '') {
    const colour = what === 'strokeRect' ? this.strokeStyle : this.fillStyle
    this.strokes.push({ what, x, y, width, height, text, colour, alpha: this.globalAlpha })
  }

  fillRect = (x: number, y: number, width: number, height: number) => this.note('fillRect', x, y, width, height)
  strokeRect = (x: number, y: number, width: number, height: number) => this.note('strokeRect', x, y, width, height)
  fillText = (text: string, x: number, y: number) => this.note('fillText', x, y, 0, 0, text)
  arc = (x: number, y: number) => this.note('arc', x, y)
  roundRect = (x: number, y: number, width: number, height: number) => this.note('roundRect', x, y, width, height)
  moveTo = (x: number, y: number) => this.note('moveTo', x, y)
  lineTo = (x: number, y: number) => this.note('lineTo', x, y)
  /** Seven pixels a letter. */
  measureText = (text: string) => ({ width: text.length * 7 })
  beginPath() {}
  closePath() {}
  fill() {}
  stroke() {}

  as(): CanvasRenderingContext2D {
    return this as unknown as CanvasRenderingContext2D
  }

  texts(): string[] {
    return this.strokes
      .filter(stroke => stroke.what === 'fillText')
      .map(stroke => stroke.text.replaceAll('\u00a0', ' '))
  }

  of(colour: string, what = 'fillRect'): Stroke[] {
    return this.strokes.filter(stroke => stroke.colour === colour && stroke.what === what)
  }
}
