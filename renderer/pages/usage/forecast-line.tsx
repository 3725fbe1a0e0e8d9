import type { UsageForecast } from '../../../shared/contract/console/usage.ts'
import type { Meter } from '../../../shared/contract/console.ts'
import { useNow } from '../../state/now.ts'
import { usageTexts } from './texts.ts'
import classes from './usage.module.css'

/** Where the meter will stand, and the day on which its limit is reached. */
export function ForecastLine({ meter, forecast, periodEnd }: { meter: Meter; forecast: UsageForecast | null; periodEnd: number }) {
  const texts = usageTexts.forecast
  const now = useNow()
  if (forecast === null) return <p className={classes.forecast}>{meter.limit === 0 ? '' : texts.none}</p>
  return (
    <p className={classes.forecast}>
      {texts.expected(meter, forecast, periodEnd)}
      {meter.limit !== null && meter.limit > 0 && (
        <span className={classes.day} data-tone={forecast.reachesLimitAt === null ? (forecast.earliestAt === null ? 'calm' : 'maybe') : 'reached'}>
          {limitWords(forecast, meter.used >= meter.limit, now)}
        </span>
      )}
    </p>
  )
}

function limitWords({ reachesLimitAt, earliestAt }: UsageForecast, full: boolean, now: number): string {
  const texts = usageTexts.forecast
  // The forecast was made a moment ago: by its own clock a full meter reaches its limit "now", which may lie ahead of this one.
  if (full) return texts.reached
  if (reachesLimitAt !== null) return reachesLimitAt <= now ? texts.reached : texts.reaches(reachesLimitAt)
  return earliestAt === null ? texts.stays : texts.mayReach(earliestAt)
}
