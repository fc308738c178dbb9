import { useMemo } from 'react'
import type { SqlAnswer } from '../../model/api'
import { groupLabel } from '../../model/series'
import { linesOf } from '../../model/sql-answer'
import { Chart } from '../parts/chart'
import { useLineColours } from '../parts/colours'
import { Notice } from '../parts/notice'

const NO_LINES = { times: [], lines: [] }

export function SqlChart({ answer }: { answer: SqlAnswer }) {
  const aligned = useMemo(() => linesOf(answer), [answer])
  const colours = useLineColours((aligned ?? NO_LINES).lines)
  if (!aligned) {
    return (
      <Notice title="These rows have no line to draw.">
        <p>A chart wants a column of time and one of numbers; columns of text split the lines. For example:</p>
        <pre className="code">
          SELECT toStartOfMinute(start) AS minute, service, count() AS spans FROM spans GROUP BY minute, service
        </pre>
      </Notice>
    )
  }
  return (
    <section className="scroll-page" tabIndex={0} aria-label="Rows as lines">
      <h3 className="row line-names">
        {aligned.lines.map((line, i) => (
          <span key={groupLabel(line.group) + line.calculate} className="row">
            <span className="dot" style={{ background: colours[i] }} />
            {groupLabel(line.group) || line.calculate}
          </span>
        ))}
      </h3>
      <Chart aligned={aligned} unit="" colours={colours} height={320} label="The rows of the answer over time" />
    </section>
  )
}
