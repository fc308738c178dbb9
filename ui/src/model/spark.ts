/** A line of the size of a word. */

/** An SVG path through the values, each in the middle of its part of the width; a gap where one is absent. */
export function sparkPath(values: readonly (number | null)[], width: number, height: number): string {
  const known = values.filter(value => value !== null)
  const most = Math.max(...known, Number.MIN_VALUE)
  const step = width / Math.max(1, values.length - 1)
  let path = ''
  let drawing = false
  values.forEach((value, i) => {
    if (value === null) {
      drawing = false
      return
    }
    const y = height - 1 - (value / most) * (height - 2)
    path += `${drawing ? 'L' : 'M'}${(i * step).toFixed(1)} ${y.toFixed(1)}`
    drawing = true
  })
  return path
}
