import { createRoute, type z } from '@hono/zod-openapi'
import { findMeter, type Meter } from '../../../shared/billing/catalog.ts'
import { limitFromWire } from '../../../shared/billing/limit.ts'
import { type Period, periodName, periodStartingIn } from '../../../shared/billing/period.ts'
import { percentOf } from '../../../shared/billing/thresholds.ts'
import { snapshotsQuery, snapshotsResponse, usageMetricsQuery, usageMetricsResponse } from '../../../shared/contract/platform/usage.ts'
import { isoTime } from '../clock.ts'
import { makeRoutes, type Routes, type SignedIn } from '../http/environment.ts'
import { badRequest, notFound } from '../http/failure.ts'
import { accountFor } from '../permissions/permission.ts'
import { jsonAnswer, refusals, security } from '../http/route.ts'
import { type Account, counterOf } from '../meter/accounts/account.ts'
import { readSnapshots, type SnapshotRow } from '../meter/usage/snapshots.ts'
import type { Platform } from '../platform.ts'
import type { Unit } from '../store/store.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** So many days, hour by hour, in one answer. */
const MOST_HOURLY_DAYS = 92
const DEFAULT_DAYS = 30

const listSnapshots = createRoute({
  method: 'get',
  path: '/api/billing/snapshots',
  summary: 'What a meter stood at, by the hour or by the day',
  security,
  request: { query: snapshotsQuery },
  responses: { 200: jsonAnswer(snapshotsResponse, 'The snapshots in their order'), ...refusals },
})
const readMetrics = createRoute({
  method: 'get',
  path: '/api/billing/metrics',
  summary: 'Use, limit and percentage of a period',
  security,
  request: { query: usageMetricsQuery },
  responses: { 200: jsonAnswer(usageMetricsResponse, 'Every metric of the dashboard'), ...refusals },
})

export function usageHistoryRoutes(platform: Platform): Routes {
  const withAccount = <T>(signedIn: SignedIn, work: (account: Account, unit: Unit) => T | Promise<T>): Promise<T> =>
    platform.store.write(async (unit) => work(await accountFor(unit, signedIn, 'view_usage'), unit))

  return makeRoutes()
    .openapi(listSnapshots, async (context) => {
      const query = context.req.valid('query')
      return context.json(await withAccount(context.get('signedIn'), (account, unit) => snapshotsAnswer(unit, account, query)), 200)
    })
    .openapi(readMetrics, async (context) => {
      const { period = 'current' } = context.req.valid('query')
      return context.json(await withAccount(context.get('signedIn'), (account, unit) => metricsAnswer(unit, account, period)), 200)
    })
}

function snapshotsAnswer(
  unit: Unit,
  account: Account,
  { metric, from, to, grain = 'day' }: z.output<typeof snapshotsQuery>,
): z.output<typeof snapshotsResponse> {
  const meter = findMeter(account.catalog, metric)
  if (meter === undefined) throw notFound(`metric ${metric}`, `Ask for one of: ${account.catalog.meters.map(({ id }) => id).join(', ')}.`)
  // A date means the whole day, an instant is half-open.
  const untilMs = to === undefined ? unit.now : instantOf(to, DAY_MS)
  const fromMs = from === undefined ? untilMs - DEFAULT_DAYS * DAY_MS : instantOf(from, 0)
  if (fromMs > untilMs) throw badRequest('from lies after to.', 'Ask for an earlier from or a later to.')
  if (grain === 'hour' && untilMs - fromMs > MOST_HOURLY_DAYS * DAY_MS) {
    throw badRequest(`By the hour at most ${MOST_HOURLY_DAYS} days are answered.`, 'Ask for fewer days, or by the day.')
  }
  const rows = readSnapshots(unit, account.workspace.id, meter.id, Math.floor(fromMs / DAY_MS), Math.floor((untilMs - 1) / DAY_MS))
  return { metric: meter.id, grain, snapshots: grain === 'day' ? rows.map(daySnapshot) : rows.flatMap((row) => hourSnapshots(row, fromMs, untilMs)) }
}

function daySnapshot({ day, used_at_end: used, quota_limit: limit, peak }: SnapshotRow) {
  return { at: isoTime((day + 1) * DAY_MS), used, limit, peak }
}

/** Those of the hours that lie in the span. */
function hourSnapshots({ day, quota_limit: limit, hours }: SnapshotRow, fromMs: number, untilMs: number) {
  return hours.flatMap((used, hour) => {
    const startMs = day * DAY_MS + hour * HOUR_MS
    return used === null || startMs < fromMs || startMs >= untilMs ? [] : [{ at: isoTime(startMs + HOUR_MS), used, limit }]
  })
}

function instantOf(text: string, dayMs: number): number {
  return text.length === 10 ? Date.parse(`${text}T00:00:00Z`) + dayMs : Date.parse(text)
}

/** The seed's `UsageMetrics`, under the names that the catalog gives; every meter under its own where it gives none. */
async function metricsAnswer(unit: Unit, account: Account, asked: string): Promise<z.output<typeof usageMetricsResponse>> {
  const { workspace, catalog } = account
  const running: Period = { startMs: workspace.period_start, endMs: workspace.period_end }
  const period = asked === 'current' || asked === periodName(running) ? running : periodStartingIn(workspace.period_anchor, asked)
  const closed = period === running ? null : await closedCounts(unit, workspace.id, asked)
  if (closed !== null && closed.size === 0) throw notFound(`period ${asked}`, 'Ask for `current`, or for a month in which a period of this account started.')
  const named = catalog.usageMetrics ?? catalog.meters.map(({ id }) => ({ name: id, meterId: id, per: 1 }))
  const metrics = named.flatMap(({ name, meterId, per }) => {
    const meter = findMeter(catalog, meterId)
    return meter === undefined ? [] : [[name, metricOf(meter, closed?.get(meterId) ?? (closed === null ? counterOf(account, meter) : undefined), per)] as const]
  })
  return Object.assign({ period: periodName(period) }, Object.fromEntries(metrics))
}

async function closedCounts(unit: Unit, workspaceId: string, month: string): Promise<Map<string, { used: number; quota_limit: number }>> {
  const startMs = Date.parse(`${month}-01T00:00:00Z`)
  const next = new Date(startMs)
  next.setUTCMonth(next.getUTCMonth() + 1)
  const rows = await unit.tx
    .selectFrom('usage_periods')
    .select(['metric', 'used', 'quota_limit'])
    .where('workspace_id', '=', workspaceId)
    .where('period_start', '>=', startMs)
    .where('period_start', '<', next.getTime())
    .orderBy('period_start')
    .execute()
  return new Map(rows.map((row) => [row.metric, row]))
}

/** `per` 1: whole units; else so many units make one of the shown ones, with two decimals. */
function metricOf(meter: Meter, row: { used: number; quota_limit: number } | undefined, per: number) {
  const used = row?.used ?? 0
  const limit = row?.quota_limit ?? 0
  const shown = (amount: number): number => (per === 1 || amount < 0 ? amount : Math.round((amount * 100) / per) / 100)
  return { used: shown(used), limit: shown(limit), percentage: percentOf(used, limitFromWire(limit)), unit: meter.unit }
}
