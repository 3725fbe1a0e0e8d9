import classes from './progress-bar.module.css'

/** `total` null: how much there is, is not known. */
export function ProgressBar({ label, done, total, valueText }: { label: string; done: number; total: number | null; valueText: string }) {
  const share = total === null || total === 0 ? null : Math.min(100, (done / total) * 100)
  return (
    <div
      className={classes.track}
      data-drawn="track"
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={share === null ? undefined : Math.round(share)}
      aria-valuetext={valueText}
      data-unknown={share === null || undefined}
    >
      <div className={classes.fill} data-drawn="fill" style={{ width: `${share ?? 100}%` }} />
    </div>
  )
}
