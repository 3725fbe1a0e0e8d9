import { paths } from '../../../shared/contract/console/pages.ts'
import { Notice } from '../../components/notice/notice.tsx'
import { useRead } from '../../state/reads.ts'
import { appTexts } from '../texts.ts'
import classes from './shell.module.css'

/** Trouble with this computer's own files, on every page until it is over: the worst first, and one at a time. */
const urgency = [
  'disk_full',
  'secrets',
  'journal_unwritable',
  'envelopes_unwritable',
  'disk_low',
  'salvaged',
  'forked',
  'journal_rebuilt',
  'restore_copy',
  'address',
  'folder',
  'cache_rebuilt',
  'clock',
  'left_out',
] as const

export function WarningsBanner() {
  const { data } = useRead('app.info', {})
  const warnings = [...(data?.warnings ?? [])].sort((left, right) => urgency.indexOf(left.kind) - urgency.indexOf(right.kind))
  const worst = warnings[0]
  if (!worst) return null
  return (
    <section className={classes.strip} aria-label={appTexts.warnings.label}>
      <Notice tone={worst.kind === 'disk_full' ? 'red' : 'amber'} urgent={worst.kind === 'disk_full'}>
        {worst.text}
        {warnings.length > 1 && (
          <>
            {' '}
            <a href={`#${paths.settings}`}>{appTexts.warnings.more(warnings.length - 1)}</a>
          </>
        )}
      </Notice>
    </section>
  )
}
