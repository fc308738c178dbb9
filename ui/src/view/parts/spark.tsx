import { memo } from 'react'
import { sparkPath } from '../../model/spark'

const WIDTH = 80
const HEIGHT = 16

/** A line of the size of a word; what it shows is said beside it. */
export const Spark = memo(function Spark({ values, tone = '' }: { values: readonly (number | null)[]; tone?: string }) {
  return (
    <svg
      className={`spark ${tone}`}
      width={WIDTH}
      height={HEIGHT}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      aria-hidden="true"
    >
      <path d={sparkPath(values, WIDTH, HEIGHT)} />
    </svg>
  )
})
