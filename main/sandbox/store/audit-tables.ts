import type { Generated } from 'kysely'

export type AuditBooksTable = {
  workspace_id: string
  number: number
  last_sequence: Generated<number>
  last_hash: string
  last_at: Generated<number>
  checkpoint_sequence: Generated<number>
  checkpoint_hash: string
  awaits_past: Generated<number>
}

export type AuditEntriesTable = {
  place: number
  book: number
  action: string
  actor: string
  target: string
  metadata: string
  created_at: number
  hash: string
}

/** The audit log as Kysely sees it; the full-text index is written and searched by SQL of its own. */
export type AuditTables = {
  audit_search: { rowid: number }
  audit_books: AuditBooksTable
  audit_entries: AuditEntriesTable
  audit_reached_limits: { workspace_id: string; metric: string; quota_limit: number; period_start: number }
  audit_counts: { book: number; action: string; entries: number }
  audit_waiting: { number: Generated<number>; workspace_id: string; action: string; actor: string; target: string; metadata: string; created_at: number }
}
