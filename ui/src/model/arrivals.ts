/** Rows that arrive while one reads: newest first, each once, its newest state. */

export function merged<T>(arrived: readonly T[], known: readonly T[], id: (row: T) => string): T[] {
  const fresh = new Map(arrived.map(row => [id(row), row]))
  const old = known.filter(row => !fresh.has(id(row)))
  return [...fresh.values(), ...old]
}

/** Newest first by their start, as text of nanoseconds. */
export function newestFirst<T extends { start: string }>(rows: readonly T[]): T[] {
  return [...rows].sort((a, b) => {
    const [x, y] = [BigInt(a.start), BigInt(b.start)]
    return x < y ? 1 : x > y ? -1 : 0
  })
}
