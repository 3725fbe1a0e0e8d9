import type { z } from 'zod'
import { effectiveLimits, type Holdings } from '../../../shared/billing/effective-limit.ts'
import { type Limit, limitToWire } from '../../../shared/billing/limit.ts'
import { periodAt, periodNumber } from '../../../shared/billing/period.ts'
import { startsNewPeriod, takesEffect, usageInNewPeriod, usageThatStays, wouldBeOver } from '../../../shared/billing/plan-change.ts'
import type { previewResponse } from '../../../shared/contract/platform/purchase.ts'
import { isoTime } from '../clock.ts'
import { type Account, basePlanOf, counterOf } from '../meter/accounts/account.ts'
import { afterwards, CENTS_PER_AU, costOfChange, type Purchase, recurringCents } from '../purchases/purchase.ts'

type Preview = z.output<typeof previewResponse>

/** What a purchase costs today and what it leaves over limit. Pure: nothing is changed by asking. */
export function previewPurchase(account: Account, purchase: Purchase, nowMs: number): Preview {
  const { catalog, workspace, plan: from } = account
  const { plan, seats } = afterwards(account, purchase)
  if (purchase.product === 'booster' || purchase.product === 'top_up') {
    const dueCents = purchase.product === 'booster' ? purchase.booster.priceCents : purchase.au * CENTS_PER_AU
    const bought = purchase.product === 'booster' ? [boughtNow(account, purchase, nowMs)] : []
    const holdings = { ...account.holdings, boosters: [...account.holdings.boosters, ...bought] }
    return answer(account, { plan, seats, holdings, cost: { dueCents, creditCents: 0 }, effective: 'now', newPeriod: false, nowMs })
  }
  const effective = purchase.product === 'plan' ? takesEffect(catalog, from, plan) : 'now'
  // Where nothing is bought yet, a plan begins with a period of its own.
  const newPeriod =
    effective === 'now' && purchase.product === 'plan' && plan.id !== from.id && (workspace.subscription_id === null || startsNewPeriod(from, plan))
  const full = recurringCents(plan, seats) ?? 0
  const nothing = { dueCents: 0, creditCents: 0 }
  const isSame = plan.id === from.id && seats === workspace.seats
  const cost = effective === 'period_end' || isSame ? nothing : newPeriod ? { dueCents: full, creditCents: 0 } : costOfChange(account, purchase, nowMs)
  return answer(account, { plan, seats, holdings: { ...account.holdings, seats }, cost, effective, newPeriod, nowMs })
}

/** What cancelling leaves: the plan of an account that pays nothing, from the end of the period on. Resuming leaves everything as it is. */
export function previewCancel(account: Account, cancel: boolean, nowMs: number): Preview {
  const plan = cancel ? basePlanOf(account) : account.plan
  const seats = cancel ? 0 : account.workspace.seats
  const effective = cancel ? 'period_end' : 'now'
  const holdings = { ...account.holdings, seats }
  return answer(account, { plan, seats, holdings, cost: { dueCents: 0, creditCents: 0 }, effective, newPeriod: false, nowMs, subscribed: !cancel })
}

type Outcome = {
  plan: Account['plan']
  seats: number
  holdings: Holdings
  cost: { dueCents: number; creditCents: number }
  effective: 'now' | 'period_end'
  newPeriod: boolean
  nowMs: number
  /** False: nothing is paid for afterwards. */
  subscribed?: boolean
}

function answer(account: Account, { plan, seats, holdings, cost, effective, newPeriod, nowMs, subscribed = true }: Outcome): Preview {
  const { catalog, workspace } = account
  const current = { startMs: workspace.period_start, endMs: workspace.period_end }
  const period = newPeriod ? periodNumber(nowMs, 0, plan.interval) : current
  // What applies from the end of the period on is judged as of then: its boosters have run out.
  const limits = effectiveLimits(catalog, plan, holdings, effective === 'now' ? nowMs : workspace.period_end)
  const used = Object.fromEntries(catalog.meters.map((meter) => [meter.id, counterOf(account, meter).used]))
  // A smaller plan begins with a new period, but the one after it will be used like this one: what does not fit there is said now.
  const usage = newPeriod ? usageInNewPeriod(catalog.meters, used) : usageThatStays(catalog.meters, used)
  const price = subscribed ? recurringCents(plan, seats) : 0
  return {
    plan: plan.id,
    due_today_cents: cost.dueCents,
    credit_cents: cost.creditCents,
    price_cents: plan.priceCents,
    recurring_cents: price,
    currency: plan.currency,
    effective,
    period: { start: isoTime(period.startMs), end: isoTime(period.endMs) },
    would_be_over: wouldBeOver(usage, limits).map(({ meterId, used: amount, limit }) => ({ meter: meterId, used: amount, limit: limitToWire(limit) })),
    limits: changedLimits(account, limits),
  }
}

function changedLimits({ catalog, counters }: Account, after: Readonly<Record<string, Limit>>): { meter: string; from: number; to: number }[] {
  return catalog.meters.flatMap(({ id }) => {
    const from = counters.get(id)?.quota_limit ?? 0
    const to = limitToWire(after[id] ?? 0)
    return from === to ? [] : [{ meter: id, from, to }]
  })
}

function boughtNow({ workspace, plan }: Account, { booster }: Extract<Purchase, { product: 'booster' }>, nowMs: number): Holdings['boosters'][number] {
  const { endMs } = nowMs < workspace.period_end ? { endMs: workspace.period_end } : periodAt(workspace.period_anchor, nowMs, plan.interval)
  return { resource: booster.resource, amount: booster.amount, quantity: 1, purchasedAt: nowMs, expiresAt: endMs }
}
