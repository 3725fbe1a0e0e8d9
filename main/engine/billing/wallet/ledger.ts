import type { Statement } from 'better-sqlite3'
import { z } from 'zod'
import { dayOf } from '../../../../shared/billing/cost-day.ts'
import { microAuFromWire } from '../../../../shared/billing/wallet.ts'
import { ledgerLineDocument } from '../../../../shared/contract/platform/wallet.ts'
import type { Database } from '../../store/database.ts'
import type { TopicTable } from '../../sync/documents/topic-table.ts'

export type LedgerLine = z.output<typeof ledgerLineDocument>
export type LedgerFilter = { kind: LedgerLine['kind'] | null; element: string | null }
export type LedgerDay = { day: number; debitedMicroAu: bigint; creditedMicroAu: bigint; balanceMicroAu: bigint }

const storedLine = z.object({ number: z.int(), body: z.string() })
const storedBody = storedLine.pick({ body: true })
const storedDay = z.object({ day: z.bigint(), debited: z.bigint(), credited: z.bigint(), balance: z.bigint() })

/** The cached ledgers: paged by the number of a line, summed by day. */
export class Ledger {
  readonly #database: Database
  readonly #statements = new Map<string, Statement>()

  constructor(database: Database) {
    this.#database = database
  }

  /** Newest first; lines that are no longer what they should be are left out. `next`: before which line the next page begins; null: there is none. */
  page(workspaceId: string, circle: string, filter: LedgerFilter, before: number | null, limit: number): { lines: LedgerLine[]; next: number | null } {
    const { from, where, values } = conditions(workspaceId, circle, filter)
    const raw = this.#statement(`SELECT number, body FROM ${from} WHERE ${where} AND number < ? ORDER BY number DESC LIMIT ?`).all(
      ...values,
      before ?? Number.MAX_SAFE_INTEGER,
      limit + 1,
    )
    const stored = z.array(storedLine).parse(raw)
    const lines = stored.slice(0, limit).flatMap(({ body }) => {
      const parsed = ledgerLineDocument.safeParse(parseJson(body))
      return parsed.success ? [parsed.data] : []
    })
    // By the rows that were read: a page with a line that was left out is not the last one.
    return { lines, next: stored.length > limit ? (stored[limit - 1]?.number ?? null) : null }
  }

  count(workspaceId: string, circle: string, filter: LedgerFilter): number {
    const { from, where, values } = conditions(workspaceId, circle, filter)
    return z.object({ total: z.int() }).parse(this.#statement(`SELECT count(*) AS total FROM ${from} WHERE ${where}`).get(...values)).total
  }

  /** The days on which something moved, oldest first, and the balance at the end of each. */
  days(workspaceId: string, circle: string, fromDay: number): LedgerDay[] {
    // With max(number), SQLite takes the other columns from the very row that has it.
    const statement = this.#statement(
      `SELECT day, sum(CASE WHEN amount_micro_au < 0 THEN -amount_micro_au ELSE 0 END) AS debited, sum(CASE WHEN amount_micro_au > 0 THEN amount_micro_au ELSE 0 END) AS credited,
         balance_micro_au AS balance, max(number)
       FROM ledger_lines WHERE workspace_id = ? AND circle = ? AND day >= ? GROUP BY day ORDER BY day`,
    ).safeIntegers(true)
    return statement.all(workspaceId, circle, fromDay).map((raw) => {
      const { day, debited, credited, balance } = storedDay.parse(raw)
      return { day: Number(day), debitedMicroAu: debited, creditedMicroAu: credited, balanceMicroAu: balance }
    })
  }

  /** The balance after the last line before a day; null where there is none. */
  balanceBefore(workspaceId: string, circle: string, day: number): bigint | null {
    const statement = this.#statement(
      'SELECT balance_micro_au AS balance FROM ledger_lines WHERE workspace_id = ? AND circle = ? AND day < ? ORDER BY day DESC, number DESC LIMIT 1',
    ).safeIntegers(true)
    const raw = statement.get(workspaceId, circle, day)
    return raw === undefined ? null : z.object({ balance: z.bigint() }).parse(raw).balance
  }

  topicTable(): TopicTable {
    const database = this.#database
    const find = database.prepare('SELECT body FROM ledger_lines WHERE workspace_id = ? AND circle = ? AND number = ?')
    const write = database.prepare<unknown[]>(
      `INSERT INTO ledger_lines (workspace_id, circle, number, day, kind, element, amount_micro_au, balance_micro_au, body, generation) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET day = excluded.day, kind = excluded.kind, element = excluded.element, amount_micro_au = excluded.amount_micro_au,
         balance_micro_au = excluded.balance_micro_au, body = excluded.body, generation = excluded.generation`,
    )
    const remove = database.prepare("DELETE FROM ledger_lines WHERE workspace_id = ? AND circle || '/' || number = ?")
    const sweep = database.prepare('DELETE FROM ledger_lines WHERE workspace_id = ? AND generation < ?')
    const forget = database.prepare('DELETE FROM ledger_lines WHERE workspace_id = ?')
    return {
      topic: 'ledger_line',
      upsert(workspaceId, _, _version, body, generation) {
        const line = ledgerLineDocument.parse(body)
        const text = JSON.stringify(line)
        const before = storedBody.safeParse(find.get(workspaceId, line.circle, line.number))
        write.run(
          workspaceId,
          line.circle,
          line.number,
          dayOf(Date.parse(line.at)),
          line.kind,
          line.element,
          microAuFromWire(line.amount_micro_au),
          microAuFromWire(line.balance_micro_au),
          text,
          generation,
        )
        return !before.success || before.data.body !== text
      },
      remove: (workspaceId, id) => remove.run(workspaceId, id).changes > 0,
      sweep: (workspaceId, generation) => sweep.run(workspaceId, generation).changes > 0,
      forget: (workspaceId) => void forget.run(workspaceId),
    }
  }

  #statement(sql: string): Statement {
    const known = this.#statements.get(sql) ?? this.#database.prepare<unknown[]>(sql)
    this.#statements.set(sql, known)
    return known
  }
}

function conditions(workspaceId: string, circle: string, { kind, element }: LedgerFilter): { from: string; where: string; values: string[] } {
  return {
    // Named, because without statistics SQLite takes the primary key and reads every line to find the few that fit.
    from:
      element !== null ? 'ledger_lines INDEXED BY ledger_lines_by_element' : kind !== null ? 'ledger_lines INDEXED BY ledger_lines_by_kind' : 'ledger_lines',
    where: `workspace_id = ? AND circle = ?${kind === null ? '' : ' AND kind = ?'}${element === null ? '' : ' AND element = ?'}`,
    values: [workspaceId, circle, ...(kind === null ? [] : [kind]), ...(element === null ? [] : [element])],
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
