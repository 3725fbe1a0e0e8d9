import type { Workspace } from '../../../shared/contract/console.ts'
import { useRead } from '../../state/reads.ts'
import classes from './overview.module.css'
import { spendWords } from './spend-words.ts'
import { overviewTexts } from './texts.ts'

/** What the period costs so far and will cost at this pace, and what that consists of. */
export function SpendFacts({ workspace }: { workspace: Workspace }) {
  const { data } = useRead('usage.read', { workspaceId: workspace.id })
  const words = overviewTexts.plan
  const cost = data?.cost ?? null
  if (cost === null) return null
  const isMetered = data?.meters.some(({ projected }) => projected !== null) ?? false
  const { soFar, projected } = spendWords(cost, isMetered)
  return (
    <>
      <Fact name={cost.planCents === null ? words.spendOnTop : words.spend} amount={soFar.amount} basis={soFar.basis} />
      <Fact name={words.projected} amount={projected.amount} basis={projected.basis} />
    </>
  )
}

function Fact({ name, amount, basis }: { name: string; amount: string; basis: string }) {
  return (
    <div className={classes.fact}>
      <dt>{name}</dt>
      <dd>{amount}</dd>
      <dd className={classes.basis}>{basis}</dd>
    </div>
  )
}
