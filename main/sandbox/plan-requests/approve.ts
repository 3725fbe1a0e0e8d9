import type { z } from 'zod'
import { takesEffect } from '../../../shared/billing/plan-change.ts'
import type { approvedPlanRequest } from '../../../shared/contract/platform/purchase.ts'
import { namedPlan } from '../purchases/purchase-request.ts'
import type { SignedIn } from '../http/environment.ts'
import { openAccount } from '../meter/open-account.ts'
import { agreePlan } from '../purchases/plan-in-force.ts'
import type { Platform } from '../platform.ts'
import { confirmedQuote } from '../purchases/quotes.ts'
import { customerOf } from '../invoices/customer.ts'
import { decideRequest, readRequest } from './requests.ts'

type Approved = z.output<typeof approvedPlanRequest>

/**
 * Approves a request and carries it out: a running subscription is changed at the payment provider, a larger plan now and
 * a smaller one with the next period; a plan whose price is agreed is in force from now on, and nothing is renewed; where
 * nothing was bought before, a checkout remains to be paid. With a quote, its amount is what was confirmed. What the payment provider declines stays pending.
 */
export async function approveRequest(
  platform: Platform,
  signedIn: SignedIn,
  id: string,
  { answer, quoteId }: { answer: string | null; quoteId: string | undefined },
): Promise<Approved> {
  const { store, payments } = platform
  const { workspaceId } = signedIn
  if (quoteId !== undefined) await payments.look(workspaceId)
  const { account, plan, customer } = await store.write(async (unit) => {
    const opened = await openAccount(unit, workspaceId)
    const row = await readRequest(unit, workspaceId, id)
    return { account: opened, plan: namedPlan(opened, row.plan_id), customer: await customerOf(unit, opened) }
  })
  const purchase = { product: 'plan', plan } as const
  const quote = await confirmedQuote(store, signedIn, purchase, quoteId)
  let checkout: Approved['checkout'] = null
  if (plan.priceCents === null) {
    await store.write(async (unit) => {
      await agreePlan(unit, await openAccount(unit, workspaceId), plan, signedIn.memberId)
    })
    await payments.endWithPeriod(account, signedIn.memberId)
  } else if (account.workspace.subscription_id !== null)
    await payments.changePlan(account, plan, takesEffect(account.catalog, account.plan, plan), signedIn.memberId)
  else checkout = await payments.startPurchase(account, purchase, customer, signedIn.memberId, quote)
  const request = await store.write((unit) => decideRequest(unit, signedIn, id, { status: 'approved', answer }))
  return { request, checkout }
}
