// biome-ignore-all lint/a11y/useSemanticElements: the meter element can neither carry marks nor a pattern
import type { Meter as MeterReading } from '../../../shared/contract/console.ts'
import { texts } from '../../base/texts/texts.ts'
import { FigureSource } from './figure-source.tsx'
import classes from './meter.module.css'
import { meterScale } from './meter-scale.ts'

type Props = {
  meter: MeterReading
  /** The plan's own part of the limit, where boosters or seats add to it. */
  planLimit?: number | null
  /** When it will be used up and what follows then, in words. */
  ahead?: string | null
}

/** One limit and how much of it is used: the words carry everything, the bar repeats them in colour and pattern. */
export function Meter({ meter, planLimit = null, ahead = null }: Props) {
  const level = meter.level ?? 'normal'
  const scale = meterScale(meter)
  const percent = texts.meter.percent(meter)
  return (
    <div className={classes.meter} data-level={level}>
      <div className={classes.head}>
        <h3 className={classes.name}>{meter.name}</h3>
        {meter.levelLabel && (level === 'amber' || level === 'red' || level === 'over') && <span className={classes.level}>{meter.levelLabel}</span>}
        <span className={classes.percent}>{percent}</span>
      </div>
      <div className={classes.figures}>
        <FigureSource meter={meter} />
        <span className={classes.limit}>{texts.meter.ofLimit(meter)}</span>
      </div>
      <div
        className={classes.track}
        data-drawn="track"
        role="meter"
        aria-label={meter.name}
        aria-valuemin={0}
        aria-valuemax={meter.limit === null ? Math.max(1, meter.used) : Math.max(1, meter.limit)}
        aria-valuenow={meter.limit === null ? meter.used : Math.min(meter.used, Math.max(1, meter.limit))}
        aria-valuetext={texts.meter.spoken(meter)}
      >
        {planLimit !== null && meter.limit !== null && meter.limit > planLimit && (
          <div
            className={classes.boosted}
            data-drawn="fill"
            style={{ left: `${(planLimit / meter.limit) * scale.limitPercent}%`, width: `${(1 - planLimit / meter.limit) * scale.limitPercent}%` }}
          />
        )}
        <div className={classes.fill} data-drawn="fill" style={{ width: `${scale.fillPercent}%` }} />
        {scale.heldPercent > 0 && <div className={classes.held} data-drawn="fill" style={{ left: `${scale.limitPercent}%`, width: `${scale.heldPercent}%` }} />}
        {scale.marks.map((mark) => (
          <div key={mark.percent} className={classes.mark} data-drawn="fill" data-level={mark.level} style={{ left: `${mark.position}%` }} />
        ))}
      </div>
      <p className={classes.note}>
        {meter.heldCount > 0 ? <span className={classes.heldNote}>{texts.meter.heldBehind(meter)}</span> : <span className={classes.ahead}>{ahead}</span>}
        <span className={classes.period}>{meter.isPerMinute ? texts.meter.perMinute : texts.meter.period[meter.period]}</span>
      </p>
    </div>
  )
}
