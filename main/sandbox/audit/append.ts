import { CompiledQuery } from 'kysely'
import type { AuditEntriesTable } from '../store/audit-tables.ts'
import type { SqliteFile } from '../store/open.ts'
import type { Unit } from '../store/store.ts'
import { type AuditBook, entryDocument, type NewEntry, nextRow, sequenceOf } from './book.ts'

/** One entry is one row in each of these; all of them or none. The parameters are the same, taken as each needs them. */
const INSERT_ENTRY = 'INSERT INTO audit_entries (place, book, action, actor, target, metadata, created_at, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)'
const INSERT_SEARCH = 'INSERT INTO audit_search (rowid, action, actor, target, metadata) VALUES (?, ?, ?, ?, ?)'
const COUNT_ENTRY =
  'INSERT INTO audit_counts (book, action, entries) VALUES (?, ?, ?) ON CONFLICT (book, action) DO UPDATE SET entries = entries + excluded.entries'
const ADVANCE_BOOK = 'UPDATE audit_books SET last_sequence = ?, last_hash = ?, last_at = ? WHERE number = ?'

/** Puts one entry at the end of a book and makes it known. */
export async function appendEntry(unit: Unit, book: AuditBook, entry: NewEntry): Promise<AuditBook> {
  const row = nextRow(book, entry)
  const run = (sql: string, parameters: readonly unknown[]) => unit.tx.executeQuery(CompiledQuery.raw(sql, [...parameters]))
  await run(INSERT_ENTRY, entryParameters(row))
  await run(INSERT_SEARCH, searchParameters(row))
  await run(COUNT_ENTRY, [book.number, row.action, 1])
  const after = advanced(book, row)
  await run(ADVANCE_BOOK, bookParameters(after))
  unit.changes.put({ workspaceId: book.workspace_id, topic: 'audit_entry', id: String(sequenceOf(row.place)), version: 1, body: entryDocument(row) })
  return after
}

/**
 * The same for thousands of entries at once, with prepared statements, inside a transaction that is already open on
 * `file`: for the past of a demo and for measurements.
 */
export function appendMany(file: SqliteFile, book: AuditBook, entries: Iterable<NewEntry>): AuditBook {
  const insertEntry = file.prepare<unknown[]>(INSERT_ENTRY)
  const insertSearch = file.prepare<unknown[]>(INSERT_SEARCH)
  const insertChange = file.prepare<unknown[]>(
    "INSERT INTO changes (workspace_id, topic, id, sequence, op, version, body) VALUES (?, 'audit_entry', ?, ?, 'upsert', 1, ?)",
  )
  const feed = file.prepare<unknown[], { change_sequence: number }>('SELECT change_sequence FROM workspaces WHERE id = ?').get(book.workspace_id)
  if (feed === undefined) throw new Error(`There is no workspace ${book.workspace_id}`)
  const counts = new Map<string, number>()
  let current = book
  let change = feed.change_sequence
  for (const entry of entries) {
    const row = nextRow(current, entry)
    insertEntry.run(...entryParameters(row))
    insertSearch.run(...searchParameters(row))
    change += 1
    insertChange.run(book.workspace_id, String(sequenceOf(row.place)), change, JSON.stringify(entryDocument(row)))
    counts.set(row.action, (counts.get(row.action) ?? 0) + 1)
    current = advanced(current, row)
  }
  const count = file.prepare<unknown[]>(COUNT_ENTRY)
  for (const [action, entries] of counts) count.run(book.number, action, entries)
  file.prepare<unknown[]>(ADVANCE_BOOK).run(...bookParameters(current))
  file.prepare<unknown[]>('UPDATE workspaces SET change_sequence = ? WHERE id = ?').run(change, book.workspace_id)
  return current
}

function entryParameters(row: AuditEntriesTable): unknown[] {
  return [row.place, row.book, row.action, row.actor, row.target, row.metadata, row.created_at, row.hash]
}

function searchParameters(row: AuditEntriesTable): unknown[] {
  return [row.place, row.action, row.actor, row.target, row.metadata]
}

function bookParameters(book: AuditBook): unknown[] {
  return [book.last_sequence, book.last_hash, book.last_at, book.number]
}

function advanced(book: AuditBook, row: AuditEntriesTable): AuditBook {
  return { ...book, last_sequence: sequenceOf(row.place), last_hash: row.hash, last_at: row.created_at }
}
