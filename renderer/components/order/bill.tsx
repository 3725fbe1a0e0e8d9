import type { CallOutput } from '../../../shared/contract/console.ts'
import { format } from '../../base/format/format.ts'
import { priceWords } from '../../base/texts/plan.ts'
import classes from './order.module.css'
import { orderTexts } from './texts.ts'

const words = orderTexts.dialog
type Preview = CallOutput<'billing.preview'>

/** What is to be paid, line by line: together they are the order that follows. */
export function Bill({ preview, interval, once, resumes }: { preview: Preview; interval: string; once: boolean; resumes: boolean }) {
  const { quote, currency } = preview
  const lines = quote?.lines ?? olderLines(preview)
  const dueCents = quote?.dueCents ?? Math.max(0, preview.dueTodayCents)
  return (
    <dl className={classes.bill}>
      {lines.map(({ kind, label, amountCents }) => (
        <div key={`${kind} ${label}`} className={classes.line}>
          <dt>{label}</dt>
          <dd>{format.money(amountCents, currency)}</dd>
        </div>
      ))}
      <dt data-total>{words.due}</dt>
      <dd data-total>{format.money(dueCents, currency)}</dd>
      <dt>{words.afterwards}</dt>
      <dd>{preview.planId === null ? words.noPlan : once ? words.once : priceWords(preview.recurringCents, currency, interval)}</dd>
      <dt>{words.from}</dt>
      <dd>
        {preview.effective === 'period_end' ? words.atPeriodEnd(preview.periodEnd) : resumes ? words.nowResumed : dueCents === 0 ? words.nowUnpaid : words.now}
      </dd>
    </dl>
  )
}

/** Of a platform that quotes no lines: the credit alone is known. */
function olderLines({ dueTodayCents: due, creditCents: credit }: Preview): { kind: string; label: string; amountCents: number }[] {
  return [
    ...(credit > 0 ? [{ kind: 'credit', label: words.credit, amountCents: -credit }] : []),
    ...(due < 0 ? [{ kind: 'credit', label: words.kept, amountCents: -due }] : []),
  ]
}
