/** What an invoice is: its status, when it is due, and the lines for use beyond the plan. (protocol: "Invoices") */
import type { Meter, PaymentMethod, Plan } from './catalog.ts'
import { type Limit, UNLIMITED } from './limit.ts'
import { meterKindOf } from './meter-kinds.ts'
import { exactNumber, roundHalfAwayFromZero } from './rounding.ts'

const DAY_MS = 86_400_000

/** The states that Polar gives an order. */
export type OrderStatus = 'draft' | 'pending' | 'paid' | 'refunded' | 'partially_refunded' | 'void'

/**
 * The status of an invoice; null: it is not shown. `paid` and `pending` are the seed's Paid, Pending and, after the due date,
 * Overdue; every other state keeps its name. (seed: analytics, "Invoice History")
 */
export function invoiceStatus(order: OrderStatus, dueMs: number, nowMs: number): string | null {
  switch (order) {
    case 'draft':
      return null
    case 'paid':
      return 'Paid'
    case 'pending':
      return nowMs > dueMs ? 'Overdue' : 'Pending'
    default:
      return order
  }
}

/** Due on the day of issue (card, bank transfer) or so many days later (invoice, wire). */
export function dueAt(issuedMs: number, method: Pick<PaymentMethod, 'dueDays'> | null): number {
  return issuedMs + (method?.dueDays ?? 0) * DAY_MS
}

export type UsageLine = {
  readonly meterId: string
  readonly quantity: number
  readonly unitPriceCents: number
  readonly per: number
  readonly amountCents: number
}

/**
 * The line for what a billed meter used beyond the plan in a period that is over; null: nothing. `billedQuantity` of a
 * peak-daily meter is the sum of what each day's peak lay above the plan. Rounded half away from zero, once.
 */
export function usageLine(meter: Pick<Meter, 'id' | 'enforcement' | 'unitPrice'>, billedQuantity: number): UsageLine | null {
  if (meter.unitPrice === null || meter.enforcement !== 'bill' || billedQuantity <= 0) return null
  const { cents, per } = meter.unitPrice
  const amountCents = exactNumber(roundHalfAwayFromZero(BigInt(billedQuantity) * BigInt(cents), BigInt(per)))
  return amountCents === 0 ? null : { meterId: meter.id, quantity: billedQuantity, unitPriceCents: cents, per, amountCents }
}

/** What lies beyond the plan: of a period's sum, or of each day's peak. */
export function beyondPlan(meter: Pick<Meter, 'aggregation'>, { used, dayPeaks }: { used: number; dayPeaks: readonly number[] }, included: Limit): number {
  if (included === UNLIMITED) return 0
  const amounts = meterKindOf(meter).pricedFor === 'day' ? dayPeaks : [used]
  return amounts.reduce((sum, amount) => sum + Math.max(0, amount - included), 0)
}

/** Tax of a line at the rate of another amount: `taxCents` on `netCents`. Rounded half away from zero. */
export function taxAtRate(amountCents: number, { taxCents, netCents }: { taxCents: number; netCents: number }): number {
  if (netCents === 0) return 0
  return exactNumber(roundHalfAwayFromZero(BigInt(amountCents) * BigInt(taxCents) * (netCents < 0 ? -1n : 1n), BigInt(Math.abs(netCents))))
}

/** Null: it may be used. Otherwise why not, in words. (seed: analytics, "Payment Methods") */
export function whyNotEligible(
  method: PaymentMethod,
  { planId, country }: { planId: string; country: string | null },
  plans: readonly Pick<Plan, 'id' | 'name'>[],
): string | null {
  if (method.plans !== null && !method.plans.includes(planId)) {
    const names = method.plans.map((id) => plans.find((plan) => plan.id === id)?.name ?? id)
    return `Only on ${names.join(' and ')}.`
  }
  if (method.countries !== null && (country === null || !method.countries.includes(country))) return `Only for customers in ${method.countries.join(', ')}.`
  return null
}
