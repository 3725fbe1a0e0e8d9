/** Costs on the bridge: what use costs, why it changed, and its exports. Days are UTC dates; money is in minor units. */
import { z } from 'zod'
import { call } from '../call.ts'
import { byteBase, count, inWorkspace } from '../primitives.ts'

export const costDimension = z.enum(['service', 'category', 'user', 'meter'])
export type CostDimension = z.infer<typeof costDimension>

/** A billing period: named by the month in which it starts. Its days are half-open: `endDate` belongs to the next one. */
const period = z.strictObject({ name: z.string(), startDate: z.iso.date(), endDate: z.iso.date(), current: z.boolean() })

const amounts = z.array(z.int())

export const costs = z.strictObject({
  currency: z.string(),
  period,
  /** Every period of which this computer knows a day, newest first. */
  periods: z.array(period),
  totalCents: z.int(),
  /** The part of it that lies beyond the plan and is invoiced. */
  billedCents: z.int(),
  /** Largest first; they sum to `totalCents`, and each one's `days` to its own amount. */
  rows: z.array(z.strictObject({ key: z.string(), name: z.string(), amountCents: z.int(), share: z.number(), days: amounts })),
  /** The dates that `days` stand for, in order. */
  dates: z.array(z.iso.date()),
})
export type Costs = z.infer<typeof costs>

const changePart = z.strictObject({ key: z.string(), name: z.string(), before: z.int(), after: z.int(), difference: z.int() })
export const costChange = z.strictObject({
  currency: z.string(),
  before: period,
  after: period,
  /** As many days of both are compared: `null` all of them, else the first so many, because the later period is still running. */
  comparedDays: count.nullable(),
  beforeTotal: z.int(),
  afterTotal: z.int(),
  difference: z.int(),
  /** Each list sums to `difference`; largest difference first. */
  byService: z.array(changePart),
  byUser: z.array(changePart),
  byMeter: z.array(changePart),
  /** Use itself, of meters that add up, in their own units. */
  usage: z.array(changePart.extend({ unit: z.string(), byteBase })),
})
export type CostChange = z.infer<typeof costChange>

const periodName = z.string().regex(/^\d{4}-\d{2}$/)

export const costCalls = {
  /** `period` null: the one that runs. Null: this computer knows no costs yet. */
  'costs.read': call(inWorkspace.extend({ period: periodName.nullable(), by: costDimension }), costs.nullable(), {
    topics: ['cost_day', 'plan', 'plans', 'invoice', 'member', 'workspace'],
  }),
  'costs.change': call(inWorkspace.extend({ before: periodName, after: periodName }), costChange.nullable(), {
    topics: ['cost_day', 'plan', 'plans', 'invoice', 'member', 'workspace'],
  }),
  /** `focus`: FOCUS 1.2, one row for each day, service, category, meter and user. */
  'costs.export': call(
    inWorkspace.extend({ period: periodName, format: z.enum(['csv', 'json', 'focus']) }),
    z.strictObject({ fileName: z.string(), mimeType: z.string(), text: z.string() }),
    'action',
  ),
} as const
