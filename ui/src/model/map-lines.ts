/** Lines of the map of services, as SVG paths, and names that fit its boxes. */

/** From the right edge of a caller to the left edge of what it calls. */
export function wayTo(x0: number, y0: number, x1: number, y1: number): string {
  const bend = Math.max(40, Math.abs(x1 - x0) / 2)
  return `M${x0} ${y0} C${x0 + bend} ${y0} ${x1 - bend} ${y1} ${x1} ${y1}`
}

const LOOP = 10

/** Who calls itself: around the lower right corner of its box, within the gap between boxes. */
export function loop(right: number, foot: number): string {
  return `M${right} ${foot - LOOP} A${LOOP} ${LOOP} 0 1 1 ${right - LOOP} ${foot}`
}

export function shortened(name: string, most: number): string {
  return name.length > most ? `${name.slice(0, most - 1)}…` : name
}
