import { AXIS, drawAxis } from '../../../draw/axis'
import { drawBars } from '../../../draw/bars'
import { ROW } from '../../../draw/scene'
import { drawTree } from '../../../draw/tree'
import type { MakeScene } from '../scene'
import type { Showing } from '../stage'
import type { Sheet } from './sheet'

/** More fit on no sheet. */
const MOST_ROWS = 500

/** The rows from the top of the screen on, with the axis above them. */
export function waterfallSheet({ rows, scroll, tree, width, window, layout }: Showing, makeScene: MakeScene): Sheet {
  const from = Math.floor(scroll / ROW) * ROW
  const height = Math.min(MOST_ROWS, rows.length - from / ROW) * ROW
  const scene = { ...makeScene(width, height), scroll: from, hover: -1 }
  return {
    width: tree + width,
    height: AXIS + height,
    draw: ctx => {
      ctx.translate(tree, 0)
      drawAxis(ctx, { theme: scene.theme, window, width, zero: layout.zero }, null)
      ctx.translate(0, AXIS)
      drawBars(ctx, scene)
      ctx.translate(-tree, 0)
      drawTree(ctx, { ...scene, width: tree })
    },
  }
}
