import { Link } from 'wouter'
import type { Costs, CostStatement } from '../../../shared/contract/console/costs.ts'
import { paths } from '../../../shared/contract/console/pages.ts'
import { detailPart, withPart } from '../../base/address/address-part.ts'
import { format } from '../../base/format/format.ts'
import { Section } from '../../components/page/page.tsx'
import classes from './invoice-steps.module.css'
import { costsTexts } from './texts.ts'

const words = costsTexts.steps

type Step = { id: string; name: string; amountCents: number; sign: '' | '−' | '+' | '='; tone: 'list' | 'included' | 'billed' | 'total' }

/** How the list price of a period's use becomes its invoice: a bar for each step, with its words and its amount. */
export function InvoiceSteps({ costs }: { costs: Costs }) {
  const { statement, currency } = costs
  const steps = stepsOf(statement)
  const widest = Math.max(1, ...steps.map(({ amountCents }) => Math.abs(amountCents)))
  return (
    <Section title={words.title} note={<Recomputed statement={statement} />}>
      <table className={classes.steps} aria-label={words.title}>
        <tbody>
          {steps.map(({ id, name, amountCents, sign, tone }) => (
            <tr key={id} data-step={id} data-tone={tone}>
              <th scope="row">
                <span className={classes.sign} aria-hidden>
                  {sign}
                </span>
                {name}
              </th>
              <td className={classes.track} aria-hidden>
                <span data-drawn="fill" style={{ width: `${(100 * Math.abs(amountCents)) / widest}%` }} />
              </td>
              <td className={classes.amount}>{format.money(amountCents, currency)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <InvoiceLine statement={statement} currency={currency} />
    </Section>
  )
}

function stepsOf({ listCents, includedCents, beyondCents, late, invoice }: CostStatement): Step[] {
  const use: Step[] = [
    { id: 'list', name: words.list, amountCents: listCents, sign: '', tone: 'list' },
    { id: 'included', name: words.included, amountCents: includedCents, sign: '−', tone: 'included' },
    { id: 'beyond', name: words.beyond, amountCents: beyondCents, sign: '=', tone: 'billed' },
  ]
  if (invoice === null) return use
  const further: Step[] = [
    ...late.map(
      ({ number, amountCents }): Step => ({
        id: 'late',
        name: number === null ? words.lateOpen : words.late(number),
        amountCents,
        sign: '−',
        tone: 'included',
      }),
    ),
    { id: 'plan', name: words.plan, amountCents: invoice.planCents, sign: '+', tone: 'list' },
    { id: 'earlier', name: words.earlier, amountCents: invoice.earlierCents, sign: '+', tone: 'billed' },
    { id: 'tax', name: words.tax, amountCents: invoice.taxCents, sign: '+', tone: 'list' },
  ]
  const total: Step = { id: 'invoice', name: invoice.number ?? words.next, amountCents: invoice.amountCents, sign: '=', tone: 'total' }
  // What is nothing has no step; the plan always has one.
  return [...use, ...further.filter(({ id, amountCents }) => id === 'plan' || amountCents !== 0), total]
}

function InvoiceLine({ statement: { invoice }, currency }: { statement: CostStatement; currency: string }) {
  if (invoice === null) return null
  if (invoice.number === null || invoice.id === null)
    return <p className={classes.line}>{words.comes(format.utcDate(invoice.at), format.money(invoice.amountCents, currency))}</p>
  return (
    <p className={classes.line}>
      {words.invoicedAs} <Link href={withPart(paths.invoices, detailPart, invoice.id)}>{invoice.number}</Link>
    </p>
  )
}

/** The platform's amounts and those that were reckoned here are the same, or what differs. */
function Recomputed({ statement: { differences } }: { statement: CostStatement }) {
  if (differences.length === 0) return <span data-recomputed="same">{words.same}</span>
  return (
    <span data-recomputed="differs" className={classes.differs}>
      {words.differs(differences.length)}{' '}
      {differences
        .slice(0, 3)
        .map(({ name, platform, here }) => words.difference(name, platform, here))
        .join('; ')}
    </span>
  )
}
