import type { OfferedPlan, Offers } from '../../../shared/contract/console/offers.ts'
import type { ChosenOrder } from '../../components/order/order-dialog.tsx'
import { plansTexts } from './texts.ts'

/** A larger plan is paid for in a checkout; everything else is changed in the portal. */
export function orderOf({ id, name, interval, larger, release }: OfferedPlan): ChosenOrder {
  return { order: { planId: id }, title: plansTexts.dialog.plan(name), interval, how: larger ? 'checkout' : 'portal', release }
}

/** `?plan=pro` opens with that plan chosen: the way from what is held to what would release it. A link gives nobody more than the page does. */
export function chosenInAddress({ plans }: Pick<Offers, 'plans'>, planId: string | null, reason: string | null): ChosenOrder | null {
  const plan = plans.find(({ id }) => id === planId)
  if (plan === undefined || plan.current || plan.priceCents === null || reason !== null) return null
  return orderOf(plan)
}
