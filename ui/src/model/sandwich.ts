/** One function in the middle: who called it above, what it calls below, widths by the time that goes through it. */
import { type Boxes, boxesOf } from './boxes'
import { type Calls, CallsBuilder, type Merged, weightsOf, widestLeft } from './calls'

/** A service and a span name, by their places in the columns' dictionaries. */
export interface Call {
  service: number
  name: number
}

export interface Sandwich {
  calls: Calls
  /** Box 0 is the function itself. */
  boxes: Boxes
}

export function sandwich(merged: Merged, { service, name }: Call): Sandwich {
  const { columns } = merged
  const is = (row: number) => columns.service[row] === service && columns.name[row] === name
  const outermost = outermostOf(merged, is)
  const builder = new CallsBuilder(merged)
  const weight = weightsOf(merged)
  for (const row of outermost) addBelow(builder, merged, row, weight)
  const below = builder.parent.length
  for (const row of outermost) addAbove(builder, merged, row, weight[row])
  const calls = builder.done()
  const middle = calls.depth.slice(below).reduce((most, depth) => Math.max(most, depth), 0)
  const lane = calls.depth.map((depth, node) => (node < below ? middle + depth : middle - depth))
  const { from, to } = widestLeft(calls.parent, calls.weight)
  // Both trees begin with the function and lie side by side: the callers' moves over the other, its first box left out.
  const moved = (edge: Float64Array) => edge.map((at, node) => (node < below ? at : at - calls.weight[0]))
  const shown = Int32Array.from(calls.parent.keys()).filter(node => node < below || calls.parent[node] >= 0)
  return { calls, boxes: boxesOf(lane, moved(from), moved(to), shown) }
}

/** Of a function that calls itself only the outermost call counts: the inner ones are part of it. */
function outermostOf({ tree, columns }: Merged, is: (row: number) => boolean): number[] {
  const inside = new Uint8Array(columns.count)
  const found: number[] = []
  for (const row of tree.order) {
    const above = tree.parent[row]
    const within = above >= 0 && (inside[above] === 1 || is(above))
    inside[row] = within ? 1 : 0
    if (!within && is(row)) found.push(row)
  }
  return found
}

function addBelow(builder: CallsBuilder, { tree, self }: Merged, top: number, weight: Float64Array) {
  const place = tree.place[top]
  for (let i = place; i < place + tree.size[top]; i++) {
    const row = tree.order[i]
    const node = builder.node(row === top ? -1 : builder.ofSpan[tree.parent[row]], row)
    builder.ofSpan[row] = node
    builder.add(node, row, self[row], weight[row])
  }
}

/** A caller counts for as much as goes from it into the function. */
function addAbove(builder: CallsBuilder, { tree }: Merged, row: number, weight: number) {
  let node = builder.node(-1, row, 1)
  builder.add(node, row, 0, weight)
  for (let above = tree.parent[row]; above >= 0; above = tree.parent[above]) {
    node = builder.node(node, above, 1)
    builder.add(node, above, 0, weight)
    if (builder.ofSpan[above] < 0) builder.ofSpan[above] = node
  }
}
