import { z } from 'zod'

/** Sequences of one book; a place is the book's number times this plus the sequence, and stays an exact integer. */
const BOOK_SIZE = 2 ** 36

export const auditBook = z.object({
  number: z.int().positive(),
  workspace_id: z.string().nullable(),
  checkpoint_sequence: z.int(),
  checkpoint_hash: z.string(),
  verified_sequence: z.int(),
  verified_hash: z.string(),
  checked_at: z.int().nullable(),
  broken_sequence: z.int().nullable(),
  broken_reason: z.enum(['changed', 'missing', 'rewritten']).nullable(),
})
export type AuditBook = z.output<typeof auditBook>

export const storedEntry = z.object({
  place: z.int(),
  action: z.string(),
  actor: z.string(),
  target: z.string(),
  metadata: z.string(),
  created_at: z.int(),
  hash: z.string(),
})
export type StoredEntry = z.output<typeof storedEntry>
export const ENTRY_COLUMNS = 'place, action, actor, target, metadata, created_at, hash'

export function placeOf(book: Pick<AuditBook, 'number'>, sequence: number): number {
  return book.number * BOOK_SIZE + sequence
}

export function sequenceOf(place: number): number {
  return place % BOOK_SIZE
}

/** The last place that a book can have. */
export function endOf(book: Pick<AuditBook, 'number'>): number {
  return placeOf(book, BOOK_SIZE - 1)
}
