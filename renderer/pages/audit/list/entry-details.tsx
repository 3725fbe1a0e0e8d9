import type { AuditRow } from '../../../../shared/contract/console/audit.ts'
import { format } from '../../../base/format/format.ts'
import { actorWords } from '../actor-words.ts'
import classes from '../audit.module.css'
import { auditTexts } from '../texts.ts'

const words = auditTexts.entry

/** Everything that an entry holds. */
export function EntryDetails({ row }: { row: AuditRow }) {
  return (
    <section className={classes.details} aria-label={words.details(row.sequence)}>
      <dl className={classes.facts}>
        <dt>{words.sequence}</dt>
        <dd>{format.count(row.sequence)}</dd>
        <dt>{words.at}</dt>
        <dd>{new Date(row.createdAt).toISOString()}</dd>
        <dt>{words.actor}</dt>
        <dd>{row.actorName === row.actor ? actorWords(row) : `${row.actorName} (${row.actor})`}</dd>
        <dt>{words.target}</dt>
        <dd>{row.target}</dd>
        <dt>{words.hash}</dt>
        <dd className={classes.hash}>{row.hash}</dd>
      </dl>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what is longer than its frame has to be scrolled by keyboard too */}
      <section className={classes.json} tabIndex={0} aria-label={words.metadata}>
        <pre>{prettyJson(row.metadata)}</pre>
      </section>
    </section>
  )
}

function prettyJson(text: string): string {
  return JSON.stringify(JSON.parse(text), null, 2)
}
