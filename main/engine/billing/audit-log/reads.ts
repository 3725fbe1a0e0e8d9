import type { Statement } from 'better-sqlite3'
import { z } from 'zod'
import { auditSearchQuery, withAction } from '../../../../shared/billing/audit-search.ts'
import type { AuditChain, AuditFilter } from '../../../../shared/contract/console/audit.ts'
import type { Database } from '../../store/database.ts'
import { type AuditBook, endOf, ENTRY_COLUMNS, placeOf, sequenceOf, type StoredEntry, storedEntry } from './book.ts'
import type { AuditEntries } from './entries.ts'

/** Up to so many finds are counted; beyond, "more than" is said, and the rows are there sooner. */
const COUNTED = 2_000

export type EntryPage = { rows: StoredEntry[]; next: number | null; total: number; isTotalExact: boolean }

export type AuditOverview = {
  actions: { action: string; count: number }[]
  total: number
  firstAt: number | null
  lastAt: number | null
  chain: AuditChain
}

/** Places, both included. */
type Range = { first: number; last: number }

const nothingFound: EntryPage = { rows: [], next: null, total: 0, isTotalExact: true }
const emptyChain: AuditChain = { state: 'empty', first: 0, verified: 0, last: 0, checkedAt: null, removedCount: 0, broken: null }

const counts = z.array(z.object({ action: z.string(), entries: z.int() }))
const counted = z.object({ entries: z.int() })
const placed = z.object({ place: z.int() }).optional()
const foundPlaces = z.array(z.int())
const timed = z.object({ created_at: z.int() }).optional()

/** What pages ask of the audit log: by key, never by a whole table. */
export class AuditReads {
  readonly #database: Database
  readonly #entries: AuditEntries
  readonly #statements = new Map<string, Statement>()
  /** How many the last search found, and how often the database had been written to by then. */
  #lastSearch = { about: '', changes: 0, total: 0 }

  constructor(database: Database, entries: AuditEntries) {
    this.#database = database
    this.#entries = entries
  }

  /**
   * Newest first, below `before` (a sequence).
   *
   * @param members a word that begins a member's name finds what that member did.
   */
  page(workspaceId: string, filter: AuditFilter, before: number | null, limit: number, members: readonly { id: string; name: string }[] = []): EntryPage {
    const book = this.#entries.find(workspaceId)
    const whole = book === null ? null : this.#rangeOf(book, filter)
    if (book === null || whole === null) return nothingFound
    const below = before === null ? whole.last : Math.min(whole.last, placeOf(book, before) - 1)
    const range = { first: whole.first, last: below }
    const query = auditSearchQuery(filter.search, (word) => actorsNamed(members, word))
    const { rows, total } = query === null ? this.#plain(book, filter, whole, range, limit) : this.#found(query, filter.action, whole, range, limit)
    const last = rows.at(-1)
    return {
      rows: rows.slice(0, limit),
      next: rows.length > limit && last !== undefined ? sequenceOf(rows[limit - 1]?.place ?? last.place) : null,
      total: Math.min(total, query === null ? total : COUNTED),
      isTotalExact: query === null || total <= COUNTED,
    }
  }

  overview(workspaceId: string): AuditOverview {
    const book = this.#entries.find(workspaceId)
    if (book === null) return { actions: [], total: 0, firstAt: null, lastAt: null, chain: emptyChain }
    const range = { first: placeOf(book, book.checkpoint_sequence + 1), last: endOf(book) }
    const past = this.#pastCounts(book)
    const actions = counts
      .parse(this.#statement('SELECT action, entries FROM audit_counts WHERE book = ? AND entries > 0 ORDER BY action').all(book.number))
      .map(({ action, entries }) => ({ action, count: entries - (past.get(action) ?? 0) }))
      .filter(({ count }) => count > 0)
    return {
      actions,
      total: actions.reduce((sum, { count }) => sum + count, 0),
      firstAt: this.#timeAt(range, 'ASC'),
      lastAt: this.#timeAt(range, 'DESC'),
      chain: chainOf(book, this.#entries.lastSequence(book)),
    }
  }

  #plain(book: AuditBook, { action, from, to }: AuditFilter, whole: Range, { first, last }: Range, limit: number): { rows: StoredEntry[]; total: number } {
    const where = action === null ? 'place BETWEEN ? AND ?' : 'book = ? AND action = ? AND place BETWEEN ? AND ?'
    const scope = action === null ? [] : [book.number, action]
    const rows = this.#rows(`SELECT ${ENTRY_COLUMNS} FROM audit_entries WHERE ${where} ORDER BY place DESC LIMIT ?`, [...scope, first, last, limit + 1])
    const isAllOfTime = from === null && to === null
    if (isAllOfTime) return { rows, total: this.#countOf(book, action) }
    return { rows, total: this.#count(`SELECT count(*) AS entries FROM audit_entries WHERE ${where}`, [...scope, whole.first, whole.last]) }
  }

  #found(words: string, action: string | null, whole: Range, { first, last }: Range, limit: number): { rows: StoredEntry[]; total: number } {
    const query = action === null ? words : withAction(words, action)
    // CROSS keeps the order: asked the other way round, the index would be searched once for every entry of the action.
    const places =
      action === null
        ? 'SELECT rowid AS found FROM audit_search WHERE audit_search MATCH ? AND rowid BETWEEN ? AND ?'
        : 'SELECT audit_search.rowid AS found FROM audit_search CROSS JOIN audit_entries ON place = audit_search.rowid WHERE audit_search MATCH ? AND audit_search.rowid BETWEEN ? AND ? AND audit_entries.action = ?'
    const find = (range: Range, most: number): number[] =>
      foundPlaces.parse(
        this.#statement(`${places} ORDER BY audit_search.rowid DESC LIMIT ?`)
          .pluck()
          .all(query, range.first, range.last, ...(action === null ? [] : [action]), most),
      )
    const about = JSON.stringify([query, action, whole])
    const changes = this.#count('SELECT total_changes() AS entries', [])
    // What costs most about the beginning of a word that many entries have is to begin: finding and counting are one search, and the pages below
    // the first one take the count from it.
    const isKnown = this.#lastSearch.about === about && this.#lastSearch.changes === changes
    const found = find({ first, last }, isKnown || last !== whole.last ? limit + 1 : COUNTED + 1)
    const total = isKnown ? this.#lastSearch.total : last === whole.last ? found.length : find(whole, COUNTED + 1).length
    this.#lastSearch = { about, changes, total }
    const rows = this.#rows(`SELECT ${ENTRY_COLUMNS} FROM audit_entries WHERE place IN (SELECT value FROM json_each(?)) ORDER BY place DESC`, [
      JSON.stringify(found.slice(0, limit + 1)),
    ])
    return { rows, total }
  }

  /** The places of the filter's time; null when there are none. Times never go back with the places. */
  #rangeOf(book: AuditBook, { from, to }: AuditFilter): Range | null {
    const start = placeOf(book, book.checkpoint_sequence + 1)
    const first = from === null ? start : this.#placeAt(book, '>=', from, 'ASC')
    const last = to === null ? endOf(book) : this.#placeAt(book, '<', to, 'DESC')
    return first === null || last === null || Math.max(start, first) > last ? null : { first: Math.max(start, first), last }
  }

  #placeAt(book: AuditBook, side: '>=' | '<', atMs: number, order: 'ASC' | 'DESC'): number | null {
    const sql = `SELECT place FROM audit_entries WHERE book = ? AND created_at ${side} ? ORDER BY created_at ${order}, place ${order} LIMIT 1`
    return placed.parse(this.#statement(sql).get(book.number, atMs))?.place ?? null
  }

  #timeAt({ first, last }: Range, order: 'ASC' | 'DESC'): number | null {
    return (
      timed.parse(this.#statement(`SELECT created_at FROM audit_entries WHERE place BETWEEN ? AND ? ORDER BY place ${order} LIMIT 1`).get(first, last))
        ?.created_at ?? null
    )
  }

  #countOf(book: AuditBook, action: string | null): number {
    const sql = 'SELECT coalesce(sum(entries), 0) AS entries FROM audit_counts WHERE book = ?'
    const past = this.#pastCounts(book)
    if (action !== null) return this.#count(`${sql} AND action = ?`, [book.number, action]) - (past.get(action) ?? 0)
    return this.#count(sql, [book.number]) - [...past.values()].reduce((sum, entries) => sum + entries, 0)
  }

  /** What the checkpoint has passed is shown no more, and is removed bit by bit: until then it is counted among what is here. */
  #pastCounts(book: AuditBook): Map<string, number> {
    const rows = this.#statement('SELECT action, count(*) AS entries FROM audit_entries WHERE place BETWEEN ? AND ? GROUP BY action').all(
      placeOf(book, 0),
      placeOf(book, book.checkpoint_sequence),
    )
    return new Map(counts.parse(rows).map(({ action, entries }) => [action, entries]))
  }

  #count(sql: string, parameters: readonly unknown[]): number {
    return counted.parse(this.#statement(sql).get(...parameters)).entries
  }

  #rows(sql: string, parameters: readonly unknown[]): StoredEntry[] {
    return z.array(storedEntry).parse(this.#statement(sql).all(...parameters))
  }

  #statement(sql: string): Statement {
    const kept = this.#statements.get(sql) ?? this.#database.prepare<unknown[]>(sql)
    this.#statements.set(sql, kept)
    return kept
  }
}

function actorsNamed(members: readonly { id: string; name: string }[], word: string): string[] {
  const start = word.toLocaleLowerCase()
  return members
    .filter(({ name }) =>
      name
        .toLocaleLowerCase()
        .split(/\s+/)
        .some((part) => part.startsWith(start)),
    )
    .map(({ id }) => id)
}

function chainOf(book: AuditBook, last: number): AuditChain {
  const { checkpoint_sequence: removedCount, verified_sequence: verified, checked_at: checkedAt, broken_sequence: brokenAt, broken_reason: reason } = book
  return {
    state: brokenAt !== null ? 'broken' : last === removedCount ? 'empty' : verified < last ? 'checking' : 'verified',
    first: Math.min(removedCount + 1, last),
    verified,
    last,
    checkedAt,
    removedCount,
    broken: brokenAt === null || reason === null ? null : { sequence: brokenAt, reason },
  }
}
