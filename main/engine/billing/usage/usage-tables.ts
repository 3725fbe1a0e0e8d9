import type { Statement } from 'better-sqlite3'
import { z } from 'zod'
import { dayOfDate, rowStartOfId } from '../../../../shared/billing/cost-day.ts'
import { snapshotDocument, usageDayDocument } from '../../../../shared/contract/platform/usage.ts'
import type { Database } from '../../store/database.ts'
import type { TopicTable } from '../../sync/documents/topic-table.ts'

/** The topics of usage history in tables of their own: a year of a platform's meters is thousands of documents. */
export function usageTopicTables(database: Database): TopicTable[] {
  return [snapshotTable(database), usageDayTable(database)]
}

function snapshotTable(database: Database): TopicTable {
  const find = database.prepare('SELECT quota_limit, hours FROM usage_days WHERE workspace_id = ? AND metric = ? AND day = ?')
  const write = database.prepare<unknown[]>(
    `INSERT INTO usage_days (workspace_id, metric, day, quota_limit, used_at_end, peak, hours, version, generation) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET quota_limit = excluded.quota_limit, used_at_end = excluded.used_at_end, peak = excluded.peak, hours = excluded.hours,
       version = excluded.version, generation = excluded.generation`,
  )
  const remove = database.prepare('DELETE FROM usage_days WHERE workspace_id = ? AND metric = ? AND day = ?')
  return {
    topic: 'snapshot',
    upsert(workspaceId, _, version, body, generation) {
      const { metric, date, limit, used_at_end: used, peak, hours } = snapshotDocument.parse(body)
      const day = dayOfDate(date)
      const text = JSON.stringify(hours)
      const before = storedSnapshot.safeParse(find.get(workspaceId, metric, day))
      write.run(workspaceId, metric, day, limit, used, peak, text, version, generation)
      return !before.success || before.data.hours !== text || before.data.quota_limit !== limit
    },
    remove(workspaceId, id) {
      // `<metric>/<date>`: the id is all that a deletion brings.
      const slash = id.lastIndexOf('/')
      const day = dayOfDate(id.slice(slash + 1))
      return slash > 0 && Number.isInteger(day) && remove.run(workspaceId, id.slice(0, slash), day).changes > 0
    },
    ...sweeping(database, 'usage_days'),
  }
}

function usageDayTable(database: Database): TopicTable {
  const find = database.prepare('SELECT rows FROM usage_shares WHERE workspace_id = ? AND from_ms = ?')
  const write = database.prepare<unknown[]>(
    `INSERT INTO usage_shares (workspace_id, from_ms, rows, version, generation) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET rows = excluded.rows, version = excluded.version, generation = excluded.generation`,
  )
  const remove = database.prepare('DELETE FROM usage_shares WHERE workspace_id = ? AND from_ms = ?')
  return {
    topic: 'usage_day',
    upsert(workspaceId, _, version, body, generation) {
      const { date, from, rows } = usageDayDocument.parse(body)
      const fromMs = rowStartOfId(from ?? date)
      const text = JSON.stringify(rows)
      const before = z.object({ rows: z.string() }).safeParse(find.get(workspaceId, fromMs))
      write.run(workspaceId, fromMs, text, version, generation)
      return !before.success || before.data.rows !== text
    },
    remove: (workspaceId, id) => remove.run(workspaceId, rowStartOfId(id)).changes > 0,
    ...sweeping(database, 'usage_shares'),
  }
}

function sweeping(database: Database, table: 'usage_days' | 'usage_shares'): Pick<TopicTable, 'sweep' | 'forget'> {
  const sweep: Statement<[string, number]> = database.prepare(`DELETE FROM ${table} WHERE workspace_id = ? AND generation < ?`)
  const forget: Statement<[string]> = database.prepare(`DELETE FROM ${table} WHERE workspace_id = ?`)
  return {
    sweep: (workspaceId, generation) => sweep.run(workspaceId, generation).changes > 0,
    forget: (workspaceId) => void forget.run(workspaceId),
  }
}

const storedSnapshot = z.object({ quota_limit: z.int(), hours: z.string() })
