import type { Statement } from 'better-sqlite3'
import { z } from 'zod'
import { AUDIT_GENESIS_HASH, canonicalJson } from '../../../../shared/billing/audit-chain.ts'
import type { AuditCheckpoint, AuditEntry } from '../../../../shared/contract/platform/audit.ts'
import type { Database } from '../../store/database.ts'
import type { TopicTable } from '../../sync/documents/topic-table.ts'
import { type AuditBook, auditBook, endOf, placeOf, sequenceOf } from './book.ts'

const known = z.object({ hash: z.string(), generation: z.int(), action: z.string() })
const removed = z.array(z.object({ place: z.int(), action: z.string() }))

/** Removed in one transaction: the engine does nothing else meanwhile. */
const SLICE = 500

/**
 * The audit entries of every workspace in cache.db. An entry is never changed by an honest platform: one that comes
 * again with another hash after this computer had verified it is kept as it is now, and the chain is broken there.
 */
export class AuditEntries {
  readonly #database: Database
  readonly #statements = new Map<string, Statement>()

  constructor(database: Database) {
    this.#database = database
  }

  /** For the feed: entries and checkpoints lie here. */
  topicTables(): [TopicTable<AuditEntry>, TopicTable<AuditCheckpoint>] {
    return [this.#entryTable(), this.#checkpointTable()]
  }

  find(workspaceId: string): AuditBook | null {
    const raw = this.#statement('SELECT * FROM audit_books WHERE workspace_id = ?').get(workspaceId)
    return raw === undefined ? null : auditBook.parse(raw)
  }

  /** Newest sequence that is here; the checkpoint's when there is nothing after it. */
  lastSequence(book: AuditBook): number {
    const raw = this.#statement('SELECT max(place) AS place FROM audit_entries WHERE place BETWEEN ? AND ?').get(placeOf(book, 0), endOf(book))
    const { place } = z.object({ place: z.int().nullable() }).parse(raw)
    return Math.max(book.checkpoint_sequence, place === null ? 0 : sequenceOf(place))
  }

  /** Writes down how far the chain holds. */
  noteVerified(book: AuditBook, sequence: number, hash: string, checkedAt: number): void {
    this.#statement('UPDATE audit_books SET verified_sequence = ?, verified_hash = ?, checked_at = ? WHERE number = ?').run(
      sequence,
      hash,
      checkedAt,
      book.number,
    )
  }

  noteBroken(book: AuditBook, sequence: number, reason: NonNullable<AuditBook['broken_reason']>, checkedAt: number): void {
    this.#statement('UPDATE audit_books SET broken_sequence = ?, broken_reason = ?, checked_at = ? WHERE number = ?').run(
      sequence,
      reason,
      checkedAt,
      book.number,
    )
  }

  /** Forgets what was found: the chain is followed again from its beginning. */
  forgetVerdict(workspaceId: string): void {
    this.#statement(
      `UPDATE audit_books SET verified_sequence = checkpoint_sequence, verified_hash = checkpoint_hash, checked_at = NULL, broken_sequence = NULL, broken_reason = NULL
         WHERE workspace_id = ?`,
    ).run(workspaceId)
  }

  /** Removes one slice of what no workspace shows any more. @returns whether there may be more. */
  cleanUp(): boolean {
    return this.#database.transaction(() => {
      for (const book of z.array(auditBook).parse(this.#statement('SELECT * FROM audit_books').all())) {
        const last = book.workspace_id === null ? endOf(book) : placeOf(book, book.checkpoint_sequence)
        if (this.#removeSlice(book, placeOf(book, 0), last) > 0) return true
        if (book.workspace_id !== null) continue
        this.#statement('DELETE FROM audit_books WHERE number = ?').run(book.number)
        this.#statement('DELETE FROM audit_counts WHERE book = ?').run(book.number)
      }
      return false
    })()
  }

  /** Dropping a million entries at once would keep everybody waiting: they lose their workspace now and are removed bit by bit. */
  #forget(workspaceId: string): void {
    this.#statement('UPDATE audit_books SET workspace_id = NULL WHERE workspace_id = ?').run(workspaceId)
  }

  #entryTable(): TopicTable<AuditEntry> {
    return {
      topic: 'audit_entry',
      upsert: (workspaceId, _id, _version, body, generation) => this.#upsert(this.#open(workspaceId), body, generation),
      remove: (workspaceId, id) => this.#removeOne(this.#open(workspaceId), Number(id)),
      sweep: (workspaceId, generation) => this.#sweep(this.#open(workspaceId), generation),
      forget: (workspaceId) => this.#forget(workspaceId),
    }
  }

  #checkpointTable(): TopicTable<AuditCheckpoint> {
    return {
      topic: 'audit_checkpoint',
      upsert: (workspaceId, _id, _version, body) => this.#moveCheckpoint(this.#open(workspaceId), body),
      // A chain that once began later does not begin earlier again.
      remove: () => false,
      sweep: () => false,
      forget: () => undefined,
    }
  }

  #open(workspaceId: string): AuditBook {
    const found = this.find(workspaceId)
    if (found !== null) return found
    this.#statement('INSERT INTO audit_books (workspace_id, checkpoint_hash, verified_hash) VALUES (?, ?, ?)').run(
      workspaceId,
      AUDIT_GENESIS_HASH,
      AUDIT_GENESIS_HASH,
    )
    return this.#open(workspaceId)
  }

  #upsert(book: AuditBook, entry: AuditEntry, generation: number): boolean {
    const place = placeOf(book, entry.sequence)
    const raw = this.#statement('SELECT hash, generation, action FROM audit_entries WHERE place = ?').get(place)
    if (raw !== undefined) {
      const before = known.parse(raw)
      if (before.hash === entry.hash) {
        if (before.generation !== generation) this.#statement('UPDATE audit_entries SET generation = ? WHERE place = ?').run(generation, place)
        return false
      }
      this.#noteContradiction(book, entry.sequence, 'rewritten')
      this.#drop(book, [{ place, action: before.action }])
    }
    const metadata = canonicalJson(entry.metadata)
    this.#statement(
      'INSERT INTO audit_entries (place, book, action, actor, target, metadata, created_at, hash, generation) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
    ).run(place, book.number, entry.action, entry.actor, entry.target, metadata, Date.parse(entry.created_at), entry.hash, generation)
    this.#statement('INSERT INTO audit_search (rowid, action, actor, target, metadata) VALUES (?, ?, ?, ?, ?)').run(
      place,
      entry.action,
      entry.actor,
      entry.target,
      metadata,
    )
    this.#count(book, entry.action, 1)
    return true
  }

  #removeOne(book: AuditBook, sequence: number): boolean {
    const place = placeOf(book, sequence)
    if (!Number.isSafeInteger(sequence) || this.#removeSlice(book, place, place) === 0) return false
    this.#noteContradiction(book, sequence, 'missing')
    return true
  }

  /** After a reading from the beginning: an entry that the platform no longer has, and that no checkpoint accounts for, was taken away. */
  #sweep(book: AuditBook, generation: number): boolean {
    const gone = removed.parse(
      this.#statement('SELECT place, action FROM audit_entries WHERE place BETWEEN ? AND ? AND generation < ? ORDER BY place').all(
        placeOf(book, book.checkpoint_sequence + 1),
        endOf(book),
        generation,
      ),
    )
    const first = gone[0]
    if (first === undefined) return false
    this.#noteContradiction(book, sequenceOf(first.place), 'missing')
    this.#drop(book, gone)
    return true
  }

  #moveCheckpoint(book: AuditBook, { last_sequence: sequence, hash }: AuditCheckpoint): boolean {
    if (sequence <= book.checkpoint_sequence) return false
    const raw = this.#statement('SELECT hash, generation, action FROM audit_entries WHERE place = ?').get(placeOf(book, sequence))
    if (raw !== undefined && known.parse(raw).hash !== hash) this.#noteContradiction(book, sequence, 'rewritten')
    this.#statement('UPDATE audit_books SET checkpoint_sequence = ?, checkpoint_hash = ? WHERE number = ?').run(sequence, hash, book.number)
    if (book.verified_sequence < sequence)
      this.#statement('UPDATE audit_books SET verified_sequence = ?, verified_hash = ? WHERE number = ?').run(sequence, hash, book.number)
    return true
  }

  /** The platform now says something else about what this computer had verified. The first place where it does is kept. */
  #noteContradiction(book: AuditBook, sequence: number, reason: 'missing' | 'rewritten'): void {
    if (sequence > book.verified_sequence) return
    this.#statement('UPDATE audit_books SET broken_sequence = ?, broken_reason = ? WHERE number = ? AND (broken_sequence IS NULL OR broken_sequence > ?)').run(
      sequence,
      reason,
      book.number,
      sequence,
    )
  }

  #removeSlice(book: AuditBook, first: number, last: number): number {
    const gone = removed.parse(
      this.#statement('SELECT place, action FROM audit_entries WHERE place BETWEEN ? AND ? ORDER BY place LIMIT ?').all(first, last, SLICE),
    )
    this.#drop(book, gone)
    return gone.length
  }

  #drop(book: AuditBook, gone: readonly { place: number; action: string }[]): void {
    for (const { place, action } of gone) {
      this.#statement('DELETE FROM audit_entries WHERE place = ?').run(place)
      this.#statement('DELETE FROM audit_search WHERE rowid = ?').run(place)
      this.#count(book, action, -1)
    }
  }

  #count(book: AuditBook, action: string, change: number): void {
    this.#statement(
      'INSERT INTO audit_counts (book, action, entries) VALUES (?, ?, ?) ON CONFLICT (book, action) DO UPDATE SET entries = entries + excluded.entries',
    ).run(book.number, action, change)
  }

  #statement(sql: string): Statement {
    const kept = this.#statements.get(sql) ?? this.#database.prepare<unknown[]>(sql)
    this.#statements.set(sql, kept)
    return kept
  }
}
