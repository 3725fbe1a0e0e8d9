import type { CallInput, CallName, CallOutput } from '../../shared/contract/console.ts'
import { now, type Scenario } from './scenarios.ts'

type UsageCall = Extract<
  CallName,
  | `usage.${string}`
  | `usageFile.${string}`
  | 'overview.seen'
  | 'overview.news'
  | 'overview.spend'
  | 'overview.ahead'
  | 'overview.firstSteps'
  | 'overview.noteFirstSteps'
>
type UsageHandlers = { [N in UsageCall]: (input: CallInput<N>) => CallOutput<N> }

const DAY_MS = 86_400_000
const today = Math.floor(now / DAY_MS) * DAY_MS
const dayUse = (day: number): number => Math.round(40 + 22 * Math.sin(day / 1.1) + 9 * Math.cos(day * 2.3))

/** Usage of the scenario's meters with a past that waves a little. */
export function fakeUsage({ overview }: Scenario): UsageHandlers {
  const period = overview.plan === null ? null : { start: overview.plan.periodStart, end: overview.plan.periodEnd }
  return {
    'overview.spend': () => ({
      currency: 'usd',
      invoicedCents: 1900,
      invoices: [{ id: 'invoice-1', number: 'ACME-0011', amountCents: 1900, status: 'Paid' }],
      next: { at: now + 17 * DAY_MS, amountCents: 1900, lines: [{ kind: 'plan', quantity: 1, unitCents: 1900, amountCents: 1900 }] },
    }),
    'overview.ahead': () => ({
      currency: 'usd',
      meters: overview.meters.flatMap(({ id, limit, used }) =>
        limit !== null && limit > 0 && used >= limit * 0.9 ? [{ meter: id, at: now + 5 * DAY_MS, follows: 'held' as const, beyondCents: null }] : [],
      ),
    }),
    'overview.firstSteps': () => null,
    'overview.noteFirstSteps': () => ({}),
    'overview.seen': () => ({ since: now - DAY_MS }),
    'overview.news': ({ since }) => ({ since, alerts: 0, invoices: [], usage: [], activity: 0 }),
    'usage.read': () => ({
      period,
      cost:
        period === null
          ? null
          : {
              currency: 'USD',
              planCents: overview.plan?.priceCents ?? 0,
              seatsCents: 0,
              boostersCents: 0,
              overageCents: '0',
              projectedOverageCents: '0',
              wallet: null,
            },
      meters: overview.meters.map(({ id, limit, used, period: kind }) => ({
        meter: id,
        group: null,
        metering: null,
        kind: kind === 'monthly' ? 'flow' : 'level',
        planLimit: limit,
        boosted: 0,
        forecast: { expected: used, low: used, high: used, reachesLimitAt: null, earliestAt: null, basisDays: 28 },
        projected: null,
        recent: Array.from({ length: 30 }, (_, day) => dayUse(day)),
      })),
    }),
    'usage.trend': ({ meter, grain }) => ({
      meter,
      grain,
      kind: 'flow',
      limit: overview.meters.find(({ id }) => id === meter)?.limit ?? null,
      times: Array.from({ length: 30 }, (_, day) => today - (29 - day) * DAY_MS),
      values: Array.from({ length: 30 }, (_, day) => dayUse(day)),
      previous: Array.from({ length: 30 }, (_, day) => dayUse(day + 11)),
      running: [],
      previousRunning: [],
      expected: [],
      low: [],
      high: [],
      comparedTotal: 1200,
      comparedPrevious: 1100,
    }),
    'usage.breakdown': () => null,
    'usageFile.access': () => ({ reason: null }),
    'usageFile.open': () => ({ fileId: 'file-1' }),
    'usageFile.piece': () => ({}),
    'usageFile.preview': () => ({ how: 'JSON lines', rows: 2, toSend: 2, refusedCount: 0, refused: [], first: [], todayCount: 0 }),
    'usageFile.sendNext': () => ({ isDone: true, waitMs: 0, sent: 2, accepted: 2, duplicates: 0, refusedCount: 0, refused: [] }),
    'usageFile.close': () => ({}),
  }
}
