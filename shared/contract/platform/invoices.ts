/** Invoices and ways to pay, on the wire. (seed: analytics, "Invoice History", "Payment Methods") */
import { z } from 'zod'
import { count, isoTime, period } from '../primitives.ts'

export const invoiceLine = z.looseObject({
  description: z.string(),
  /** `plan`: what was bought beforehand. `usage`: what was used beyond the plan. */
  kind: z.enum(['plan', 'usage']),
  /** Metered use only; `period`: in which it was used, the one before where it came late. */
  metric: z.string().optional(),
  period: period.optional(),
  quantity: count.optional(),
  unit_price_cents: count.optional(),
  /** The unit price is for so many units. */
  per: count.optional(),
  /** How many, and at what price for what: "3 hours at $0.60 per hour". */
  terms: z.string().optional(),
  /** Without tax; negative: a credit. */
  amount_cents: z.int(),
  tax_cents: z.int(),
})

export const invoiceDocument = z.looseObject({
  id: z.string(),
  number: z.string(),
  period,
  /** What is to be paid: the lines and their tax. */
  amount_cents: z.int(),
  currency: z.string(),
  /** Paid, Pending, Overdue; `refunded`, `partially_refunded` and `void` keep their names. */
  status: z.string(),
  issued_at: isoTime,
  due_at: isoTime,
  description: z.string(),
  subtotal_cents: z.int().optional(),
  tax_cents: z.int().optional(),
  /** Settled with the customer's balance: below zero what was taken from it, above zero what was kept in it. */
  balance_cents: z.int().optional(),
  /** What was charged, or is to be: the amount and what the balance settles. */
  due_cents: count.optional(),
  /** Name of the way it is paid, e.g. "Credit card". */
  payment_method: z.string().optional(),
  lines: z.array(invoiceLine).optional(),
})
export type InvoiceDocument = z.output<typeof invoiceDocument>

export const invoicesResponse = z.looseObject({ invoices: z.array(invoiceDocument) })

export const paymentMethod = z.looseObject({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  eligible: z.boolean(),
  /** Why not, in words. */
  reason: z.string().optional(),
  /** Invoices are due so many days after their issue. */
  due_days: count,
  /** The one in use. */
  current: z.boolean(),
  /** What is on file ("Visa ending 4242"); only where it is in use. */
  detail: z.string().optional(),
})
export const paymentMethodsDocument = z.looseObject({ methods: z.array(paymentMethod) })
