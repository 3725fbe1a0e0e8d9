import { Link } from 'wouter'
import { Meter } from '../../components/meter/meter.tsx'
import { ForecastLine } from './forecast-line.tsx'
import type { MeterInUse } from './meter-in-use.ts'
import { Sparkline } from './sparkline.tsx'
import { usageTexts as texts } from './texts.ts'
import classes from './usage.module.css'
import { writeUsageAddress } from './usage-address.ts'

/** One meter with its forecast and its last days; the whole card leads to its details. */
export function MeterCard({ meter, use, periodEnd }: MeterInUse & { periodEnd: number }) {
  return (
    <article className={classes.card}>
      <Meter meter={meter} planLimit={use.boosted > 0 ? use.planLimit : null} />
      {use.boosted > 0 && use.planLimit !== null && <p className={classes.boosted}>{texts.boosted(meter, use.planLimit, use.boosted)}</p>}
      <div className={classes.cardFoot}>
        <ForecastLine meter={meter} forecast={use.forecast} periodEnd={periodEnd} />
        <Sparkline values={use.recent} />
      </div>
      <Link
        className={classes.cardLink}
        href={writeUsageAddress({ meter: meter.id, grain: 'day', running: use.kind === 'flow' })}
        aria-label={texts.details(meter.name)}
      />
    </article>
  )
}
