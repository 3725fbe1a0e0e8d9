/** The wallet on the bridge. Amounts are whole micro-AU as decimal text: they may pass 2^53. 1 AU = 1,000,000 micro-AU = €1.00. */
import { z } from 'zod'
import { call } from '../call.ts'
import { count, done, epochMs, id, inWorkspace } from '../primitives.ts'

export const microAu = z.string().regex(/^-?\d{1,40}$/)
const scope = z.enum(['root', 'category', 'element'])
const name = z.string().min(1).max(64)
/** Dimension → quantity. */
const quantities = z.record(name, count)
const inCircle = inWorkspace.extend({ circle: name })
const operation = { element: name, operation: name, quantities }

export const walletView = z.strictObject({
  /** The oldest first. */
  circles: z.array(z.strictObject({ id: z.string(), name: z.string() })),
  /** Null: there is no circle yet, or none with this name. */
  wallet: z
    .strictObject({
      circle: z.string(),
      name: z.string(),
      balanceMicroAu: microAu,
      heldMicroAu: microAu,
      /** What a run may use: the balance without what is held. */
      availableMicroAu: microAu,
      hardWall: z.boolean(),
      planName: z.string(),
      reserves: z.array(z.strictObject({ runId: z.string(), elementName: z.string(), operation: z.string(), reservedMicroAu: microAu, expiresAt: epochMs })),
    })
    .nullable(),
})
export type WalletView = z.infer<typeof walletView>

export const ledgerRow = z.strictObject({
  number: z.int().positive(),
  at: epochMs,
  kind: z.enum(['debit', 'top_up', 'opening']),
  elementName: z.string().nullable(),
  operation: z.string().nullable(),
  dimensionName: z.string().nullable(),
  /** In words: "1,000 tokens". */
  quantityText: z.string().nullable(),
  rateMicroAu: microAu.nullable(),
  per: count.nullable(),
  scope: scope.nullable(),
  /** Below zero: debited. */
  amountMicroAu: microAu,
  balanceMicroAu: microAu,
  /** What was not debited because the reserve of its run was smaller. */
  waivedMicroAu: microAu,
  /** Who ran it; null: nobody (daily existence) or unknown. */
  memberName: z.string().nullable(),
  /** Of a day's existence: the day. Of a top-up: its payment. */
  reference: z.string().nullable(),
})
export type LedgerRow = z.infer<typeof ledgerRow>

export const ledgerKind = z.enum(['debit', 'top_up', 'opening'])

export const burnDown = z.strictObject({
  /** Without gaps, oldest first; the last one is today. Null balance: before the first line. */
  days: z.array(z.strictObject({ date: z.iso.date(), debitedMicroAu: microAu, creditedMicroAu: microAu, balanceMicroAu: microAu.nullable() })),
  /** Average of the whole days that are counted; null before there is one. */
  perDayMicroAu: microAu.nullable(),
  countedDays: count,
  /** When the balance is used up at this rate; null: it lasts longer than a year, or nothing is used. */
  emptyAt: epochMs.nullable(),
})
export type BurnDown = z.infer<typeof burnDown>

const priceRate = z.strictObject({
  operation: z.string(),
  dimension: z.string(),
  dimensionName: z.string(),
  rateMicroAu: microAu,
  per: count,
  unit: z.string(),
  /** What many of it are called. */
  units: z.string(),
  scope,
})
export const pricesView = z.strictObject({
  categories: z.array(z.strictObject({ id: z.string(), name: z.string(), description: z.string() })),
  elements: z.array(
    z.strictObject({ id: z.string(), name: z.string(), description: z.string(), category: z.string(), categoryName: z.string(), prices: z.array(priceRate) }),
  ),
  approvalAboveMicroAu: microAu,
})
export type PricesView = z.infer<typeof pricesView>

export const estimate = z.strictObject({
  lines: z.array(
    z.strictObject({
      dimension: z.string(),
      dimensionName: z.string(),
      quantityText: z.string(),
      rateMicroAu: microAu,
      per: count,
      unit: z.string(),
      amountMicroAu: microAu,
      scope,
    }),
  ),
  totalMicroAu: microAu,
  chip: z.enum(['quiet', 'notice', 'insistent']),
  approvalRequired: z.boolean(),
})
export type Estimate = z.infer<typeof estimate>

/** What became of something that costs: it ran, or the platform wants the amount confirmed first. */
export const spent = z.discriminatedUnion('state', [
  z.strictObject({ state: z.literal('done'), totalMicroAu: microAu, balanceMicroAu: microAu }),
  z.strictObject({ state: z.literal('approval_required'), approvalId: z.string(), totalMicroAu: microAu, expiresAt: epochMs }),
])
export type Spent = z.infer<typeof spent>

export const instance = z.strictObject({
  id,
  name: z.string(),
  elementName: z.string(),
  createdAt: epochMs,
  suspendedAt: epochMs.nullable(),
  /** Daily existence, each day. */
  perDayMicroAu: microAu,
  paidThrough: z.string(),
})
export type Instance = z.infer<typeof instance>

export const walletCalls = {
  /** `circle` null: the oldest. */
  'wallet.read': call(inWorkspace.extend({ circle: name.nullable() }), walletView, { topics: ['wallet', 'element', 'plans'] }),
  'wallet.ledger': call(
    /** Newest first. `before` is the number of the last row of the page before. */
    inCircle.extend({ kind: ledgerKind.nullable(), element: name.nullable(), before: z.int().positive().nullable(), limit: z.int().min(1).max(200) }),
    z.strictObject({ rows: z.array(ledgerRow), next: z.int().positive().nullable(), total: count }),
    { topics: ['ledger_line', 'pricing', 'element', 'member'] },
  ),
  'wallet.burnDown': call(inCircle.extend({ days: z.int().min(7).max(400) }), burnDown, { topics: ['wallet', 'ledger_line'] }),
  /** Null before the first visit of the platform. */
  'wallet.prices': call(inWorkspace, pricesView.nullable(), { topics: ['pricing', 'element'] }),
  /** From the cached price tables, by the resolver that the platform debits with; nothing is asked or written. */
  'wallet.estimate': call(inWorkspace.extend(operation), estimate, { topics: ['pricing', 'element'] }),
  /** Online only, and never queued. `attemptId` makes the repeat of a lost answer harmless. */
  'wallet.run': call(inCircle.extend({ ...operation, approvalId: id.nullable(), attemptId: z.uuid() }), spent, 'action'),
  'wallet.instances': call(inCircle, z.array(instance), { topics: ['instance', 'pricing', 'element'] }),
  'wallet.createInstance': call(
    inCircle.extend({ element: name, name: z.string().trim().min(1).max(80).nullable(), approvalId: id.nullable(), attemptId: z.uuid() }),
    spent,
    'action',
  ),
  'wallet.deleteInstance': call(inCircle.extend({ id }), done, 'action'),
  'wallet.createCircle': call(inCircle.extend({ name: z.string().trim().min(1).max(80), attemptId: z.uuid() }), done, 'action'),
} as const
