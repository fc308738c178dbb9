/** How long the service's requests took, and when its versions changed. */
import { useNavigate } from '@tanstack/react-router'
import { useMemo } from 'react'
import type { Query } from '../../model/api'
import { term } from '../../model/filter'
import { type Box, firstColumn, heatOf, writeBox } from '../../model/heat'
import { plural } from '../../model/number'
import { rangeMs, rangeParams } from '../../model/range'
import { every, stepMs } from '../../model/series'
import { firstSeen } from '../../model/versions'
import { serverNow } from '../ask'
import { keepRange } from '../frame/frame'
import { useRange } from '../frame/range'
import { Heatmap } from '../parts/heatmap'
import { Since } from '../parts/since'
import { useHeatmap, useSums } from '../questions'
import { ENTRIES } from './sparks'

const COLUMNS = 80
const ROWS = 24

export function Latency({ service }: { service: string }) {
  const [range] = useRange()
  const navigate = useNavigate()
  const filter = `${term('service', service)} ${ENTRIES}`
  const asked = useMemo(() => {
    const { from, to } = rangeMs(range, serverNow())
    const shared = { signal: 'traces', filter, every: every(to - from, COLUMNS), ...rangeParams(range) } as const
    const heatmap: Query = { ...shared, heatmap: { field: 'duration', buckets: ROWS } }
    const versions: Query = { ...shared, calculate: ['count'], group_by: ['service.version'], limit: 10 }
    return { heatmap, versions, step: stepMs(shared.every) }
  }, [range, filter])
  const { data } = useHeatmap('latency', asked.heatmap)
  const versions = useSums('versions', asked.versions)
  const heat = useMemo(() => data && heatOf(data, asked.step), [data, asked.step])
  const marks = useMemo(() => firstSeen(versions.data?.series ?? []), [versions.data])
  if (!heat?.most) return null
  const explore = (box: Box | null) =>
    box &&
    void navigate({
      to: '/explore',
      search: before => ({ ...keepRange(before), view: 'heatmap', filter, box: writeBox(box) }),
    })
  return (
    <section>
      <h2>
        Duration <span className="dim">· drag a box to ask what is different about it</span>
        <Since first={firstColumn(heat)} className="told" />
      </h2>
      <Heatmap
        heat={heat}
        unit="ns"
        label={`How long ${service} took, over time${marks.length ? `; ${plural(marks.length, 'new version')}` : ''}`}
        box={null}
        choose={explore}
        pick={explore}
        marks={marks}
      />
    </section>
  )
}
