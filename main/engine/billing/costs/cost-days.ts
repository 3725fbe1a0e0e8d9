import type { Statement } from 'better-sqlite3'
import { z } from 'zod'
import type { CostCell } from '../../../../shared/billing/cost.ts'
import { rowStartOfId } from '../../../../shared/billing/cost-day.ts'
import { type Limit, limitFromWire } from '../../../../shared/billing/limit.ts'
import type { Period } from '../../../../shared/billing/period.ts'
import { costDayDocument } from '../../../../shared/contract/platform/costs.ts'
import type { Database } from '../../store/database.ts'
import type { TopicTable } from '../../sync/documents/topic-table.ts'

export type CostDay = {
  /** The first instant: that of the UTC day, or of the period that begins in it. */
  readonly fromMs: number
  readonly currency: string
  /** What the platform reckons with; null: an older one that does not say. */
  readonly period: Period | null
  readonly included: ReadonlyMap<string, Limit> | null
  readonly cells: readonly CostCell[]
}

const storedDay = z.object({
  from_ms: z.int(),
  currency: z.string(),
  period_start: z.int().nullable(),
  period_end: z.int().nullable(),
  included: z.string().nullable(),
  rows: z.string(),
})
const storedIncluded = z.record(z.string(), z.int())
const storedRows = costDayDocument.shape.rows
const COLUMNS = 'from_ms, currency, period_start, period_end, included, rows'

/** What each day cost, in a table of its own: a year of a platform is hundreds of documents. */
export class CostDays {
  readonly #database: Database
  readonly #days: Statement
  readonly #first: Statement
  readonly #periods: Statement

  constructor(database: Database) {
    this.#database = database
    this.#days = database.prepare(`SELECT ${COLUMNS} FROM cost_days WHERE workspace_id = ? AND from_ms >= ? AND from_ms < ? ORDER BY from_ms`)
    this.#first = database.prepare('SELECT MIN(from_ms) AS from_ms FROM cost_days WHERE workspace_id = ?')
    this.#periods = database.prepare(
      'SELECT DISTINCT period_start, period_end FROM cost_days WHERE workspace_id = ? AND period_start IS NOT NULL AND period_end IS NOT NULL',
    )
  }

  /** The days that begin in a half-open range of which something is known. A period's own are those that begin in it. */
  read(workspaceId: string, { startMs, endMs }: Period): CostDay[] {
    return this.#days.all(workspaceId, startMs, endMs).map((raw) => {
      const { from_ms: fromMs, currency, period_start: from, period_end: to, included, rows } = storedDay.parse(raw)
      const cells = storedRows.parse(JSON.parse(rows)).map(([service, category, userId, meterId, quantity, amount, billed]): CostCell => {
        return { service, category, userId, meterId, quantity, amountMicros: BigInt(amount), billedMicros: BigInt(billed) }
      })
      return {
        fromMs,
        currency,
        period: from === null || to === null ? null : { startMs: from, endMs: to },
        included:
          included === null
            ? null
            : new Map(Object.entries(storedIncluded.parse(JSON.parse(included))).map(([meter, limit]): [string, Limit] => [meter, limitFromWire(limit)])),
        cells,
      }
    })
  }

  /** The first instant of which something is known. */
  firstMs(workspaceId: string): number | null {
    return z.object({ from_ms: z.int().nullable() }).parse(this.#first.get(workspaceId)).from_ms
  }

  /** The periods that the platform reckons with. */
  periods(workspaceId: string): Period[] {
    return z
      .array(z.object({ period_start: z.int(), period_end: z.int() }))
      .parse(this.#periods.all(workspaceId))
      .map(({ period_start: startMs, period_end: endMs }) => ({ startMs, endMs }))
  }

  topicTable(): TopicTable {
    const database = this.#database
    const find = database.prepare(`SELECT ${COLUMNS} FROM cost_days WHERE workspace_id = ? AND from_ms = ?`)
    const write = database.prepare<unknown[]>(
      `INSERT INTO cost_days (workspace_id, from_ms, currency, period_start, period_end, included, rows, version, generation) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET currency = excluded.currency, period_start = excluded.period_start, period_end = excluded.period_end,
         included = excluded.included, rows = excluded.rows, version = excluded.version, generation = excluded.generation`,
    )
    const remove = database.prepare('DELETE FROM cost_days WHERE workspace_id = ? AND from_ms = ?')
    const sweep = database.prepare('DELETE FROM cost_days WHERE workspace_id = ? AND generation < ?')
    const forget = database.prepare('DELETE FROM cost_days WHERE workspace_id = ?')
    return {
      topic: 'cost_day',
      upsert(workspaceId, _, version, body, generation) {
        const document = costDayDocument.parse(body)
        const fromMs = rowStartOfId(document.from ?? document.date)
        const row = {
          currency: document.currency,
          period_start: document.period === undefined ? null : Date.parse(document.period.start),
          period_end: document.period === undefined ? null : Date.parse(document.period.end),
          included: document.included === undefined ? null : JSON.stringify(document.included),
          rows: JSON.stringify(document.rows),
        }
        const before = storedDay.safeParse(find.get(workspaceId, fromMs))
        write.run(workspaceId, fromMs, row.currency, row.period_start, row.period_end, row.included, row.rows, version, generation)
        return !before.success || JSON.stringify(before.data) !== JSON.stringify({ from_ms: fromMs, ...row })
      },
      remove: (workspaceId, id) => remove.run(workspaceId, rowStartOfId(id)).changes > 0,
      sweep: (workspaceId, generation) => sweep.run(workspaceId, generation).changes > 0,
      forget: (workspaceId) => void forget.run(workspaceId),
    }
  }
}
