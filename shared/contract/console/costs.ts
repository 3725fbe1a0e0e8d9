/** Costs on the bridge: what use costs, why it changed, and its exports. Days are UTC dates; money is in minor units. */
import { z } from 'zod'
import { call } from '../call.ts'
import { byteBase, count, epochMs, inWorkspace } from '../primitives.ts'

export const costExportFormats = ['csv-for-spreadsheets', 'csv-for-programs', 'json', 'focus-1.2', 'focus-1.3'] as const

export const costDimension = z.enum(['service', 'category', 'user', 'meter'])
export type CostDimension = z.infer<typeof costDimension>

/** A billing period: named by the month in which it starts. Its days are half-open: `endDate` belongs to the next one. */
const period = z.strictObject({ name: z.string(), startDate: z.iso.date(), endDate: z.iso.date(), current: z.boolean() })

const amounts = z.array(z.int())

/** What of a period comes to which invoice: list price − included = beyond the plan; + what was bought beforehand = the invoice. */
const statement = z.strictObject({
  listCents: z.int(),
  includedCents: z.int(),
  beyondCents: z.int(),
  /** Of it, what came late and is on another invoice than the rest; `number` null: on the next one. */
  late: z.array(z.strictObject({ number: z.string().nullable(), amountCents: z.int() })),
  /** The invoice that bills the period's use; `number` null: it comes at `at`. Null: none is known or comes. */
  invoice: z
    .strictObject({
      id: z.string().nullable(),
      number: z.string().nullable(),
      at: epochMs,
      /** Plan and seats. */
      planCents: z.int(),
      /** Late use of the period before. */
      earlierCents: z.int(),
      taxCents: z.int(),
      amountCents: z.int(),
    })
    .nullable(),
  /** Everything was reckoned again on this computer: what the platform says otherwise, as exact decimals. */
  differences: z.array(z.strictObject({ name: z.string(), platform: z.string(), here: z.string() })),
})
export type CostStatement = z.infer<typeof statement>

export const costs = z.strictObject({
  currency: z.string(),
  period,
  /** Every period of which this computer knows a day, newest first. */
  periods: z.array(period),
  totalCents: z.int(),
  statement,
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
  /** `focus-…`: that version of FOCUS, one row for each day, service, category, meter and user. `language`: in which a spreadsheet reads its numbers. */
  'costs.export': call(
    inWorkspace.extend({ period: periodName, format: z.enum(costExportFormats), language: z.string().max(35).optional() }),
    z.strictObject({ fileName: z.string(), mimeType: z.string(), text: z.string() }),
    'action',
  ),
} as const
