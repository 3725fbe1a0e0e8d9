import type { z } from 'zod'
import { findPlan, type Plan } from '../../../shared/billing/catalog.ts'
import { takesEffect } from '../../../shared/billing/plan-change.ts'
import type { checkoutRequest } from '../../../shared/contract/platform/purchase.ts'
import { badRequest, notFound, Refusal } from '../http/failure.ts'
import { type Account, hasEnded } from '../meter/accounts/account.ts'
import type { Store } from '../store/store.ts'
import type { Purchase } from './purchase.ts'

/** What a request names, looked up in the catalog. @throws Refusal for what this catalog or plan does not sell. */
export function requestedPurchase(account: Account, { plan, booster, seats, top_up_au: au, circle }: z.output<typeof checkoutRequest>): Purchase {
  const { catalog } = account
  if (plan !== undefined) return { product: 'plan', plan: namedPlan(account, plan) }
  if (booster !== undefined) {
    const found = catalog.boosters.find(({ id }) => id === booster)
    if (found !== undefined) return { product: 'booster', booster: found }
    throw notFound(`booster ${booster}`, catalog.boosters.length === 0 ? 'No boosters are sold here.' : `The boosters are ${idsOf(catalog.boosters)}.`)
  }
  if (seats !== undefined) {
    if (account.plan.seatPriceCents !== null) return { product: 'seats', seats }
    const selling = catalog.plans.filter(({ seatPriceCents }) => seatPriceCents !== null).map(({ name }) => name)
    throw new Refusal(
      'seats_not_sold',
      `${account.plan.name} sells no seats.`,
      selling.length === 0 ? 'No seats are sold here.' : `Upgrade to ${selling.join(' or ')} to add seats.`,
    )
  }
  if (au === undefined) throw badRequest('The request names nothing to buy.', 'Name one of plan, booster, seats, top_up_au.')
  if (!catalog.capabilities.includes('top_up')) throw new Refusal('top_up_not_sold', 'There is no wallet to top up here.', 'Choose a plan instead.')
  return { product: 'top_up', au, circle: circle ?? null }
}

/** @throws Refusal 404 for a top-up of a wallet that is not there, or another tenant's: before anything is paid. */
export async function requireCircle(store: Pick<Store, 'read'>, { workspace }: Account, purchase: Purchase): Promise<void> {
  if (purchase.product !== 'top_up' || purchase.circle === null) return
  const known = await store.read
    .selectFrom('circles')
    .select('id')
    .where('id', '=', purchase.circle)
    .where('workspace_id', '=', workspace.id)
    .executeTakeFirst()
  if (known === undefined) throw notFound(`circle ${purchase.circle}`, 'Create it with POST /api/circles, or look at the name.')
}

/** @throws Refusal where a checkout for it makes no sense: what is in force already, and what is the portal's. */
export function refuseSenseless({ plan: from, catalog, workspace }: Account, purchase: Purchase): void {
  // It would be paid for, and over at once with the period that has ended.
  if (purchase.product === 'booster' && hasEnded({ plan: from }))
    throw new Refusal('no_subscription', `${purchase.booster.name} adds to a plan, and there is none.`, 'Choose a plan first.')
  if (purchase.product === 'seats') {
    if (workspace.subscription_id === null)
      throw new Refusal('no_subscription', 'Seats are added to a subscription, and there is none yet.', 'Start a plan first.')
    if (purchase.seats === workspace.seats)
      throw new Refusal('already_has_seats', `This workspace has ${workspace.seats} more seats already.`, 'Choose another number.')
  }
  if (purchase.product !== 'plan') return
  const { plan } = purchase
  if (plan.id === from.id) throw new Refusal('already_on_plan', `This workspace is on ${plan.name} already.`, 'Choose another plan.')
  if (takesEffect(catalog, from, plan) === 'period_end') {
    throw new Refusal('change_in_portal', `${plan.name} is smaller than ${from.name}.`, 'Change to a smaller plan, or cancel, in the customer portal.')
  }
  if (plan.priceCents === null) throw new Refusal('custom_price', `The price of ${plan.name} is agreed with each customer.`, 'Ask for an offer.')
}

export function namedPlan({ catalog }: Account, planId: string): Plan {
  const plan = findPlan(catalog, planId)
  if (plan === undefined) throw notFound(`plan ${planId}`, `The plans are ${idsOf(catalog.plans)}.`)
  return plan
}

function idsOf(rows: readonly { id: string }[]): string {
  return rows.map(({ id }) => id).join(', ')
}
