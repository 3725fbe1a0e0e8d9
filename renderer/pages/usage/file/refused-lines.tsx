import type { RefusedLine } from '../../../../shared/contract/console/usage-file.ts'
import { Notice } from '../../../components/notice/notice.tsx'
import { usageTexts } from '../texts.ts'
import classes from './usage-file.module.css'

/** Each by its line and why; of many, the first ones. */
export function RefusedLines({ title, lines, total }: { title: string; lines: readonly RefusedLine[]; total: number }) {
  if (total === 0) return null
  const words = usageTexts.file
  return (
    <Notice tone="amber" title={title}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reached by the keyboard */}
      <section className={classes.scroll} tabIndex={0} aria-label={title}>
        <ul className={classes.lines}>
          {lines.map(({ line, reason }, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the list only grows, at its end, and the platform may refuse two alike
            <li key={place}>{words.refusedLine(line, reason)}</li>
          ))}
          {total > lines.length && <li>{words.moreRefused(total - lines.length)}</li>}
        </ul>
      </section>
    </Notice>
  )
}
