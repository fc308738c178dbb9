/** The tree column: guides, fold signs, a service's colour, names that are never squeezed out by depth. */
import { LOST, RUNNING } from '../model/columns'
import { tone } from '../model/marks'
import { nameOf } from '../model/names'
import { count, plural } from '../model/number'
import { CLOSED, FOLD, LEAF, LOG, SPAN, STRAYS, STUB, straysOf } from '../model/rows'
import { ROW, type Scene, visibleRows } from './scene'
import { cut, textWidth } from './text'

const LEFT = 8
/** Steps narrow with depth: the first levels are what people navigate by. */
const STEPS = [14, 14, 14, 14, 14, 14, 8, 8, 8, 8, 8, 8, 4, 4, 4, 4]
const MOST_INDENT = 0.4
/** In a narrower column all steps are smaller. */
const ROOMY = 240
export const TWISTY = 14

/** Where a row's fold sign begins; deeper rows move right by less and less, and stop at two fifths of the column. */
export function indentOf(level: number, width: number): number {
  let x = 0
  for (let i = 0; i < Math.min(level, STEPS.length); i++) x += STEPS[i]
  const narrow = Math.min(1, width / ROOMY)
  return LEFT + Math.min((x + Math.max(0, level - STEPS.length)) * narrow, width * MOST_INDENT)
}

export function drawTree(ctx: CanvasRenderingContext2D, scene: Scene) {
  const { theme, width, height } = scene
  ctx.fillStyle = theme.bg
  ctx.fillRect(0, 0, width, height)
  ctx.textBaseline = 'middle'
  const [from, to] = visibleRows(scene)
  for (let i = from; i < to; i++) {
    const y = i * ROW - scene.scroll
    background(ctx, scene, i, y)
    ctx.globalAlpha = dimmed(scene, i) ? 0.35 : 1
    guides(ctx, scene, i, y)
    sign(ctx, scene, i, y)
    label(ctx, scene, i, y)
    ctx.globalAlpha = 1
  }
}

export function background(ctx: CanvasRenderingContext2D, scene: Scene, i: number, y: number) {
  if (i !== scene.chosen && i !== scene.hover) return
  ctx.fillStyle = i === scene.chosen ? scene.theme.chosen : scene.theme.hover
  ctx.fillRect(0, y, scene.width, ROW)
}

/** While something is searched for, what does not match stands back. */
export function dimmed({ rows, found, layout }: Scene, i: number): boolean {
  if (!found) return false
  if (rows.kind[i] === SPAN) return !found.spans[rows.ref[i]]
  if (rows.kind[i] === LOG) return !found.logs.has(layout.logs.ref[rows.ref[i]])
  if (rows.kind[i] !== FOLD) return false
  const run = layout.runs[rows.ref[i]]
  return !layout.tree.children.subarray(run.from, run.from + run.count).some(row => found.spans[row])
}

function guides(ctx: CanvasRenderingContext2D, scene: Scene, i: number, y: number) {
  const level = scene.rows.level[i]
  ctx.fillStyle = scene.theme.line
  for (let above = 0, last = -9; above < level; above++) {
    const x = Math.round(indentOf(above, scene.width) + TWISTY / 2)
    if (x - last >= 4) ctx.fillRect(x, y, 1, ROW)
    last = x
  }
}

function sign(ctx: CanvasRenderingContext2D, scene: Scene, i: number, y: number) {
  const state = scene.rows.state[i]
  if (state === LEAF) return
  const x = indentOf(scene.rows.level[i], scene.width) + TWISTY / 2
  const middle = y + ROW / 2
  ctx.fillStyle = scene.theme.dim
  ctx.beginPath()
  if (state === CLOSED) {
    ctx.moveTo(x - 2, middle - 4)
    ctx.lineTo(x + 3, middle)
    ctx.lineTo(x - 2, middle + 4)
  } else {
    ctx.moveTo(x - 4, middle - 2)
    ctx.lineTo(x, middle + 3)
    ctx.lineTo(x + 4, middle - 2)
  }
  ctx.fill()
}

interface Label {
  text: string
  colour: string
  bold?: boolean
  chip?: string
  /** Dim, after the text where there is room. */
  after: string
}

function label(ctx: CanvasRenderingContext2D, scene: Scene, i: number, y: number) {
  const { text, colour, bold, chip, after } = labelOf(scene, i)
  const middle = y + ROW / 2 + 0.5
  let x = textLeft(scene.rows.level[i], scene.width)
  if (chip) {
    ctx.fillStyle = chip
    ctx.fillRect(x, y + 5, 3, ROW - 10)
    x += 8
  }
  // A record's line runs on over the bars: drawLogText in bars.ts draws the rest of it.
  const room = scene.rows.kind[i] === LOG ? Number.POSITIVE_INFINITY : scene.width - x - 8
  ctx.font = `${bold ? '600 ' : ''}13px ${scene.theme.sans}`
  const name = cut(ctx, text, room)
  ctx.fillStyle = colour
  ctx.fillText(name, x, middle)
  const used = textWidth(ctx, name) + 8
  if (!after || name !== text || room - used < 24) return
  ctx.font = `12px ${scene.theme.sans}`
  ctx.fillStyle = scene.theme.dim
  ctx.fillText(cut(ctx, after, room - used), x + used, middle)
}

/** Where a row's text begins, from the left edge of the tree. */
export function textLeft(level: number, tree: number): number {
  return indentOf(level, tree) + TWISTY + 2
}

function labelOf(scene: Scene, i: number): Label {
  const { rows, theme } = scene
  const ref = rows.ref[i]
  if (rows.kind[i] === SPAN) return spanLabel(scene, i, ref)
  if (rows.kind[i] === FOLD) return foldLabel(scene, ref)
  if (rows.kind[i] === LOG) return { text: scene.words.log(ref), colour: logColour(scene, ref), after: '' }
  if (rows.kind[i] === STRAYS)
    return {
      text: 'outside of any span',
      colour: theme.dim,
      after: plural(straysOf(scene.layout).length, 'log record'),
    }
  const group = rows.kind[i] === STUB ? scene.layout.tree.orphans[ref] : null
  return { text: 'parent not received', colour: theme.dim, after: group?.missing ?? '' }
}

function spanLabel(scene: Scene, i: number, row: number): Label {
  const { layout, theme, rows } = scene
  const { columns, tree, errors } = layout
  const above = tree.parent[row]
  const service = columns.service[row]
  const change = above < 0 || columns.service[above] !== service
  const hidden = rows.state[i] === CLOSED ? tree.size[row] - 1 : 0
  const after = [
    change ? columns.services[service] : '',
    hidden ? `+${count(hidden)}` : '',
    hidden && errors[row] > columns.error[row] ? `${count(errors[row] - columns.error[row])} err` : '',
    columns.running[row] === RUNNING ? 'running' : columns.running[row] === LOST ? 'never ended' : '',
  ]
  return {
    text: nameOf(columns, row),
    colour: columns.error[row] ? theme.error : theme.ink,
    bold: scene.lit.has(row) || columns.error[row] > 0,
    chip: scene.colours[service],
    after: after.filter(Boolean).join('  '),
  }
}

function foldLabel(scene: Scene, ref: number): Label {
  const { layout, theme, colours } = scene
  const run = layout.runs[ref]
  const { columns, tree } = layout
  const first = tree.children[run.from]
  return {
    text: `${nameOf(columns, first)} × ${count(run.count)}`,
    colour: theme.ink,
    chip: colours[columns.service[first]],
    after: columns.services[columns.service[first]],
  }
}

export function logColour(scene: Scene, ref: number): string {
  const { theme, layout } = scene
  const look = tone(layout.logs.severity[ref])
  return look === 'error' ? theme.error : look === 'warn' ? theme.warn : theme.dim
}
