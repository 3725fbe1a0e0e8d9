/** What an invoice is: its status, when it is due, and how it may be paid. (shared/contract/README.md, "Invoices") */
import type { PaymentMethod, Plan } from './catalog.ts'

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
