/** A trace's shape, from the server's bytes to what is drawn. */
import type { Findings, Shape } from './api'
import { columnsOfShape } from './columns'
import type { Layout } from './layout'
import { explain } from './local-facts'
import { buildRows, PLAIN_VIEW, type Rows } from './rows'

export interface LaidOut {
  layout: Layout
  rows: Rows
  facts: Findings
}

export function laidOut(bytes: ArrayBuffer, now: bigint): LaidOut {
  const shape = JSON.parse(new TextDecoder().decode(bytes)) as Shape
  const { layout, facts } = explain(columnsOfShape(shape), now)
  return { layout, rows: buildRows(layout, PLAIN_VIEW), facts }
}
