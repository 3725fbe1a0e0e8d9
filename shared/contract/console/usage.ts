/** Usage on the bridge: what each meter will come to, its past, and who used it. Days and hours are UTC. */
import { z } from 'zod'
import { call } from '../call.ts'
import { byteBase, count, done, epochMs, inWorkspace, limit } from '../primitives.ts'
import { microAu } from './wallet.ts'

/** A whole number ≥ 0 as decimal text: what is foreseen of what one counter may hold passes 2^53, and its price does. */
const wholeText = z.string().regex(/^\d{1,40}$/)
/** Whole units; a level may fall, so a growth may be negative. */
const amount = z.int()

/** Where a counter will stand when the period ends: expected, and the range in which it lies in four of five cases. */
export const usageForecast = z.strictObject({
  expected: count,
  low: count,
  high: count,
  /** When the limit is reached: expected, and at the earliest. Null: not in this period. */
  reachesLimitAt: epochMs.nullable(),
  earliestAt: epochMs.nullable(),
  /** How many days of the past it rests on. */
  basisDays: count,
})
export type UsageForecast = z.infer<typeof usageForecast>

/** What the usage page says of a meter beyond what every page does. */
export const meterUse = z.strictObject({
  meter: z.string(),
  /** The heading that it stands under; null where the catalog has none. */
  group: z.string().nullable(),
  /** How it is metered, in the platform's words ("Per request"). */
  metering: z.string().nullable(),
  /** `flow`: use that adds up; `level`: something that stands at a height. */
  kind: z.enum(['flow', 'level']),
  /** The plan's own limit, and what boosters and seats add to it. */
  planLimit: limit,
  boosted: count,
  /** Null with less than three days of the past, and for what is no use of a period (a rate). */
  forecast: usageForecast.nullable(),
  /** What the meter's use beyond the plan will cost; null where it has no price. */
  projected: z.strictObject({ use: wholeText, billedUse: wholeText, cents: wholeText, unitCents: count, per: count }).nullable(),
  /** The last 30 days: growth of a flow, height of a level; null: not known. */
  recent: z.array(amount.nullable()),
})
export type MeterUse = z.infer<typeof meterUse>

export const usageGrain = z.enum(['hour', 'day', 'month'])
export type UsageGrain = z.infer<typeof usageGrain>

/**
 * A meter over time. `hour`: the last seven days against the seven before; `day`: the running period against the one before it,
 * day by day from its first; `month`: the last twelve months against the twelve before.
 */
export const usageTrend = z.strictObject({
  meter: z.string(),
  grain: usageGrain,
  kind: z.enum(['flow', 'level']),
  limit,
  /** The start of each bucket. */
  times: z.array(epochMs),
  values: z.array(amount.nullable()),
  previous: z.array(amount.nullable()),
  /** The counter itself at the end of each bucket (`day` alone), and where it is expected; empty with other grains. */
  running: z.array(count.nullable()),
  previousRunning: z.array(count.nullable()),
  expected: z.array(count.nullable()),
  low: z.array(count.nullable()),
  high: z.array(count.nullable()),
  /** Of the buckets that both sides know, so that a period that runs is compared with as much of the one before. */
  comparedTotal: amount.nullable(),
  comparedPrevious: amount.nullable(),
})
export type UsageTrend = z.infer<typeof usageTrend>

const share = z.strictObject({ id: z.string(), name: z.string(), quantity: count, percent: z.number() })
export const usageBreakdown = z.strictObject({
  from: epochMs,
  to: epochMs,
  total: count,
  /** Largest first. Empty: the platform names no services (or users) for this meter. */
  services: z.array(share),
  users: z.array(share),
})
export type UsageBreakdown = z.infer<typeof usageBreakdown>

/** What the running period costs, and will cost; without tax. */
export const periodCost = z.strictObject({
  currency: z.string(),
  /** Null: agreed with the customer, not known here. */
  planCents: count.nullable(),
  /** The seats bought on top of the plan's own, for the whole period; the boosters bought within it. */
  seatsCents: count,
  boostersCents: count,
  /** Beyond the plan: so far, and to the end of the period at the pace so far. */
  overageCents: wholeText,
  projectedOverageCents: wholeText,
  /** Null where the platform is not paid from a wallet. */
  wallet: z
    .strictObject({
      /** Debited on the UTC days of the period, the first one from its beginning. */
      debitedMicroAu: microAu,
      /** To the end of the period at the rate of the last whole days; null before there is one. */
      projectedMicroAu: microAu.nullable(),
      /** The wallet stops where it is empty, and would be before the period ends. */
      runsOut: z.boolean(),
    })
    .nullable(),
})
export type PeriodCost = z.infer<typeof periodCost>

/** What came since the last visit of this workspace's overview. */
export const overviewNews = z.strictObject({
  since: epochMs,
  /** Alerts that fired. */
  alerts: count,
  invoices: z.array(z.strictObject({ id: z.string(), number: z.string(), amountCents: z.int(), currency: z.string(), status: z.string() })),
  /** The meters that grew most against their limits. */
  usage: z.array(z.strictObject({ meter: z.string(), name: z.string(), unit: z.string(), byteBase, growth: count })),
  /** Lines of the activity list. */
  activity: count,
})
export type OverviewNews = z.infer<typeof overviewNews>

/** What was invoiced in the running period, and what the next invoice will have as far as is known now. Minor units. */
export const spend = z.strictObject({
  currency: z.string(),
  invoicedCents: z.int(),
  invoices: z.array(z.strictObject({ id: z.string(), number: z.string(), amountCents: z.int(), status: z.string() })),
  /** Null: nothing is paid for again, or its price is not known here. */
  next: z
    .strictObject({
      at: epochMs,
      amountCents: z.int(),
      /** `usage`: everything beyond the plan, in one line. */
      lines: z.array(z.strictObject({ kind: z.enum(['plan', 'seat', 'usage']), quantity: count, unitCents: z.int(), amountCents: z.int() })),
    })
    .nullable(),
})
export type Spend = z.infer<typeof spend>

/** A meter whose limit is reached within the period, as it is foreseen now, or is reached already. */
export const meterAhead = z.strictObject({
  meter: z.string(),
  at: epochMs,
  /** `billed`: what is used beyond it costs. `held`: what agents write waits on this computer. `refused`: no more is taken. `told`: nothing but a notice. */
  follows: z.enum(['billed', 'held', 'refused', 'told']),
  /** What lies beyond the plan by the end of the period; null where that is not billed. */
  beyondCents: wholeText.nullable(),
})
export type MeterAhead = z.infer<typeof meterAhead>

/** The first steps of somebody who is new to the console, and which of them are done. */
export const firstSteps = z.strictObject({
  /** Agents have a key here. */
  hasKey: z.boolean(),
  /** Something was written or imported. */
  hasWritten: z.boolean(),
  /** Somebody looked at the limits. */
  hasWatched: z.boolean(),
  /** They were shown before: they stay until they are dismissed. */
  hasBegun: z.boolean(),
})
export type FirstSteps = z.infer<typeof firstSteps>

export const usageCalls = {
  /** Null before the first visit. */
  'overview.spend': call(inWorkspace, spend.nullable(), { topics: ['plan', 'plans', 'invoice', 'cost_day'] }),
  /** What runs out first: the soonest first. Empty as well where nothing is known yet. */
  'overview.ahead': call(inWorkspace, z.strictObject({ currency: z.string(), meters: z.array(meterAhead) }), {
    topics: ['plan', 'plans', 'counter', 'snapshot'],
  }),
  /** Null: dismissed, nothing for a workspace that was used before, or for one whose platform takes no writes. */
  'overview.firstSteps': call(inWorkspace, firstSteps.nullable(), { topics: ['workspace', 'sub_key', 'outbox', 'activity'] }),
  /** Kept on this computer: that they were shown, that somebody looked at the limits, that they are not to be shown again. */
  'overview.noteFirstSteps': call(inWorkspace.extend({ note: z.enum(['begun', 'watched', 'dismissed']) }), done, 'action'),
  /** Somebody looks at the overview now. A visit is over when nobody looked for half an hour. Answers when the visit before was over; null: there was none. */
  'overview.seen': call(inWorkspace, z.strictObject({ since: epochMs.nullable() }), 'action'),
  'overview.news': call(inWorkspace.extend({ since: epochMs }), overviewNews, {
    topics: ['invoice', 'alert_event', 'snapshot', 'counter', 'plans', 'activity'],
  }),

  /** In the order of the catalog; empty before the first visit. The meters themselves are in `overview.read`. */
  'usage.read': call(
    inWorkspace,
    z.strictObject({ period: z.strictObject({ start: epochMs, end: epochMs }).nullable(), meters: z.array(meterUse), cost: periodCost.nullable() }),
    { topics: ['plan', 'plans', 'counter', 'snapshot', 'cost_day', 'booster', 'invoice', 'wallet', 'ledger_line'] },
  ),
  'usage.trend': call(inWorkspace.extend({ meter: z.string().min(1).max(64), grain: usageGrain }), usageTrend.nullable(), {
    topics: ['plan', 'plans', 'counter', 'snapshot'],
  }),
  /** Over the running period. Null: the platform tells no services or users. */
  'usage.breakdown': call(inWorkspace.extend({ meter: z.string().min(1).max(64) }), usageBreakdown.nullable(), {
    topics: ['plan', 'plans', 'counter', 'usage_day', 'member'],
  }),
} as const
