import classes from './usage.module.css'

const WIDTH = 120
const HEIGHT = 28

/** The last days as a line; what it says is said in words beside it. */
export function Sparkline({ values }: { values: readonly (number | null)[] }) {
  const known = values.filter((value) => value !== null)
  if (known.length < 2) return null
  const highest = Math.max(1, ...known)
  const points = values.flatMap((value, index) => {
    if (value === null) return []
    const x = (index / (values.length - 1)) * WIDTH
    const y = HEIGHT - 2 - (Math.max(0, value) / highest) * (HEIGHT - 4)
    return [`${x.toFixed(1)},${y.toFixed(1)}`]
  })
  return (
    <svg className={classes.sparkline} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} width={WIDTH} height={HEIGHT} aria-hidden="true">
      <polyline points={points.join(' ')} fill="none" />
    </svg>
  )
}
