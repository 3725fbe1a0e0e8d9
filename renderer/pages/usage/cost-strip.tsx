import type { PeriodCost } from '../../../shared/contract/console/usage.ts'
import { sumCents, sumMinor } from '../../../shared/billing/statement.ts'
import { format } from '../../base/format/format.ts'
import { Section } from '../../components/page/page.tsx'
import { usageTexts } from './texts.ts'
import classes from './usage.module.css'

/** What the period costs, and what it will cost at this pace. */
export function CostStrip({ cost }: { cost: PeriodCost }) {
  const texts = usageTexts.cost
  const bought = sumCents([cost.seatsCents, cost.boostersCents])
  const money = (cents: number | bigint): string => format.money(cents, cost.currency)
  const projectedCents = BigInt(cost.projectedOverageCents)
  return (
    <Section title={texts.title} note={texts.note}>
      <dl className={classes.costs}>
        <Fact name={texts.plan}>{cost.planCents === null ? texts.agreed : money(cost.planCents)}</Fact>
        {bought > 0 && <Fact name={texts.bought}>{money(bought)}</Fact>}
        <Fact name={texts.soFar}>{money(BigInt(cost.overageCents))}</Fact>
        <Fact name={texts.projectedOverage}>{money(projectedCents)}</Fact>
        <Fact name={cost.planCents === null ? texts.totalAgreed : texts.total} strong>
          {money(sumMinor([BigInt(cost.planCents ?? 0), BigInt(bought), projectedCents]))}
        </Fact>
      </dl>
    </Section>
  )
}

function Fact({ name, strong, children }: { name: string; strong?: boolean; children: string }) {
  return (
    <div className={classes.fact} data-strong={strong || undefined}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}
