import type { Drain } from '../../../shared/contract/console.ts'
import { texts } from '../../base/texts/texts.ts'
import classes from './drain-progress.module.css'
import { ProgressBar } from './progress-bar.tsx'

/** How far a drain is, how fast it goes and how long it will take. */
export function DrainProgress({ drain }: { drain: Drain }) {
  const words = texts.drain
  return (
    <div>
      <div className={classes.words}>
        <span>{words.done(drain)}</span>
        <span className={classes.dim}>{words.pace(drain)}</span>
      </div>
      <ProgressBar
        label={drain.releasing ? words.releasing : words.delivering}
        done={drain.deliveredCount}
        total={drain.totalCount}
        valueText={`${words.done(drain)}. ${words.pace(drain)}`}
      />
    </div>
  )
}
