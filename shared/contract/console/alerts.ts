/** The bridge's calls about alerts: what this workspace is told of, what has fired, and edits that wait for the platform. */
import { z } from 'zod'
import { call } from '../call.ts'
import { byteBase, count, done, epochMs, id, inWorkspace, limit } from '../primitives.ts'

const measure = z.enum(['limit', 'meter', 'cost', 'invoiced'])
/** Percentages of a budget at which it fires; only of budgets. */
const thresholds = z.array(z.int().min(1).max(1_000)).min(1).max(8)
const channels = z.array(z.string().min(1).max(64)).min(1).max(8)

/** What a person may change of an alert. `at`: percent, the meter's unit, or minor units of the currency, by measure. */
export const alertFields = z.strictObject({
  name: z.string().trim().min(1).max(80),
  at: count,
  channels,
  enabled: z.boolean(),
  thresholds: thresholds.optional(),
})
export type AlertFields = z.output<typeof alertFields>

/** The same as the platform has it, which may be more than a person may enter here. */
const knownFields = z.strictObject({ name: z.string(), at: count, channels: z.array(z.string()), enabled: z.boolean(), thresholds: thresholds.optional() })

export const alertView = z.strictObject({
  id,
  measure,
  meter: z.string().nullable(),
  meterName: z.string().nullable(),
  /** Of the meter: `bytes`, `count`, … */
  unit: z.string().nullable(),
  byteBase,
  inclusive: z.boolean(),
  /** Where a budget stands in this period, in the unit of its amount; null: not known, or no budget. */
  value: count.nullable(),
  /** As the platform has it; null: it is only on this computer so far. */
  confirmed: knownFields.nullable(),
  /** This computer's edit that the platform has not confirmed. */
  edit: z
    .strictObject({
      itemId: id,
      state: z.enum(['pending', 'sending', 'waiting', 'held', 'rejected', 'delivered']),
      /** Null: it is to be deleted. */
      fields: knownFields.nullable(),
      /** After a conflict: what the platform has; null: it has no such alert, or there is no conflict. */
      theirs: knownFields.nullable(),
      conflict: z.boolean(),
    })
    .nullable(),
})
export type AlertView = z.output<typeof alertView>

export const firedAlert = z.strictObject({
  id,
  at: epochMs,
  text: z.string(),
  meter: z.string().nullable(),
  meterName: z.string().nullable(),
  used: count,
  limit,
  names: z.array(z.string()),
  channels: z.array(z.string()),
})
export type FiredAlert = z.output<typeof firedAlert>

export const alertCalls = {
  'alerts.read': call(
    inWorkspace,
    z.strictObject({
      channels: z.array(z.strictObject({ id: z.string(), name: z.string() })),
      /** In which budgets on the cost are counted. */
      currency: z.string(),
      meters: z.array(z.strictObject({ id: z.string(), name: z.string(), unit: z.string(), byteBase, used: count, limit })),
      rules: z.array(alertView),
      /** Why this member may not change alerts; null: they may. */
      mayNot: z.string().nullable(),
    }),
    { topics: ['alert_rule', 'counter', 'plan', 'plans', 'outbox', 'workspace', 'invoice', 'cost_day'] },
  ),
  /** Newest first. `before` is the time of the last row of the page before it. */
  'alerts.fired': call(
    inWorkspace.extend({ before: epochMs.nullable(), limit: z.int().min(1).max(200) }),
    z.strictObject({ rows: z.array(firedAlert), next: epochMs.nullable(), total: count }),
    { topics: ['alert_event', 'plans'] },
  ),
  /** `id` null: a new budget. Queued, so it works offline; what the catalog brings keeps its name and percentage. */
  'alerts.put': call(
    inWorkspace.extend({ id: id.nullable(), measure, meter: z.string().min(1).max(64).nullable(), fields: alertFields }),
    z.strictObject({ id }),
    'action',
  ),
  'alerts.delete': call(inWorkspace.extend({ id }), done, 'action'),
} as const

export const alertEvents = {
  /** An alert that fired since this computer last looked, for those who want to be told in the console. */
  'alert.fired': z.strictObject({ workspaceId: z.uuid(), workspaceName: z.string(), alert: firedAlert }),
} as const
