import { z } from 'zod'
import { publishCostDay } from './cost-days.ts'
import type { Store, Unit } from '../store/store.ts'
import { publishUsageDay } from '../meter/usage/usage-days.ts'

/** Writes the document of one UTC day (since 1970) anew from `usage_daily`, and makes it known. */
type DayPublisher = (unit: Unit, workspaceId: string, day: number) => void

/** Everything that follows from a day's use. */
const publishers: readonly DayPublisher[] = [publishUsageDay, publishCostDay]

/** So many days in one transaction: others wait for its end. */
const DAYS_AT_ONCE = 20

export function publishDay(unit: Unit, workspaceId: string, day: number): void {
  for (const publish of publishers) publish(unit, workspaceId, day)
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
      for (const { workspace_id: workspaceId, day } of days) {
        publishDay(unit, workspaceId, day)
        clear.run(workspaceId, day)
      }
      return days.length
    })
    if (count < DAYS_AT_ONCE) return
  }
}

const dirtyDays = z.array(z.object({ workspace_id: z.string(), day: z.int() }))
