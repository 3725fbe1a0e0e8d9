import type { Statement } from 'better-sqlite3'
import type { SqliteFile } from '../../store/open.ts'
import type { CheckedEnvelope } from './envelope-check.ts'

/** What is remembered of an id: hash and time with which it was stored, or null where it was deleted before it ever came. */
export type KnownEnvelope = { sha256: string | null; stored_at: number | null }

/**
 * Rows of envelopes, by prepared statements on the connection that Kysely uses, so they are part of the transaction
 * in which they are called. They are the one thing of a push that comes 500 at a time.
 */
export class EnvelopeRows {
  readonly #find: Statement<[string, string], KnownEnvelope>
  readonly #insert: Statement<unknown[]>
  readonly #dropEmpty: Statement<[string, string], { deleted_at: number }>
  readonly #insertDeleted: Statement<unknown[]>

  constructor(file: SqliteFile) {
    this.#find = file.prepare('SELECT sha256, stored_at FROM envelopes WHERE workspace_id = ? AND id = ?')
    this.#insert = file.prepare(
      `INSERT INTO envelopes (workspace_id, id, device_id, memory_ref, revision, sub_key_id, created_at, size_bytes, sha256, ciphertext, stored_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    this.#dropEmpty = file.prepare('DELETE FROM envelopes WHERE workspace_id = ? AND id = ? AND memory_ref IS NULL RETURNING deleted_at')
    this.#insertDeleted = file.prepare(
      `INSERT INTO envelopes (workspace_id, id, device_id, memory_ref, revision, sub_key_id, created_at, size_bytes, sha256, stored_at, deleted_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
  }

  find(workspaceId: string, id: string): KnownEnvelope | undefined {
    return this.#find.get(workspaceId, id)
  }

  insert(workspaceId: string, deviceId: string, envelope: CheckedEnvelope, now: number): void {
    const { id, memory_ref: memoryRef, revision, sub_key_id: subKeyId, created_at: createdAt, sha256, ciphertext } = envelope
    this.#insert.run(workspaceId, id, deviceId, memoryRef, revision, subKeyId, createdAt, ciphertext.length, sha256, ciphertext, now)
  }

  /**
   * An envelope came whose id had been deleted before: it is a deleted version like any other, without its ciphertext, at a new place of the
   * restore order. Without this nobody else would ever hear that it was deleted.
   */
  insertDeleted(workspaceId: string, deviceId: string, envelope: CheckedEnvelope, now: number): void {
    const { id, memory_ref: memoryRef, revision, sub_key_id: subKeyId, created_at: createdAt, sha256, ciphertext } = envelope
    const empty = this.#dropEmpty.get(workspaceId, id)
    if (empty === undefined) return
    const { deleted_at: deletedAt } = empty
    this.#insertDeleted.run(workspaceId, id, deviceId, memoryRef, revision, subKeyId, createdAt, ciphertext.length, sha256, now, deletedAt)
  }
}
