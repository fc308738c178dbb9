/** Reads a shape and lays it out, then again with its facts, so that 100,000 spans never stop the page. */
import type { DrawnFacts, Shape } from '../../model/api'
import { type Columns, columnsOfShape, withFacts } from '../../model/columns'
import { type Layout, layOut } from '../../model/layout'
import { buildRows, PLAIN_VIEW, type Rows } from '../../model/rows'

export interface LaidOut {
  layout: Layout
  rows: Rows
  facts: DrawnFacts | null
}

let columns: Columns | null = null

/** First the shape's bytes, then those of its facts. */
self.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => {
  self.postMessage(columns ? explained(columns, read(data)) : drawn(read(data)))
}

function read<T>(bytes: ArrayBuffer): T {
  return JSON.parse(new TextDecoder().decode(bytes)) as T
}

function drawn(shape: Shape): LaidOut {
  columns = columnsOfShape(shape)
  return laidOut(columns, null)
}

function explained(columns: Columns, facts: DrawnFacts): LaidOut {
  return laidOut(withFacts(columns, facts), { ...facts, path: { row: [], start: [], end: [], queue: [] } })
}

function laidOut(columns: Columns, facts: DrawnFacts | null): LaidOut {
  const layout = layOut(columns)
  return { layout, rows: buildRows(layout, PLAIN_VIEW), facts }
}
