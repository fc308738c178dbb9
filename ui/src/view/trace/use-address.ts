/** Selection, zoom, search and the Logs switch, in the URL and back from it. */
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { readFolds, writeFolds } from '../../model/folds'
import { rowOfId, spanId } from '../../model/ids'
import { firstError } from '../../model/layout'
import { isTimed, readPicture } from '../../model/pictures'
import { isWhole, readWindow, writeWindow } from '../../model/zoom'
import { TRACE_SEARCH, type TraceSearch } from '../router'
import { select, selectLog, showPicture } from './moves'
import { AGAINST, BY, type Showing, SORT, type Stage, useStage } from './stage'

/** Long enough that a drag writes once, short enough that a copied address is current. */
const SETTLED_MS = 250

export function useAddress() {
  const stage = useStage()
  const search = useSearch({ from: '/traces/$id' })
  const navigate = useNavigate({ from: '/traces/$id' })
  const written = useRef<TraceSearch | null>(null)

  useEffect(() => {
    if (written.current && same(written.current, search)) return
    const opened = !written.current
    if (opened && !search.span && !search.log) selectFirst(stage)
    written.current = search
    show(stage, search, opened)
  }, [stage, search])

  useEffect(() => {
    let timer = 0
    const write = () => {
      const next = addressOf(stage.now)
      if (written.current && same(written.current, next)) return
      written.current = next
      void navigate({ search: before => ({ range: before.range, ...next }), replace: true })
    }
    const unsubscribe = stage.subscribe(() => {
      clearTimeout(timer)
      timer = window.setTimeout(write, SETTLED_MS)
    })
    // A click may lead to another page: who comes back finds what was selected before it.
    window.addEventListener('click', write, true)
    return () => {
      clearTimeout(timer)
      unsubscribe()
      window.removeEventListener('click', write, true)
    }
  }, [stage, navigate])
}

/** Before anybody asks: the error that came first, else the root. */
function selectFirst(stage: Stage) {
  const { tree } = stage.now.layout
  const row = firstError(stage.now.layout)
  select(stage, row >= 0 ? row : (tree.roots[0] ?? tree.orphans[0]?.rows[0] ?? -1))
}

function same(a: TraceSearch, b: TraceSearch): boolean {
  return TRACE_SEARCH.every(name => (a[name] ?? '') === (b[name] ?? ''))
}

function addressOf(showing: Showing): TraceSearch {
  const { layout, picture, span, log, window, part, find, view, focus, by, sort, against } = showing
  return {
    ...(picture !== 'waterfall' && { view: picture }),
    ...(picture === 'sandwich' && focus && { focus }),
    ...(picture === 'table' && by !== BY && { by }),
    ...(picture === 'table' && sort !== SORT && { sort }),
    ...(picture === 'compare' && against !== AGAINST && { with: against }),
    ...(span >= 0 && { span: spanId(layout.columns, span) }),
    ...(log >= 0 && { log: layout.logs.ref[log] }),
    ...(!isWhole(window, layout.whole) && { zoom: writeWindow(window) }),
    ...(part && !isTimed(picture) && { part: writeWindow(part) }),
    ...(find && { find }),
    ...writeFolds(layout, view),
    ...(view.logs && { logs: 'rows' }),
  }
}

/** Who opens an address sees what whoever copied it saw; who follows a link to a span, that span. */
function show(stage: Stage, search: TraceSearch, opened: boolean) {
  const { layout } = stage.now
  const zoom = readWindow(search.zoom, layout.whole)
  if (zoom) stage.set({ window: zoom })
  showRows(stage, search)
  const { focus = '', by = BY, sort = SORT, with: against = AGAINST, find = '' } = search
  showPicture(stage, readPicture(search.view))
  const part = readWindow(search.part, [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY])
  stage.set({ focus, by, sort, against, find, part })
  const log = search.log ? layout.logs.ref.indexOf(search.log) : -1
  const span = log >= 0 ? layout.logs.row[log] : search.span ? rowOfId(layout.columns, search.span) : -1
  if (opened && FOLDS.some(name => search[name])) stage.set({ span, log })
  else if (log >= 0) selectLog(stage, log)
  else if (search.span) select(stage, span)
}

/** Rows are made anew only where the address says something else of them. */
function showRows(stage: Stage, search: TraceSearch) {
  const { layout, view } = stage.now
  const logs = search.logs === 'rows'
  const said = writeFolds(layout, view)
  if (view.logs === logs && FOLDS.every(name => (said[name] ?? '') === (search[name] ?? ''))) return
  stage.set({ view: { ...readFolds(layout, search), logs } })
}

const FOLDS = ['closed', 'open', 'only', 'hide'] as const
