import { z } from 'zod'
import { publishCostDays } from './cost-days.ts'
import type { Store, Unit } from '../store/store.ts'
import { publishUsageDay } from '../meter/usage/usage-days.ts'

/** So many days in one transaction: others wait for its end. */
const DAYS_AT_ONCE = 20

/** Writes everything that follows from the use of some UTC days (since 1970) anew, and makes it known. */
export function publishDays(unit: Unit, workspaceId: string, days: readonly number[]): void {
  for (const day of days) publishUsageDay(unit, workspaceId, day)
  publishCostDays(unit, workspaceId, days)
}

/**
 * Makes known the days whose use has moved. Not in the transaction that moves it: a day's document names every service and
 * user, and a thousand events within a second would write it a thousand times.
 */
export async function publishDirtyDays(store: Store): Promise<void> {
  for (;;) {
    const count = await store.write(async (unit) => {
      const days = dirtyDays.parse(unit.file.prepare('SELECT workspace_id, day FROM usage_dirty_days LIMIT ?').all(DAYS_AT_ONCE))
      const clear = unit.file.prepare('DELETE FROM usage_dirty_days WHERE workspace_id = ? AND day = ?')
      for (const [workspaceId, own] of Map.groupBy(days, ({ workspace_id: id }) => id)) {
        publishDays(
          unit,
          workspaceId,
          own.map(({ day }) => day),
        )
        for (const { day } of own) clear.run(workspaceId, day)
      }
      return days.length
    })
    if (count < DAYS_AT_ONCE) return
  }
}

const dirtyDays = z.array(z.object({ workspace_id: z.string(), day: z.int() }))
