import type { Statement } from 'better-sqlite3'
import { z } from 'zod'
import type { CostCell } from '../../../../shared/billing/cost.ts'
import { dayOfDate } from '../../../../shared/billing/cost-day.ts'
import { costDayDocument } from '../../../../shared/contract/platform/costs.ts'
import type { Database } from '../../store/database.ts'
import type { TopicTable } from '../../sync/documents/topic-table.ts'

export type CostDay = { readonly day: number; readonly currency: string; readonly cells: readonly CostCell[] }

const storedDay = z.object({ day: z.int(), currency: z.string(), rows: z.string() })
const storedRows = costDayDocument.shape.rows

/** What each day cost, in a table of its own: a year of a platform is hundreds of documents. */
export class CostDays {
  readonly #database: Database
  readonly #days: Statement
  readonly #known: Statement

  constructor(database: Database) {
    this.#database = database
    this.#days = database.prepare('SELECT day, currency, rows FROM cost_days WHERE workspace_id = ? AND day >= ? AND day < ? ORDER BY day')
    this.#known = database.prepare('SELECT day FROM cost_days WHERE workspace_id = ? ORDER BY day')
  }

  /** The days (since 1970) of a half-open range of which something is known. */
  read(workspaceId: string, fromDay: number, endDay: number): CostDay[] {
    return this.#days.all(workspaceId, fromDay, endDay).map((raw) => {
      const { day, currency, rows } = storedDay.parse(raw)
      const cells = storedRows.parse(JSON.parse(rows)).map(([service, category, userId, meterId, quantity, amountMicros, billedMicros]): CostCell => {
        return { service, category, userId, meterId, quantity, amountMicros, billedMicros }
      })
      return { day, currency, cells }
    })
  }

  /** Every day of which something is known, in order. */
  days(workspaceId: string): number[] {
    return z
      .array(z.object({ day: z.int() }))
      .parse(this.#known.all(workspaceId))
      .map(({ day }) => day)
  }

  topicTable(): TopicTable {
    const database = this.#database
    const find = database.prepare('SELECT currency, rows FROM cost_days WHERE workspace_id = ? AND day = ?')
    const write = database.prepare<unknown[]>(
      `INSERT INTO cost_days (workspace_id, day, currency, rows, version, generation) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET currency = excluded.currency, rows = excluded.rows, version = excluded.version, generation = excluded.generation`,
    )
    const remove = database.prepare('DELETE FROM cost_days WHERE workspace_id = ? AND day = ?')
    const sweep = database.prepare('DELETE FROM cost_days WHERE workspace_id = ? AND generation < ?')
    const forget = database.prepare('DELETE FROM cost_days WHERE workspace_id = ?')
    return {
      topic: 'cost_day',
      upsert(workspaceId, _, version, body, generation) {
        const { date, currency, rows } = costDayDocument.parse(body)
        const day = dayOfDate(date)
        const text = JSON.stringify(rows)
        const before = z.object({ currency: z.string(), rows: z.string() }).safeParse(find.get(workspaceId, day))
        write.run(workspaceId, day, currency, text, version, generation)
        return !before.success || before.data.rows !== text || before.data.currency !== currency
      },
      remove: (workspaceId, id) => remove.run(workspaceId, dayOfDate(id)).changes > 0,
      sweep: (workspaceId, generation) => sweep.run(workspaceId, generation).changes > 0,
      forget: (workspaceId) => void forget.run(workspaceId),
    }
  }
}
