/** What a span's time went into. */
import { shownName } from '../../../model/names'
import { duration, percent, plural } from '../../../model/number'
import { whySlow } from '../../../model/why'
import { Dot } from '../../parts/service'
import { useTraceData } from '../data'
import { select, showWindow } from '../moves'
import { useStage } from '../stage'
import { Section } from './section'

export function WhySection({ row }: { row: number }) {
  const { layout } = useTraceData()
  const stage = useStage()
  const why = whySlow(layout, row)
  if (why.duration <= 0) return null
  const share = (ns: number) => percent(ns / why.duration)
  return (
    <Section title="Where the time went">
      <table className="why">
        <tbody>
          <tr>
            <td>in itself</td>
            <td className="number right">{duration(why.self)}</td>
            <td className="number right dim">{share(why.self)}</td>
          </tr>
          {why.gaps.map(gap => (
            <tr key={gap.from} className="gap">
              <td>
                <button type="button" className="link" onClick={() => showWindow(stage, [gap.from, gap.to])}>
                  {gap.from > layout.start[row]
                    ? `of it at ${duration(gap.from - layout.start[row])}`
                    : 'of it at its start'}
                </button>
              </td>
              <td className="number right">{duration(gap.to - gap.from)}</td>
              <td className="number right dim">{share(gap.to - gap.from)}</td>
            </tr>
          ))}
          {why.children.map(child => (
            <tr key={`${child.service} ${child.name}`}>
              <td>
                <button type="button" className="link" onClick={() => select(stage, child.row)}>
                  <Dot service={child.service} /> {shownName(child.name)}
                  {child.count > 1 && ` × ${child.count}`}
                </button>
              </td>
              <td className="number right">{duration(child.total)}</td>
              <td className="number right dim">
                {child.inside > 0 || child.total === 0 ? share(child.inside) : 'after'}
              </td>
            </tr>
          ))}
          {why.others.count > 0 && (
            <tr className="dim">
              <td>and {plural(why.others.count, 'other')}</td>
              <td className="number right">{duration(why.others.total)}</td>
              <td />
            </tr>
          )}
        </tbody>
      </table>
      {why.onPath > 0 && <p className="dim">On the critical path itself for {duration(why.onPath)}.</p>}
    </Section>
  )
}
