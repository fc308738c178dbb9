/** A service's colour: one of twelve by a stable hash of its name, moved only when two would share one. */

/** As many as tokens.css has `--service-…` colours, in order of their hue. */
export const SLOTS = 12

/** FNV-1a, 32 bits: short, and the same in every browser and every year. */
export function hash(text: string): number {
  let value = 0x811c9dc5
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193)
  return value >>> 0
}

/**
 * A slot for each service. `settled` says who has one already, so that a service looks the same everywhere; it moves
 * only when another of these services has the same. One without a slot keeps away from its neighbours' hues too. Where
 * there are more services than hues, the first ones fare best.
 */
export function assignSlots(services: Iterable<string>, settled: ReadonlyMap<string, number> = new Map()) {
  const names = [...new Set(services)]
  const chosen = new Map<string, number>()
  const uses = Array<number>(SLOTS).fill(0)
  for (const name of names.filter(name => settled.has(name))) take(name, freest(uses, settled.get(name) as number, 0))
  for (const name of names.filter(name => !settled.has(name))) take(name, freest(uses, hash(name) % SLOTS, NEAR))
  return chosen

  function take(name: string, slot: number) {
    chosen.set(name, slot)
    uses[slot]++
  }
}

/** What a neighbouring hue counts, against 1 for the same one. */
const NEAR = 0.4

/** The wanted slot, or the next one that is less crowded; the ends of the row of hues are far apart. */
function freest(uses: readonly number[], wanted: number, near: number): number {
  const crowd = (slot: number) => uses[slot] + near * ((uses[slot - 1] ?? 0) + (uses[slot + 1] ?? 0))
  let best = wanted
  for (let step = 1; step < SLOTS; step++) {
    const slot = (wanted + step) % SLOTS
    if (crowd(slot) < crowd(best)) best = slot
  }
  return best
}
