import { Link } from 'wouter'
import type { Workspace } from '../../../shared/contract/console.ts'
import { paths } from '../../../shared/contract/console/pages.ts'
import { detailPart, withPart } from '../../base/address/address-part.ts'
import { useRead } from '../../state/reads.ts'
import classes from './overview.module.css'
import { nextWords, type SpendFigure, walletWords } from './spend-words.ts'
import { overviewTexts } from './texts.ts'
import { format } from '../../base/format/format.ts'

/** What was invoiced in this period, with its invoices, and what the next invoice will have; of a wallet, what it was debited. Of a free plan only what there is. */
export function SpendFacts({ workspace, isFree }: { workspace: Workspace; isFree: boolean }) {
  const { data: spend } = useRead('overview.spend', { workspaceId: workspace.id })
  const { data: usage } = useRead('usage.read', { workspaceId: workspace.id })
  const words = overviewTexts.plan
  if (!spend) return null
  const cost = usage?.cost ?? null
  const next = nextWords(spend, cost?.planCents === undefined ? null : cost.planCents)
  const wallet = cost?.wallet == null ? null : walletWords(cost.wallet)
  return (
    <>
      {!(isFree && spend.invoices.length === 0) && (
        <div className={classes.fact}>
          <dt>{words.invoiced}</dt>
          <dd>{format.money(spend.invoicedCents, spend.currency)}</dd>
          <dd className={classes.basis}>
            {spend.invoices.length === 0
              ? overviewTexts.spend.noInvoice
              : spend.invoices.map(({ id, number }, index) => (
                  <span key={id}>
                    {index > 0 && ', '}
                    <Link href={withPart(paths.invoices, detailPart, id)}>{number}</Link>
                  </span>
                ))}
          </dd>
        </div>
      )}
      {!(isFree && spend.next === null) && <Fact name={spend.next === null ? words.next : words.nextOn(spend.next.at)} {...next} />}
      {wallet !== null && (
        <>
          <Fact name={words.spend} {...wallet.soFar} />
          <Fact name={words.projected} {...wallet.projected} />
        </>
      )}
    </>
  )
}

function Fact({ name, amount, basis }: { name: string } & SpendFigure) {
  return (
    <div className={classes.fact}>
      <dt>{name}</dt>
      <dd>{amount}</dd>
      <dd className={classes.basis}>{basis}</dd>
    </div>
  )
}
