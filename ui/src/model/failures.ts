/** Errors by their type and where they happened; messages that name an id or a number would tear them apart. */
export interface Failure {
  type: string
  name: string
  count: number
  /** The most frequent one. */
  message: string
  /** How many others there are. */
  others: number
}

export interface FailureRow {
  type: string
  name: string
  message: string
  count: number
}

export function grouped(rows: readonly FailureRow[]): Failure[] {
  const failures = new Map<string, Failure & { most: number }>()
  for (const { type, name, message, count } of rows) {
    const key = JSON.stringify([type, name])
    const known = failures.get(key)
    if (!known) failures.set(key, { type, name, message, count, others: 0, most: count })
    else {
      known.count += count
      known.others++
      if (count > known.most) Object.assign(known, { message, most: count })
    }
  }
  return [...failures.values()].sort((a, b) => b.count - a.count)
}
