import { hash } from 'node:crypto'
import type { Selectable } from 'kysely'
import { AUDIT_GENESIS_HASH, canonicalJson, chainedText } from '../../../shared/billing/audit-chain.ts'
import type { AuditEntry } from '../../../shared/contract/platform/audit.ts'
import { isoTime } from '../clock.ts'
import type { AuditBooksTable, AuditEntriesTable } from '../store/audit-tables.ts'
import type { Unit } from '../store/store.ts'

export type AuditBook = Selectable<AuditBooksTable>

/** What is written down of an action; time, sequence and hash come from the book. */
export type NewEntry = {
  action: string
  actor: string
  target: string
  /** Canonical JSON. */
  metadata: string
  /** Epoch ms. */
  createdAt: number
}

/** Sequences of one book; a place is the book's number times this plus the sequence, and stays an exact integer. */
const BOOK_SIZE = 2 ** 36

export function placeOf(book: Pick<AuditBook, 'number'>, sequence: number): number {
  return book.number * BOOK_SIZE + sequence
}

export function sequenceOf(place: number): number {
  return place % BOOK_SIZE
}

/** The row of the next entry of a book. Its time is never before that of the entry before it, whatever the clock did. */
export function nextRow(book: AuditBook, { action, actor, target, metadata, createdAt }: NewEntry): AuditEntriesTable {
  const sequence = book.last_sequence + 1
  const at = Math.max(createdAt, book.last_at)
  const text = chainedText({ id: String(sequence), action, actor, target, metadataJson: metadata, createdAt: isoTime(at) }, book.last_hash)
  return { place: placeOf(book, sequence), book: book.number, action, actor, target, metadata, created_at: at, hash: hash('sha256', text) }
}

/** An entry as routes and the feed give it. */
export function entryDocument({ place, action, actor, target, metadata, created_at: createdAt, hash: entryHash }: AuditEntriesTable): AuditEntry {
  const sequence = sequenceOf(place)
  return { id: String(sequence), sequence, action, actor, target, metadata: asObject(metadata), created_at: isoTime(createdAt), hash: entryHash }
}

/** The workspace's book, begun when it has none. */
export async function openBook({ tx }: Pick<Unit, 'tx'>, workspaceId: string): Promise<AuditBook> {
  const known = await tx.selectFrom('audit_books').selectAll().where('workspace_id', '=', workspaceId).executeTakeFirst()
  if (known !== undefined) return known
  const { last } = await tx
    .selectFrom('audit_books')
    .select((eb) => eb.fn.coalesce(eb.fn.max('number'), eb.lit(0)).as('last'))
    .executeTakeFirstOrThrow()
  return await tx
    .insertInto('audit_books')
    .values({ workspace_id: workspaceId, number: Number(last) + 1, last_hash: AUDIT_GENESIS_HASH, checkpoint_hash: AUDIT_GENESIS_HASH })
    .returningAll()
    .executeTakeFirstOrThrow()
}

/** @throws TypeError for metadata that is no JSON. */
export function metadataJson(metadata: Readonly<Record<string, unknown>>): string {
  return canonicalJson(metadata)
}

function asObject(json: string): Record<string, unknown> {
  const value: unknown = JSON.parse(json)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new TypeError('An audit entry’s metadata is no object')
  return { ...value }
}
