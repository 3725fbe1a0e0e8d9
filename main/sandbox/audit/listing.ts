import { CompiledQuery } from 'kysely'
import { z } from 'zod'
import { auditSearchQuery, withAction } from '../../../shared/billing/audit-search.ts'
import type { AuditEntriesTable } from '../store/audit-tables.ts'
import type { Unit } from '../store/store.ts'
import { type AuditBook, placeOf } from './book.ts'

export type AuditFilter = {
  action: string | null
  /** Epoch ms, half-open; null: no bound. */
  fromMs: number | null
  toMs: number | null
  search: string | null
}

export type AuditPage = { rows: AuditEntriesTable[]; total: number }

/** Places, both included. */
type Range = { first: number; last: number }

const row = z.object({
  place: z.int(),
  book: z.int(),
  action: z.string(),
  actor: z.string(),
  target: z.string(),
  metadata: z.string(),
  created_at: z.int(),
  hash: z.string(),
})
const counted = z.array(z.object({ entries: z.int() })).length(1)
const placed = z.array(z.object({ place: z.int() }))

/** The newest entries first, with how many there are in all. @param keepFromMs what is older is past its retention, even while it is still there. */
export async function listEntries(
  unit: Unit,
  book: AuditBook,
  filter: AuditFilter,
  keepFromMs: number | null,
  { limit, offset }: { limit: number; offset: number },
): Promise<AuditPage> {
  const fromMs = Math.max(filter.fromMs ?? -Infinity, keepFromMs ?? -Infinity)
  const range = await rangeOf(unit, book, fromMs, filter.toMs ?? Infinity)
  if (range === null) return { rows: [], total: 0 }
  const query = filter.search === null ? null : auditSearchQuery(filter.search)
  if (query !== null) return await searched(unit, query, filter.action, range, limit, offset)
  if (filter.action !== null) return await ofAction(unit, book, filter.action, range, limit, offset)
  // Without a gap from the first to the last, the offset is a place: nothing has to be passed over.
  const rows = await select(unit, `SELECT ${COLUMNS} FROM audit_entries WHERE place BETWEEN ? AND ? ORDER BY place DESC LIMIT ?`, [
    range.first,
    range.last - offset,
    limit,
  ])
  return { rows, total: range.last - range.first + 1 }
}

const COLUMNS = 'place, book, action, actor, target, metadata, created_at, hash'

async function searched(unit: Unit, words: string, action: string | null, { first, last }: Range, limit: number, offset: number): Promise<AuditPage> {
  const query = action === null ? words : withAction(words, action)
  const found = 'audit_search MATCH ? AND audit_search.rowid BETWEEN ? AND ?'
  const parameters = [query, first, last]
  if (action === null) {
    const total = await count(unit, `SELECT count(*) AS entries FROM audit_search WHERE ${found}`, parameters)
    const rows = await select(
      unit,
      `SELECT ${COLUMNS} FROM (SELECT rowid AS found FROM audit_search WHERE ${found} ORDER BY rowid DESC LIMIT ? OFFSET ?) JOIN audit_entries ON place = found ORDER BY place DESC`,
      [...parameters, limit, offset],
    )
    return { rows, total }
  }
  // CROSS keeps the order: asked the other way round, the index would be searched once for every entry of the action.
  const joined = `audit_search CROSS JOIN audit_entries ON audit_entries.place = audit_search.rowid WHERE ${found} AND audit_entries.action = ?`
  return {
    total: await count(unit, `SELECT count(*) AS entries FROM ${joined}`, [...parameters, action]),
    rows: await select(unit, `SELECT audit_entries.* FROM ${joined} ORDER BY audit_search.rowid DESC LIMIT ? OFFSET ?`, [...parameters, action, limit, offset]),
  }
}

async function ofAction(unit: Unit, book: AuditBook, action: string, range: Range, limit: number, offset: number): Promise<AuditPage> {
  const where = 'book = ? AND action = ? AND place BETWEEN ? AND ?'
  const parameters = [book.number, action, range.first, range.last]
  return {
    total: isWhole(book, range)
      ? await countOf(unit, book, action)
      : await count(unit, `SELECT count(*) AS entries FROM audit_entries WHERE ${where}`, parameters),
    rows: await select(unit, `SELECT ${COLUMNS} FROM audit_entries WHERE ${where} ORDER BY place DESC LIMIT ? OFFSET ?`, [...parameters, limit, offset]),
  }
}

async function countOf({ tx }: Unit, book: AuditBook, action: string): Promise<number> {
  const counter = await tx.selectFrom('audit_counts').select('entries').where('book', '=', book.number).where('action', '=', action).executeTakeFirst()
  return counter?.entries ?? 0
}

function isWhole(book: AuditBook, { first, last }: Range): boolean {
  return first === placeOf(book, book.checkpoint_sequence + 1) && last === placeOf(book, book.last_sequence)
}

/** The places of the entries of some time; null when there are none. Times never go back with the places. */
async function rangeOf(unit: Unit, book: AuditBook, fromMs: number, toMs: number): Promise<Range | null> {
  const first = fromMs === -Infinity ? placeOf(book, book.checkpoint_sequence + 1) : await placeAt(unit, book, '>=', fromMs, 'ASC')
  const last = toMs === Infinity ? placeOf(book, book.last_sequence) : await placeAt(unit, book, '<', toMs, 'DESC')
  return first === null || last === null || first > last ? null : { first, last }
}

async function placeAt({ tx }: Unit, book: AuditBook, side: '>=' | '<', atMs: number, order: 'ASC' | 'DESC'): Promise<number | null> {
  const sql = `SELECT place FROM audit_entries WHERE book = ? AND created_at ${side} ? ORDER BY created_at ${order}, place ${order} LIMIT 1`
  const { rows } = await tx.executeQuery(CompiledQuery.raw(sql, [book.number, atMs]))
  return placed.parse(rows)[0]?.place ?? null
}

async function select({ tx }: Unit, sql: string, parameters: readonly unknown[]): Promise<AuditEntriesTable[]> {
  return z.array(row).parse((await tx.executeQuery(CompiledQuery.raw(sql, [...parameters]))).rows)
}

async function count({ tx }: Unit, sql: string, parameters: readonly unknown[]): Promise<number> {
  return counted.parse((await tx.executeQuery(CompiledQuery.raw(sql, [...parameters]))).rows)[0]?.entries ?? 0
}
