import type { Meter } from '../../../shared/billing/catalog.ts'
import { dayOf, rowStartOf } from '../../../shared/billing/cost-day.ts'
import { planLimit } from '../../../shared/billing/effective-limit.ts'
import { limitToWire, UNLIMITED } from '../../../shared/billing/limit.ts'
import { dayRules } from '../../../shared/billing/meter-kinds/day-rules.ts'
import { meterKindOf } from '../../../shared/billing/meter-kinds.ts'
import { type Period, periodAt } from '../../../shared/billing/period.ts'
import { setCounters } from '../meter/counters/counters.ts'
import { publishDays } from '../costs/day-publishers.ts'
import { openAccount } from '../meter/open-account.ts'
import { type SnapshotHours, writeSnapshot } from '../meter/usage/snapshots.ts'
import { markKeyOf, usageRows } from '../meter/usage/usage-rows.ts'
import type { Unit } from '../store/store.ts'
import type { HistoryPart, HistorySlice, HistoryWorkspace } from './history.ts'
import { type MeterPast, pastOf } from './meter-past.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const DAYS_A_SLICE = 15

/** Snapshots, days of use by service and user, and the periods that are over; at the end, the counters of the period that runs. */
export const usageHistory: HistoryPart = {
  name: 'usage',
  *slices(workspace) {
    const { firstDay, lastDay } = workspace
    const pasts = pastsOf(workspace)
    for (let day = firstDay; day <= lastDay; day += DAYS_A_SLICE) yield writeDays(workspace, pasts, day, Math.min(day + DAYS_A_SLICE - 1, lastDay))
    yield (unit) => settleCounters(unit, workspace, pasts)
  },
}

/** Ends before the past begins. */
const BEFORE: Period = { startMs: 0, endMs: 0 }

/** `period`: the one that holds the hour which was made last. */
type Running = { meter: Meter; limit: number; past: MeterPast; used: number; period: Period }

type PastUse = { fromMs: number; meter: Meter; service: string; userId: string; quantity: number }
type MadeDays = {
  snapshots: SnapshotHours[]
  uses: PastUse[]
  periods: { startMs: number; endMs: number; metric: string; used: number; limit: number }[]
}

/** What the past used of meters that bill, row by row, without a database: its orders are written before it is. */
export function usesOfPast(workspace: HistoryWorkspace): PastUse[] {
  const billing = pastsOf(workspace).filter(({ meter }) => meter.enforcement === 'bill' && meter.unitPrice !== null)
  return makeDays(workspace, billing, workspace.firstDay, workspace.lastDay).uses
}

function pastsOf(workspace: HistoryWorkspace): Running[] {
  const { catalog, plan } = workspace
  return catalog.meters.map((meter, index) => {
    const limit = planLimit(plan, meter)
    return { meter, limit: limitToWire(limit), past: pastOf(workspace, meter, index, limit === UNLIMITED ? null : limit), used: 0, period: BEFORE }
  })
}

/** Works the days out at once, so that those that are passed over still move what goes on; writes them when the slice is run. */
function writeDays(workspace: HistoryWorkspace, pasts: Running[], from: number, to: number): HistorySlice {
  const { snapshots, uses, periods } = makeDays(workspace, pasts, from, to)
  return (unit) => {
    const rows = usageRows(unit)
    for (const snapshot of snapshots) writeSnapshot(unit, workspace.id, snapshot)
    for (const { fromMs, meter, service, userId, quantity } of uses)
      rows.addToDay[meterKindOf(meter).day].run(workspace.id, fromMs, meter.id, service, userId, quantity)
    for (const { startMs, endMs, metric, used, limit } of periods) rows.writePeriod.run(workspace.id, startMs, endMs, workspace.plan.id, metric, used, limit)
    publishDays(unit, workspace.id, [...new Set(uses.map(({ fromMs }) => dayOf(fromMs)))])
  }
}

function makeDays(workspace: HistoryWorkspace, pasts: Running[], from: number, to: number): MadeDays {
  const { snapshots, uses, periods }: MadeDays = { snapshots: [], uses: [], periods: [] }
  for (const running of pasts) {
    const { meter, past, limit } = running
    for (let day = from; day <= to; day += 1) {
      const hours: (number | null)[] = []
      // Where the day's row begins: a period that begins in it has one of its own.
      let rowHour = 0
      const endRow = (endHour: number): void => {
        const fromMs = rowStartOf(running.period, day * DAY_MS + rowHour * HOUR_MS)
        for (const use of past.uses(day, rowHour, endHour)) uses.push({ fromMs, meter, ...use })
        rowHour = endHour
      }
      for (let hour = 0; hour < 24; hour += 1) {
        const endsAt = day * DAY_MS + (hour + 1) * HOUR_MS
        if (endsAt > workspace.untilMs) {
          hours.push(null)
          continue
        }
        if (endsAt - HOUR_MS >= running.period.endMs) {
          const { startMs, endMs } = running.period
          if (hour > 0) endRow(hour)
          if (meter.period === 'monthly') {
            if (endMs !== 0) periods.push({ startMs, endMs, metric: meter.id, used: running.used, limit })
            running.used = 0
          }
          running.period = periodAt(workspace.periodAnchor, endsAt - HOUR_MS, workspace.plan.interval)
        }
        running.used = past.after(running.used, day, hour, running.period)
        hours.push(running.used)
      }
      const known = hours.filter((value) => value !== null)
      if (known.length > 0) snapshots.push({ metric: meter.id, day, quota_limit: limit, hours })
      endRow(known.length)
    }
  }
  return { snapshots, uses, periods }
}

/** What the running period has used by now, on top of what was counted while its past was made. */
async function settleCounters(unit: Unit, workspace: HistoryWorkspace, pasts: readonly Running[]): Promise<void> {
  const account = await openAccount(unit, workspace.id)
  const rows = usageRows(unit)
  const changes: Record<string, { used: number }> = {}
  for (const { meter, past, used, period } of pasts) {
    const now = account.counters.get(meter.id)?.used ?? 0
    const { window, day, add } = meterKindOf(meter)
    if (past.isBacked || window === 'minute') continue
    if (meter.period === 'total') {
      // A level that somebody has set since then is the newer one.
      if (now === 0) changes[meter.id] = { used }
    } else if (period.startMs === account.workspace.period_start) {
      changes[meter.id] = { used: dayRules[day](now, used) }
    }
    const { mark } = add({ used: now, mark: null }, { atMs: workspace.untilMs, amount: used })
    if (mark !== null && now === 0) rows.writeMark.run(workspace.id, meter.id, markKeyOf(meter, period.startMs), mark)
  }
  await setCounters(unit, account, changes)
}
