import { DAY_MS, dateOf, rowId } from '../../../../shared/billing/cost-day.ts'
import type { UsageDayDocument } from '../../../../shared/contract/platform/usage.ts'
import { isoTime } from '../../clock.ts'
import type { Unit } from '../../store/store.ts'
import { usageRows } from './usage-rows.ts'

/** The documents of a day's use by meter, service and user: one, or two where a period begins in it. */
export function publishUsageDay(unit: Unit, workspaceId: string, day: number): void {
  const uses = usageRows(unit).readRange.all(workspaceId, day * DAY_MS, (day + 1) * DAY_MS)
  for (const [fromMs, own] of Map.groupBy(uses, ({ from_ms: from }) => from)) {
    const rows = own.map(({ metric, service, user_id: userId, quantity }): UsageDayDocument['rows'][number] => [metric, service, userId, quantity])
    const body: UsageDayDocument = { date: dateOf(day), ...(fromMs === day * DAY_MS ? {} : { from: isoTime(fromMs) }), rows }
    unit.changes.put({ workspaceId, topic: 'usage_day', id: rowId(fromMs), body })
  }
}
