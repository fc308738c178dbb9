/** Boxes in lanes, the one form of every flame picture: what they stand for is a span's row or a call path's number. */

export interface Boxes {
  lanes: number
  /** The boxes of lane l: `first[l]` … `first[l + 1]`, from left to right, none over another. */
  first: Uint32Array
  from: Float64Array
  to: Float64Array
  ref: Int32Array
  /** From the leftmost beginning to the rightmost end. */
  extent: readonly [number, number]
}

/** Sorts boxes into their lanes; inside a lane by where they begin. */
export function boxesOf(lane: Int32Array, from: Float64Array, to: Float64Array, refs: Int32Array): Boxes {
  const lanes = refs.reduce((most, ref) => Math.max(most, lane[ref] + 1), 0)
  const first = new Uint32Array(lanes + 1)
  const sorted = refs.slice().sort((a, b) => from[a] - from[b] || a - b)
  for (const ref of sorted) first[lane[ref] + 1]++
  for (let i = 0; i < lanes; i++) first[i + 1] += first[i]
  const next = first.slice()
  const ref = new Int32Array(sorted.length)
  for (const each of sorted) ref[next[lane[each]]++] = each
  return {
    lanes,
    first,
    from: Float64Array.from(ref, each => from[each]),
    to: Float64Array.from(ref, each => to[each]),
    ref,
    extent: extentOf(refs, from, to),
  }
}

function extentOf(refs: Int32Array, from: Float64Array, to: Float64Array): readonly [number, number] {
  let least = Number.POSITIVE_INFINITY
  let most = Number.NEGATIVE_INFINITY
  for (const ref of refs) {
    least = Math.min(least, from[ref])
    most = Math.max(most, to[ref])
  }
  return least < most ? [least, most] : [Number.isFinite(least) ? least : 0, (Number.isFinite(least) ? least : 0) + 1]
}

/** The first box of a lane that ends after an instant. */
export function firstAfter(boxes: Boxes, lane: number, at: number): number {
  let low = boxes.first[lane]
  let high = boxes.first[lane + 1]
  while (low < high) {
    const middle = (low + high) >> 1
    if (boxes.to[middle] <= at) low = middle + 1
    else high = middle
  }
  return low
}

/** What stands at a place, or -1; `slack` is how near counts, for boxes thinner than a pointer. */
export function boxAt(boxes: Boxes, lane: number, at: number, slack: number): number {
  if (lane < 0 || lane >= boxes.lanes) return -1
  let nearest = -1
  let distance = slack
  for (let i = firstAfter(boxes, lane, at - slack); i < boxes.first[lane + 1] && boxes.from[i] <= at + slack; i++) {
    const off = Math.max(boxes.from[i] - at, at - boxes.to[i], 0)
    if (off === 0) return boxes.ref[i]
    if (off > distance) continue
    distance = off
    nearest = boxes.ref[i]
  }
  return nearest
}

/** Where something stands: its lane and its box; null when it has none. */
export function boxOf(boxes: Boxes, ref: number): { lane: number; from: number; to: number } | null {
  const i = boxes.ref.indexOf(ref)
  if (i < 0) return null
  let lane = 0
  while (boxes.first[lane + 1] <= i) lane++
  return { lane, from: boxes.from[i], to: boxes.to[i] }
}
