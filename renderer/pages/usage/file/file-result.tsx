import type { UsageFileReport } from '../../../../shared/contract/console/usage-file.ts'
import { format } from '../../../base/format/format.ts'
import { usageTexts } from '../texts.ts'
import { RefusedLines } from './refused-lines.tsx'
import classes from './usage-file.module.css'
import type { UsageFileRun } from './usage-file-run.ts'

/** What the platform said of the events so far. */
export function FileResult({ run: { step, preview }, report }: { run: UsageFileRun; report: UsageFileReport }) {
  const words = usageTexts.file
  const { accepted, duplicates, refusedCount, refused } = report
  return (
    <>
      <dl className={classes.counts}>
        {(
          [
            [words.counts.counted, accepted],
            [words.counts.known, duplicates],
            [words.counts.refused, refusedCount],
          ] as const
        ).map(([label, count]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{format.count(count)}</dd>
          </div>
        ))}
      </dl>
      <RefusedLines title={words.refusedThere(refusedCount)} lines={refused} total={refusedCount} />
      {step === 'ended' && preview !== null && (
        <RefusedLines title={words.notSent(preview.refusedCount)} lines={preview.refused} total={preview.refusedCount} />
      )}
    </>
  )
}
