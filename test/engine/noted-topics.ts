import { AsyncLocalStorage } from 'node:async_hooks'
import BetterSqlite3 from 'better-sqlite3'
import { type WorkspaceRecord, WorkspaceRegistry } from '../../main/engine/sync/accounts/workspace-registry.ts'
import { Documents } from '../../main/engine/sync/documents/documents.ts'
import { Warnings } from '../../main/engine/base/warnings.ts'
import type { Topic } from '../../shared/contract/topics.ts'

/** Of whoever asks now; what the engine does by itself meanwhile belongs to nobody. */
const asking = new AsyncLocalStorage<Set<string>>()

const note = (topic: string): void => void asking.getStore()?.add(topic)

/** Which topic a table's rows are of. `documents` names it in its rows. */
const topicOfTable: Readonly<Record<string, Topic>> = {
  cursors: 'connection',
  usage_days: 'snapshot',
  usage_shares: 'usage_day',
  cost_days: 'cost_day',
  ledger_lines: 'ledger_line',
  audit_entries: 'audit_entry',
  audit_counts: 'audit_entry',
  audit_search: 'audit_entry',
  audit_books: 'audit_checkpoint',
  requests: 'egress',
  totals: 'egress',
  activity: 'activity',
  checkouts: 'checkout',
  workspaces: 'workspace',
  local_settings: 'workspace',
  device_identity: 'device',
  device_names: 'device',
  sub_keys: 'sub_key',
  vault_records: 'vault',
}
const ofOutbox = /^(item|item_group|lane|name|attempt|stage|hold|discard|stored_total|push|archive|high_water|unanswered_push|words|id_summary)$/

/**
 * Lets the engine of this process note what its reads look at: each query by its tables, each look at a workspace beyond its id. Called before the
 * engine opens its files. What lies in memory alone, or in other files, is not seen.
 */
export function noteTopics(): void {
  const prepare = BetterSqlite3.prototype.prepare
  BetterSqlite3.prototype.prepare = function prepareNoted(this: BetterSqlite3.Database, sql: string) {
    const statement = prepare.call(this, sql)
    // Not what is read from an argument: "FROM json_each(?)".
    const tables = [...sql.matchAll(/\b(?:from|join)\s+([a-z_]+)\b(?!\()/gi)].map(([, table = '']) => table)
    for (const method of ['get', 'all', 'iterate'] as const) {
      const query = statement[method].bind(statement) as (...values: unknown[]) => unknown
      Object.defineProperty(statement, method, {
        value: (...values: unknown[]) => {
          if (asking.getStore() !== undefined) for (const table of tables) note(topicOf(table, values))
          return query(...values)
        },
      })
    }
    return statement
  } as typeof prepare

  const { find, list } = WorkspaceRegistry.prototype
  WorkspaceRegistry.prototype.find = function findNoted(id) {
    const record = find.call(this, id)
    return record === null ? null : noted(record)
  }
  WorkspaceRegistry.prototype.list = function listNoted() {
    return list.call(this).map(noted)
  }
  // What was parsed from documents is kept for as long as their revision stands, so a read that finds it kept asks for no row.
  const { revision } = Documents.prototype
  Documents.prototype.revision = function revisionNoted(workspaceId, topic) {
    note(topic)
    return revision.call(this, workspaceId, topic)
  }
  const warnings = Warnings.prototype.list
  Warnings.prototype.list = function listNoted() {
    note('warnings')
    return warnings.call(this)
  }
}

/** The topics that are looked at while this is done. */
export async function topicsOf(work: () => Promise<unknown>): Promise<Set<string>> {
  const topics = new Set<string>()
  await asking.run(topics, work)
  return topics
}

/** A table that no topic is named for shows in what a read is said to look at, and agrees with no contract. */
function topicOf(table: string, values: readonly unknown[]): string {
  if (table === 'documents') return String(values[1])
  return ofOutbox.test(table) ? 'outbox' : (topicOfTable[table] ?? `the table ${table}`)
}

function noted(record: WorkspaceRecord): WorkspaceRecord {
  return new Proxy(record, {
    get(target, property, receiver) {
      if (property !== 'id') note('workspace')
      return Reflect.get(target, property, receiver)
    },
  })
}
