/** Lines of the map of services, as SVG paths, and names that fit its boxes. */

type Point = readonly [x: number, y: number]

/** From the right edge of a caller, through what is kept free for the line, to the left edge of what is called. */
export function wayThrough([[x, y], ...rest]: readonly Point[]): string {
  let path = `M${x} ${y}`
  for (const [toX, toY] of rest) {
    const bend = Math.max(40, Math.abs(toX - x) / 2)
    path += ` C${x + bend} ${y} ${toX - bend} ${toY} ${toX} ${toY}`
    ;[x, y] = [toX, toY]
  }
  return path
}

const LOOP = 10

/** Who calls itself: around the lower right corner of its box, within the gap between boxes. */
export function loop(right: number, foot: number): string {
  return `M${right} ${foot - LOOP} A${LOOP} ${LOOP} 0 1 1 ${right - LOOP} ${foot}`
}

export function shortened(name: string, most: number): string {
  return name.length > most ? `${name.slice(0, most - 1)}…` : name
}
