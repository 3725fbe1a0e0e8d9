import type { Workspace } from '../../../shared/contract/console.ts'
import { format } from '../../app/format.ts'
import { texts } from '../../app/texts.ts'
import { useRead } from '../../state/reads.ts'
import classes from './overview.module.css'

/** What the period costs so far and will cost at this pace; nothing where usage has no price. */
export function SpendFacts({ workspace }: { workspace: Workspace }) {
  const { data } = useRead('usage.read', { workspaceId: workspace.id })
  const words = texts.overview.plan
  const cost = data?.cost ?? null
  if (cost === null || !data?.meters.some(({ projected }) => projected !== null)) return null
  const plan = cost.planCents ?? 0
  return (
    <>
      <Fact name={cost.planCents === null ? words.spendOnTop : words.spend}>{format.money(plan + cost.overageCents, cost.currency)}</Fact>
      <Fact name={words.projected}>{format.money(plan + cost.projectedOverageCents, cost.currency)}</Fact>
    </>
  )
}

function Fact({ name, children }: { name: string; children: string }) {
  return (
    <div className={classes.fact}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}
