import { Checkbox } from '@mantine/core'
import { useState } from 'react'
import type { OfferedPlan, Offers } from '../../../shared/contract/console/offers.ts'
import { priceWords } from '../../base/texts/plan.ts'
import { GatedButton } from '../../components/form/gated-button.tsx'
import type { ChosenOrder } from '../../components/order/order-dialog.tsx'
import tableClasses from '../../components/table/table.module.css'
import { useSyncs } from '../../state/active-workspace.ts'
import { orderOf } from './plan-address.ts'
import classes from './plans.module.css'
import { plansTexts } from './texts.ts'

const words = plansTexts

type Props = {
  offers: Offers
  /** Why nothing can be bought or asked now; null: it can. */
  offline: string | null
  onChoose: (chosen: ChosenOrder) => void
  onAsk: (plan: { id: string; name: string }) => void
}

/** All plans in all rows of the comparison; what another plan says otherwise than the current one is set off. */
export function PlanTable({ offers, offline, onChoose, onAsk }: Props) {
  const [onlyDifferences, setOnlyDifferences] = useState(false)
  const releases = useSyncs()
  const { plans } = offers
  const rows = onlyDifferences ? offers.rows.filter(({ differs }) => differs) : offers.rows
  const currentPlace = plans.findIndex(({ current }) => current)
  return (
    <div className={classes.frame}>
      <div className={classes.tools}>
        <h2 className={classes.heading}>{words.compare}</h2>
        <Checkbox size="xs" label={words.onlyDifferences} checked={onlyDifferences} onChange={(event) => setOnlyDifferences(event.currentTarget.checked)} />
      </div>
      <table className={classes.plans}>
        <caption className={classes.caption}>{words.lead(releases)}</caption>
        <thead>
          <tr>
            <td />
            {plans.map((plan) => (
              <th key={plan.id} scope="col" data-current={plan.current || undefined}>
                <span className={classes.name}>{plan.name}</span>
                {plan.current && (
                  <span className={tableClasses.badge} data-tone="accent">
                    {words.current}
                  </span>
                )}
                <span className={classes.price}>{priceWords(plan.priceCents, plan.currency, plan.interval)}</span>
                {plan.summary && <span className={classes.summary}>{plan.summary}</span>}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <tr className={classes.choice}>
            <td />
            {plans.map((plan) => (
              <td key={plan.id} data-current={plan.current || undefined}>
                {plan.current ? (
                  <span className={classes.dim}>{words.isCurrent}</span>
                ) : (
                  <PlanAction plan={plan} offers={offers} offline={offline} onChoose={onChoose} onAsk={onAsk} />
                )}
              </td>
            ))}
          </tr>
          {rows.length === 0 && onlyDifferences && (
            <tr>
              <td colSpan={plans.length + 1} className={classes.dim}>
                {words.noDifferences}
              </td>
            </tr>
          )}
          {rows.map((row) => (
            <ComparedRow key={row.label} row={row} plans={plans} currentPlace={currentPlace} />
          ))}
          {plans.some(({ release }) => release !== null) && (
            <tr>
              <th scope="row">{words.releasesRow}</th>
              {plans.map(({ id, current, release }) => (
                <td key={id} data-current={current || undefined}>
                  {current || release === null ? '–' : words.releases(release)}
                  {!current && release !== null && release.staysCount > 0 && <span className={classes.over}>{words.stays(release)}</span>}
                </td>
              ))}
            </tr>
          )}
        </tbody>
      </table>
    </div>
  )
}

function ComparedRow({ row, plans, currentPlace }: { row: Offers['rows'][number]; plans: readonly OfferedPlan[]; currentPlace: number }) {
  const own = row.cells[currentPlace]
  const { meter } = row
  return (
    <tr>
      <th scope="row">{row.label}</th>
      {row.cells.map((cell, place) => {
        const differs = own !== undefined && (cell.limit !== own.limit || cell.words !== own.words)
        return (
          <td key={cell.planId} data-current={plans[place]?.current || undefined} data-differs={differs || undefined}>
            {meter === null ? cell.words : words.limit(meter, cell.limit)}
            {row.seats && <SeatPrice plan={plans[place]} />}
            {meter !== null && cell.over && <span className={classes.over}>{words.overNow(meter, cell.used)}</span>}
          </td>
        )
      })}
    </tr>
  )
}

function SeatPrice({ plan }: { plan: OfferedPlan | undefined }) {
  if (plan === undefined || plan.seatPriceCents === null) return null
  return <span className={classes.summary}>{words.seatsMore(plan.seatPriceCents, plan.currency)}</span>
}

function PlanAction({ plan, offers, offline, onChoose, onAsk }: { plan: OfferedPlan } & Props) {
  const { state, reason } = offers.permission
  const { pendingChange } = offers
  // It is chosen already: the way back stands above the table.
  if (pendingChange?.planId === plan.id) return <span className={classes.dim}>{words.begins(pendingChange.at)}</span>
  if (state === 'request') {
    const pending = offers.requests.some(({ status }) => status === 'pending')
    return (
      <GatedButton
        variant="default"
        reason={offline !== null ? words.requestOffline : pending ? words.requestPending : null}
        onClick={() => onAsk({ id: plan.id, name: plan.name })}
      >
        {words.request(plan.name)}
      </GatedButton>
    )
  }
  // The portal offers no other plan for later while the subscription ends.
  const endsFirst = offers.cancelAt !== null && !plan.larger ? words.resumeFirst(offers.cancelAt) : null
  const refused = offline ?? (state === 'no' ? reason : null) ?? (plan.priceCents === null ? words.onRequest : null) ?? endsFirst
  return plan.larger ? (
    <GatedButton variant={isNext(plan, offers.plans) ? 'filled' : 'default'} reason={refused} onClick={() => onChoose(orderOf(plan))}>
      {words.choose(plan.name)}
    </GatedButton>
  ) : (
    <GatedButton variant="default" reason={refused} onClick={() => onChoose(orderOf(plan))}>
      {words.changeTo(plan.name)}
    </GatedButton>
  )
}

/** One filled button: the way up leads to the next larger plan, the others stay quiet. */
function isNext(plan: OfferedPlan, all: readonly OfferedPlan[]): boolean {
  return all.find(({ larger }) => larger)?.id === plan.id
}
