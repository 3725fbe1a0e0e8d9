/** Invoices, their files, and ways to pay, on the bridge. */
import { z } from 'zod'
import { call } from '../call.ts'
import { bytes, count, done, epochMs, id, inWorkspace } from '../primitives.ts'

export const invoiceLine = z.strictObject({
  description: z.string(),
  kind: z.enum(['plan', 'usage']),
  /** Metered use only: how many, at what price for how many. */
  quantity: count.nullable(),
  unitPriceCents: count.nullable(),
  per: count.nullable(),
  /** The same in the platform's words; null: an older one says none. */
  terms: z.string().nullable(),
  amountCents: z.int(),
  taxCents: z.int(),
})

export const invoice = z.strictObject({
  id,
  number: z.string(),
  periodStart: epochMs,
  periodEnd: epochMs,
  amountCents: z.int(),
  subtotalCents: z.int(),
  taxCents: z.int(),
  /** Settled with the customer's balance: below zero what was taken from it, above zero what was kept in it. */
  balanceCents: z.int(),
  /** What was charged, or is to be. */
  chargedCents: z.int(),
  currency: z.string(),
  /** The platform's word for it: Paid, Pending, Overdue, refunded … */
  status: z.string(),
  issuedAt: epochMs,
  dueAt: epochMs,
  description: z.string(),
  paymentMethod: z.string().nullable(),
  lines: z.array(invoiceLine),
  /** The PDF lies on this computer and opens without a network. */
  kept: z.boolean(),
})
export type Invoice = z.infer<typeof invoice>

export const paymentMethod = z.strictObject({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  eligible: z.boolean(),
  reason: z.string().nullable(),
  dueDays: count,
  current: z.boolean(),
  detail: z.string().nullable(),
})

const file = z.strictObject({ fileName: z.string(), mimeType: z.string(), base64: z.string() })

export const invoiceCalls = {
  /** Newest first. */
  'invoices.list': call(inWorkspace, z.strictObject({ invoices: z.array(invoice), keptBytes: bytes }), { topics: ['invoice', 'plans', 'workspace'] }),
  /** Those whose number, period or state has all of these words, the number that is meant exactly first, then the newest. `language`: of the period's month. */
  'invoices.find': call(
    inWorkspace.extend({ words: z.string().max(200), language: z.string().max(35), limit: z.int().min(1).max(50) }),
    z.array(invoice.pick({ id: true, number: true, periodStart: true, amountCents: true, currency: true, status: true })),
    { topics: ['invoice', 'plans', 'workspace'] },
  ),
  /** The PDF: from this computer where it is kept and still what the invoice says, else from the platform, and kept. `offline` where neither can be. */
  'invoices.pdf': call(inWorkspace.extend({ id }), file, 'action'),
  /** The kept PDFs of these invoices in one ZIP file; `missing` are not kept. */
  'invoices.archive': call(inWorkspace.extend({ ids: z.array(id).min(1).max(1000) }), file.extend({ missing: z.array(id) }), 'action'),
  /** These invoices as CSV, one line each, newest first. `language`: in which a spreadsheet reads its numbers. */
  'invoices.export': call(
    inWorkspace.extend({
      ids: z.array(id).min(1).max(10_000),
      format: z.enum(['csv-for-spreadsheets', 'csv-for-programs']),
      language: z.string().max(35).optional(),
    }),
    z.strictObject({ fileName: z.string(), mimeType: z.string(), text: z.string() }),
    'action',
  ),
  /** Deletes the kept PDFs of a workspace; they can be fetched again. */
  'invoices.forgetFiles': call(inWorkspace, done, 'action'),
  'invoices.paymentMethods': call(inWorkspace, z.array(paymentMethod), { topics: ['payment_methods', 'plans', 'workspace'] }),
} as const
