/** The wallet of a circle, its ledger, the prices and what is run: `/api/{circle}/…` (seed: triform). */
import { z } from 'zod'
import { count, identifier, isoTime, uuid } from '../primitives.ts'

/** Micro-AU (1 AU = 1,000,000 micro-AU): a JSON integer below 2^53, else a decimal string. */
export const microAu = z.union([z.int(), z.string().regex(/^-?\d{1,40}$/)])
/** What a wallet holds and a ledger moves: the same, in 64 bits. */
const heldMicroAu = z.union([z.int(), z.string().regex(/^-?\d{1,18}$/)])
/** Name of a circle in a path: 2 to 40 lower-case letters, digits and hyphens. */
export const circleName = z.string().regex(/^[a-z][a-z0-9-]{0,38}[a-z0-9]$/)
/** Dimension → quantity, in the dimension's unit. */
const quantities = z.record(identifier, count)
const scope = z.enum(['root', 'category', 'element'])

export const debitLine = z.looseObject({ dimension: z.string(), quantity: count, rate_micro_au: microAu, per: count, amount_micro_au: microAu, scope })
export const costChip = z.enum(['quiet', 'notice', 'insistent'])

export const walletDocument = z.looseObject({
  circle: z.string(),
  name: z.string(),
  /** The oldest circle of a workspace takes the top-ups that name none. */
  created_at: isoTime,
  balance_micro_au: heldMicroAu,
  /** The part of the balance that is kept back for runs that have begun. */
  held_micro_au: heldMicroAu,
  /** For display only: the same amount in whole cents. */
  balance_eur: z.number(),
  plan: z.string(),
  hard_wall: z.boolean(),
  /** Runs that have begun and are not settled, the next to expire first. */
  reserves: z.array(z.looseObject({ run_id: z.string(), element: z.string(), operation: z.string(), reserved_micro_au: heldMicroAu, expires_at: isoTime })),
})

export const ledgerLineDocument = z.looseObject({
  circle: z.string(),
  /** Rises by one with every line of a circle. */
  number: z.int().positive(),
  at: isoTime,
  kind: z.enum(['debit', 'top_up', 'opening']),
  operation: z.string().nullable(),
  element: z.string().nullable(),
  dimension: z.string().nullable(),
  quantity: count.nullable(),
  rate_micro_au: microAu.nullable(),
  per: count.nullable(),
  scope: scope.nullable(),
  /** Below zero: debited. */
  amount_micro_au: heldMicroAu,
  /** After this line. */
  balance_micro_au: heldMicroAu,
  /** What the line cost beyond the reserve of its run and was not debited. */
  waived_micro_au: heldMicroAu,
  run_id: z.string().nullable(),
  instance_id: z.string().nullable(),
  member_id: z.string().nullable(),
  reference: z.string().nullable(),
})
/** Newest first. `next` is the `before` of the page after this one. */
export const ledgerResponse = z.looseObject({ lines: z.array(ledgerLineDocument), next: z.int().positive().nullable() })

export const elementDocument = z.looseObject({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  category: z.string(),
  prices: z.array(z.looseObject({ operation: z.string(), dimension: z.string(), rate_micro_au: microAu, per: z.int().positive(), scope })),
})
export const elementsResponse = z.looseObject({ elements: z.array(elementDocument) })

/** What the prices have in common: the words for dimensions and categories, and the policy of costs. */
export const pricingDocument = z.looseObject({
  dimensions: z.array(z.looseObject({ id: z.string(), name: z.string(), singular: z.string(), plural: z.string() })),
  categories: z.array(z.looseObject({ id: z.string(), name: z.string(), description: z.string() })),
  policy: z.looseObject({ notice_from_micro_au: microAu, insistent_from_micro_au: microAu, approval_above_micro_au: microAu }),
})

export const instanceDocument = z.looseObject({
  id: uuid,
  circle: z.string(),
  element: z.string(),
  name: z.string(),
  created_at: isoTime,
  deleted_at: isoTime.nullable(),
  /** Its daily existence did not fit the balance; it goes on with the next top-up. */
  suspended_at: isoTime.nullable(),
  /** The last UTC day that is paid, `YYYY-MM-DD`. */
  paid_through: z.string(),
})
export const instancesResponse = z.looseObject({ instances: z.array(instanceDocument) })

export const createCircleRequest = z.strictObject({ circle: circleName, name: z.string().trim().min(1).max(80).optional() })
export const createInstanceRequest = z.strictObject({
  element: identifier,
  name: z.string().trim().min(1).max(80).optional(),
  approval_id: uuid.optional(),
})
export const createInstanceResponse = z.looseObject({
  instance: instanceDocument,
  lines: z.array(debitLine),
  total_micro_au: microAu,
  balance_micro_au: microAu,
})

export const estimateRequest = z.strictObject({ element: identifier, operation: identifier, quantities })
export const estimateResponse = z.looseObject({ lines: z.array(debitLine), total_micro_au: microAu, chip: costChip, approval_required: z.boolean() })

export const runRequest = z.strictObject({
  element: identifier,
  operation: identifier,
  quantities,
  /** What a 428 answered; good once, for ten minutes, for exactly what was asked for. */
  approval_id: uuid.optional(),
  /** The quantities are the most that it can come to: hold their cost, and settle afterwards. */
  reserve: z.boolean().optional(),
  /** The instance that runs; a suspended one does not. */
  instance_id: uuid.optional(),
})
export const runResponse = z.looseObject({
  run_id: uuid,
  status: z.enum(['reserved', 'settled']),
  lines: z.array(debitLine),
  total_micro_au: microAu,
  balance_micro_au: microAu,
  held_micro_au: microAu,
  /** Of a reserve. */
  expires_at: isoTime.nullable(),
})
export const settleRequest = z.strictObject({ quantities })
/** What a 428 `approval_required` says beside the fields of every error. */
export const approvalRequired = z.looseObject({ approval_id: uuid, total_micro_au: microAu, expires_at: isoTime })
