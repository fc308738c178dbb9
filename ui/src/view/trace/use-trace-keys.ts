import { useNavigate } from '@tanstack/react-router'
import { term } from '../../model/filter'
import { rangeOf } from '../../model/layout'
import { picturesOf } from '../../model/pictures'
import { useKeys } from '../keys'
import { useTraceData } from './data'
import {
  closeOrLeave,
  foldAll,
  frameSpan,
  nextError,
  nextLine,
  nextLog,
  nextRow,
  openOrEnter,
  panBy,
  select,
  showAll,
  showPicture,
  toggleShort,
  toggleView,
  walk,
  zoomBy,
} from './moves'
import { type Stage, useShowing, useStage } from './stage'

const PAGE = 15
const NARROW = 0.7
const PAN = 0.15

export function useTraceKeys() {
  const stage = useStage()
  const { layout, local = false } = useTraceData()
  const flame = useShowing(({ picture }) => picture !== 'waterfall' && picture !== 'table')
  const navigate = useNavigate()
  const toLogs = () => {
    const filter = term('trace', layout.columns.traceId)
    void navigate({ to: '/logs', search: { range: rangeOf(layout), filter } })
  }
  const key = (keys: string, does: string, run: () => void) => ({ keys, does, run })
  useKeys('Move', [
    key('j', 'Next row', () => nextLine(stage, 1)),
    key('k', 'Previous row', () => nextLine(stage, -1)),
    key('ArrowDown', flame ? 'To the longest child' : 'Next row', () =>
      flame ? walk(stage, 'down') : nextLine(stage, 1),
    ),
    key('ArrowUp', flame ? 'To the parent' : 'Previous row', () => (flame ? walk(stage, 'up') : nextLine(stage, -1))),
    key('PageDown', 'A page down', () => nextLine(stage, PAGE)),
    key('PageUp', 'A page up', () => nextLine(stage, -PAGE)),
    key('Home', 'First row', () => nextLine(stage, Number.NEGATIVE_INFINITY)),
    key('End', 'Last row', () => nextLine(stage, Number.POSITIVE_INFINITY)),
    key('ArrowRight', flame ? 'To the next sibling' : 'Open, or to the first child', () =>
      flame ? walk(stage, 'right') : openOrEnter(stage),
    ),
    key('ArrowLeft', flame ? 'To the sibling before' : 'Close, or to the parent', () =>
      flame ? walk(stage, 'left') : closeOrLeave(stage),
    ),
    key('n', 'Next error, or next find', () => next(stage, 1)),
    key('N', 'Previous error, or previous find', () => next(stage, -1)),
    key('.', 'Next log record', () => nextLog(stage, 1)),
    key(',', 'Previous log record', () => nextLog(stage, -1)),
    key('>', 'Next warning or error among the records', () => nextLog(stage, 1, 'warn')),
    key('<', 'Previous warning or error among the records', () => nextLog(stage, -1, 'warn')),
    ...(local ? [] : [key('L', 'The records of this trace, on the page of logs', toLogs)]),
    key('Enter', 'Into the details', () => document.getElementById('details')?.focus()),
    key('Escape', 'Select nothing', () => select(stage, -1)),
  ])
  useKeys(
    'View',
    picturesOf(local).map(({ name, title }, i) => key(String(i + 1), title, () => showPicture(stage, name))),
  )
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
