import type { Statement } from 'better-sqlite3'
import { z } from 'zod'
import { type Limit, limitFromWire } from '../../../../shared/billing/limit.ts'
import type { Database } from '../../store/database.ts'

/** One meter on one UTC day (days since 1970). */
export type UsageDay = {
  readonly day: number
  readonly limit: Limit
  /** The counter when the day ended, or at its last known hour. */
  readonly usedAtEnd: number
  readonly peak: number
  /** The counter at the end of each hour; null: not known, or not over. */
  readonly hours: readonly (number | null)[]
}

/** What was used on a day, by meter, service and user; '' where nothing was named. */
export type UsageShare = { readonly fromMs: number; readonly metric: string; readonly service: string; readonly userId: string; readonly quantity: number }

const storedDay = z.object({
  day: z.int(),
  quota_limit: z.int(),
  used_at_end: z.int(),
  peak: z.int(),
  hours: z.string(),
})
const hourList = z.array(z.int().nullable()).length(24)
const storedShares = z.object({ from_ms: z.int(), rows: z.string() })
const shareRows = z.array(z.tuple([z.string(), z.string(), z.string(), z.int()]))

/** The past of a workspace's meters, from the cache. Days that the platform never brought are missing. */
export class UsageHistory {
  readonly #days: Statement
  readonly #shares: Statement
  readonly #metrics: Statement

  constructor(database: Database) {
    this.#days = database.prepare(
      'SELECT day, quota_limit, used_at_end, peak, hours FROM usage_days WHERE workspace_id = ? AND metric = ? AND day BETWEEN ? AND ? ORDER BY day',
    )
    this.#shares = database.prepare('SELECT from_ms, rows FROM usage_shares WHERE workspace_id = ? AND from_ms >= ? AND from_ms < ? ORDER BY from_ms')
    this.#metrics = database.prepare('SELECT DISTINCT metric FROM usage_days WHERE workspace_id = ?')
  }

  /** Both ends included. */
  readDays(workspaceId: string, metric: string, fromDay: number, toDay: number): UsageDay[] {
    return this.#days.all(workspaceId, metric, fromDay, toDay).map((raw) => {
      const row = storedDay.parse(raw)
      return {
        day: row.day,
        limit: limitFromWire(row.quota_limit),
        usedAtEnd: row.used_at_end,
        peak: row.peak,
        hours: hourList.parse(JSON.parse(row.hours)),
      }
    })
  }

  /** Of the days, or parts of days, that begin in a half-open range. @param metric only this meter's. */
  readShares(workspaceId: string, fromMs: number, untilMs: number, metric?: string): UsageShare[] {
    return this.#shares.all(workspaceId, fromMs, untilMs).flatMap((raw) => {
      const { from_ms: from, rows } = storedShares.parse(raw)
      return shareRows.parse(JSON.parse(rows)).flatMap(([name, service, userId, quantity]) => {
        return metric === undefined || name === metric ? [{ fromMs: from, metric: name, service, userId, quantity }] : []
      })
    })
  }

  /** The meters that have a past. */
  metrics(workspaceId: string): string[] {
    return z
      .array(z.object({ metric: z.string() }))
      .parse(this.#metrics.all(workspaceId))
      .map(({ metric }) => metric)
  }
}
