/** One trace: what happened (verdict), where (waterfall), why (details). */
import { Link, useParams } from '@tanstack/react-router'
import { type ComponentType, useEffect, useMemo, useRef } from 'react'
import { nameOf } from '../../model/names'
import { isTimed, type Picture } from '../../model/pictures'
import { asProblem } from '../ask'
import { Notice, ProblemNotice } from '../parts/notice'
import { ServiceColours } from '../parts/service'
import { Title, useTitle } from '../parts/title'
import { Waiting } from '../parts/waiting'
import { CompareView } from './compare/compare'
import { useTraceData } from './data'
import { Details } from './details/details'
import { Minimap } from './minimap'
import { LeftHeavy } from './pictures/heavy'
import { MapView } from './pictures/map'
import { SandwichView } from './pictures/sandwich'
import { TableView } from './pictures/table'
import { TimeFlame } from './pictures/time'
import { type Stage, StageProvider, stageOf, useShowing } from './stage'
import { StatusLine } from './status-line'
import { Toolbar } from './toolbar'
import { useAddress } from './use-address'
import { type Loaded, useLayout } from './use-layout'
import { useTraceKeys } from './use-trace-keys'
import { Verdict } from './verdict'
import { Waterfall } from './waterfall'
import { Workbench } from './workbench'

export function TracePage() {
  const { id } = useParams({ from: '/traces/$id' })
  const { loaded, error, retry, fetchStatus } = useLayout(id)
  if (loaded) return <Opened key={id} loaded={loaded} />
  if (!error) return <Waiting names={['trace', 'shape']} rows={20} answer={{ fetchStatus, refetch: retry }} />
  if (asProblem(error).status !== 404) return <ProblemNotice error={error} retry={retry} />
  return (
    <Notice title="There is no trace with this id.">
      <Title text="No such trace" />
      <p className="code">{id}</p>
      <p>
        It may not have arrived yet (this page looks again every two seconds), or it is older than what is kept.{' '}
        <Link to="/traces">All traces</Link>
      </p>
    </Notice>
  )
}

function useStageOf(loaded: Loaded): Stage {
  const first = useRef(loaded)
  const stage = useMemo(() => stageOf(first.current), [])
  useEffect(() => {
    if (stage.now.loaded !== loaded) stage.renew(loaded)
  }, [stage, loaded])
  return stage
}

function Opened({ loaded }: { loaded: Loaded }) {
  const stage = useStageOf(loaded)
  return (
    <ServiceColours services={loaded.layout.columns.services}>
      <StageProvider value={stage}>
        <Page />
      </StageProvider>
    </ServiceColours>
  )
}

function Page() {
  const { layout } = useTraceData()
  const { columns, tree } = layout
  const root = tree.roots[0] ?? tree.orphans[0]?.rows[0]
  useTitle(root === undefined ? 'Trace' : nameOf(columns, root))
  useAddress()
  useTraceKeys()
  return (
    <div className="trace">
      <Verdict />
      <Workbench details={<Details />}>
        <Shown />
        <StatusLine />
      </Workbench>
    </div>
  )
}

/** The chosen view, under what it shares with the others. */
function Shown() {
  const picture = useShowing(showing => showing.picture)
  const View = VIEWS[picture]
  return (
    <>
      {isTimed(picture) && <Minimap />}
      <Toolbar />
      <View />
    </>
  )
}

const VIEWS: Record<Picture, ComponentType> = {
  waterfall: Waterfall,
  flame: TimeFlame,
  'left-heavy': LeftHeavy,
  sandwich: SandwichView,
  table: TableView,
  map: MapView,
  compare: CompareView,
}
