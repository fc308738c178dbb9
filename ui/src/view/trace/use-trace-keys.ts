import { useKeys } from '../keys'
import { useTraceData } from './data'
import {
  closeOrLeave,
  foldAll,
  frameSpan,
  nextError,
  nextLog,
  nextRow,
  openOrEnter,
  panBy,
  select,
  showAll,
  step,
  toggleShort,
  toggleView,
  zoomBy,
} from './moves'
import { type Stage, useStage } from './stage'

const PAGE = 15
const NARROW = 0.7
const PAN = 0.15

export function useTraceKeys() {
  const stage = useStage()
  const { layout } = useTraceData()
  const key = (keys: string, does: string, run: () => void) => ({ keys, does, run })
  useKeys('Move', [
    key('j', 'Next row', () => step(stage, 1)),
    key('k', 'Previous row', () => step(stage, -1)),
    key('ArrowDown', 'Next row', () => step(stage, 1)),
    key('ArrowUp', 'Previous row', () => step(stage, -1)),
    key('PageDown', 'A page down', () => step(stage, PAGE)),
    key('PageUp', 'A page up', () => step(stage, -PAGE)),
    key('Home', 'First row', () => step(stage, Number.NEGATIVE_INFINITY)),
    key('End', 'Last row', () => step(stage, layout.columns.count * 2)),
    key('ArrowRight', 'Open, or to the first child', () => openOrEnter(stage)),
    key('ArrowLeft', 'Close, or to the parent', () => closeOrLeave(stage)),
    key('n', 'Next error, or next find', () => next(stage, 1)),
    key('N', 'Previous error, or previous find', () => next(stage, -1)),
    key('.', 'Next log record', () => nextLog(stage, 1)),
    key(',', 'Previous log record', () => nextLog(stage, -1)),
    key('Enter', 'Into the details', () => document.getElementById('details')?.focus()),
    key('Escape', 'Select nothing', () => select(stage, -1)),
  ])
  useKeys('Zoom', [
    key('w', 'Closer', () => zoomBy(stage, NARROW)),
    key('s', 'Wider', () => zoomBy(stage, 1 / NARROW)),
    key('a', 'Earlier', () => panBy(stage, -PAN)),
    key('d', 'Later', () => panBy(stage, PAN)),
    key('f', 'Fill the width with the selected span', () => frameSpan(stage)),
    key('0', 'The whole trace', () => showAll(stage)),
  ])
  useKeys('Show', [
    key('l', 'Log records as rows', () => toggleView(stage, 'logs')),
    key('c', 'Critical path only', () => toggleView(stage, 'criticalOnly')),
    key('h', 'Hide what takes under 1 %', () => toggleShort(stage)),
    key('[', 'Fold all', () => foldAll(stage, true)),
    key(']', 'Unfold all', () => foldAll(stage, false)),
  ])
}

function next(stage: Stage, by: 1 | -1) {
  const { found } = stage.now
  if (found) nextRow(stage, by, found.rows)
  else nextError(stage, by)
}
