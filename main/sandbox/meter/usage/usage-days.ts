import { dateOf } from '../../../../shared/billing/cost-day.ts'
import type { UsageDayDocument } from '../../../../shared/contract/platform/usage.ts'
import type { Unit } from '../../store/store.ts'
import { usageRows } from './usage-rows.ts'

/** The document of a day's use by meter, service and user. */
export function publishUsageDay(unit: Unit, workspaceId: string, day: number): void {
  const rows = usageRows(unit)
    .readDay.all(workspaceId, day)
    .map(({ metric, service, user_id: userId, quantity }): UsageDayDocument['rows'][number] => [metric, service, userId, quantity])
  const date = dateOf(day)
  const body: UsageDayDocument = { date, rows }
  unit.changes.put({ workspaceId, topic: 'usage_day', id: date, body })
}
