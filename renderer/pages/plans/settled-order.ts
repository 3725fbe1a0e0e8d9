import type { Offers } from '../../../shared/contract/console/offers.ts'
import type { ChosenOrder } from '../../components/order/order-dialog.tsx'

/**
 * Whether what a dialog asks has happened elsewhere: in the portal, on another computer, by another member. Then it has nothing left to ask.
 * What may be bought again (a booster, a top-up) never settles by itself. Pure.
 */
export function isSettled(
  { order, how }: Pick<ChosenOrder, 'order' | 'how'>,
  { plans, pendingChange, cancelAt }: Pick<Offers, 'plans' | 'pendingChange' | 'cancelAt'>,
): boolean {
  if (order.cancel !== undefined) return order.cancel === (cancelAt !== null)
  if (order.planId === undefined) return false
  return how === 'portal' ? pendingChange?.planId === order.planId : plans.some(({ id, current }) => id === order.planId && current)
}
