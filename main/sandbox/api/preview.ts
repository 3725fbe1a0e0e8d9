import type { z } from 'zod'
import { effectiveLimits, type Holdings } from '../../../shared/billing/effective-limit.ts'
import { type Limit, limitToWire } from '../../../shared/billing/limit.ts'
import { periodAt, periodNumber } from '../../../shared/billing/period.ts'
import { startsNewPeriod, takesEffect, usageInNewPeriod, usageThatStays, wouldBeOver } from '../../../shared/billing/plan-change.ts'
import { BALANCE } from '../../../shared/billing/statement.ts'
import type { previewResponse } from '../../../shared/contract/platform/purchase.ts'
import { isoTime } from '../clock.ts'
import { type Account, basePlanOf, counterOf, hasEnded } from '../meter/accounts/account.ts'
import { afterwards, type Purchase, recurringCents } from '../purchases/purchase.ts'
import { makeQuote, type Quote } from '../purchases/quotes.ts'
import type { Unit } from '../store/store.ts'

type Preview = z.output<typeof previewResponse>

/** What a purchase costs today, as a quote that can be confirmed, and what it leaves over limit. Nothing is bought by asking. */
export async function previewPurchase(unit: Unit, account: Account, purchase: Purchase): Promise<Preview> {
  const { now: nowMs } = unit
  const { catalog, workspace, plan: from } = account
  const { plan, seats } = afterwards(account, purchase)
  const quote = await makeQuote(unit, account, purchase)
  if (purchase.product === 'booster' || purchase.product === 'top_up') {
    const bought = purchase.product === 'booster' ? [boughtNow(account, purchase, nowMs)] : []
    const holdings = { ...account.holdings, boosters: [...account.holdings.boosters, ...bought] }
    return answer(account, quote, { plan, seats, holdings, effective: 'now', newPeriod: false, nowMs })
  }
  const effective = purchase.product === 'plan' ? takesEffect(catalog, from, plan) : 'now'
  // Where nothing is bought yet, a plan begins with a period of its own.
  const newPeriod =
    effective === 'now' && purchase.product === 'plan' && plan.id !== from.id && (workspace.subscription_id === null || startsNewPeriod(from, plan))
  return answer(account, quote, { plan, seats, holdings: { ...account.holdings, seats }, effective, newPeriod, nowMs })
}

/** What cancelling leaves: the plan of an account that pays nothing, or none, from the end of the period on. Resuming leaves everything as it is. */
export async function previewCancel(unit: Unit, account: Account, cancel: boolean): Promise<Preview> {
  const plan = cancel ? basePlanOf(account) : account.plan
  const seats = cancel ? 0 : account.workspace.seats
  const effective = cancel ? 'period_end' : 'now'
  const holdings = { ...account.holdings, seats }
  const quote = await makeQuote(unit, account, { product: 'cancel', cancel })
  return answer(account, quote, { plan, seats, holdings, effective, newPeriod: false, nowMs: unit.now, subscribed: !cancel })
}

type Outcome = {
  plan: Account['plan']
  seats: number
  holdings: Holdings
  effective: 'now' | 'period_end'
  newPeriod: boolean
  nowMs: number
  /** False: nothing is paid for afterwards. */
  subscribed?: boolean
}

function answer(account: Account, quote: Quote, { plan, seats, holdings, effective, newPeriod, nowMs, subscribed = true }: Outcome): Preview {
  const { catalog, workspace } = account
  const current = { startMs: workspace.period_start, endMs: workspace.period_end }
  const period = newPeriod ? periodNumber(nowMs, 0, plan.interval) : current
  // What applies from the end of the period on is judged as of then: its boosters have run out.
  const limits = hasEnded({ plan }) ? {} : effectiveLimits(catalog, plan, holdings, effective === 'now' ? nowMs : workspace.period_end)
  const used = Object.fromEntries(catalog.meters.map((meter) => [meter.id, counterOf(account, meter).used]))
  // A smaller plan begins with a new period, but the one after it will be used like this one: what does not fit there is said now.
  const usage = newPeriod ? usageInNewPeriod(catalog.meters, used) : usageThatStays(catalog.meters, used)
  const price = subscribed ? recurringCents(plan, seats) : 0
  return {
    ...quote,
    plan: hasEnded({ plan }) ? null : plan.id,
    due_today_cents: quote.due_cents - keptCents(quote),
    credit_cents: givenBackCents(quote),
    price_cents: plan.priceCents,
    recurring_cents: price,
    currency: plan.currency,
    effective,
    period: { start: isoTime(period.startMs), end: isoTime(period.endMs) },
    would_be_over: wouldBeOver(usage, limits).map(({ meterId, used: amount, limit }) => ({ meter: meterId, used: amount, limit: limitToWire(limit) })),
    limits: changedLimits(account, limits),
  }
}

/** What remains as credit where less is paid for than before. */
function keptCents({ lines }: Quote): number {
  return lines.find(({ subject, amount_cents: cents }) => subject === BALANCE && cents > 0)?.amount_cents ?? 0
}

/** What is unused of what was paid for. */
function givenBackCents({ lines }: Quote): number {
  return lines.reduce((sum, { kind, subject, amount_cents: cents }) => (kind === 'credit' && subject !== BALANCE ? sum - cents : sum), 0)
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
