import { hash } from 'node:crypto'
import { z } from 'zod'
import { chainedText } from '../../../../shared/billing/audit-chain.ts'
import type { Clock } from '../../base/clock.ts'
import type { Database } from '../../store/database.ts'
import { type AuditBook, endOf, ENTRY_COLUMNS, placeOf, sequenceOf, storedEntry } from './book.ts'
import type { AuditEntries } from './entries.ts'

/** Entries followed in one go, some milliseconds; a click or a write waits no longer than that. */
const SLICE = 500
/** How often a page is told of the progress of a long check. */
const TELL_EVERY_MS = 500

export type ChainCheckOptions = {
  database: Database
  entries: AuditEntries
  clock: Clock
  /** What was found has changed. */
  changed: (workspaceId: string) => void
  report: (error: unknown) => void
}

/**
 * Follows the chain of hashes through the entries on this computer, from where it was followed to before, and removes
 * what is past its retention. It runs bit by bit beside everything else.
 */
export class ChainCheck {
  readonly #options: ChainCheckOptions
  readonly #waiting = new Set<string>()
  #running: Promise<void> | null = null
  #stopped = false

  constructor(options: ChainCheckOptions) {
    this.#options = options
  }

  /** Entries came: goes on following the chain. */
  wake(workspaceId: string): void {
    if (this.#stopped) return
    this.#waiting.add(workspaceId)
    this.#running ??= this.#run()
      .catch(this.#options.report)
      .finally(() => {
        this.#running = null
      })
  }

  /** Waits until there is nothing left to follow. */
  async settled(): Promise<void> {
    while (this.#running !== null) await this.#running
  }

  async stop(): Promise<void> {
    this.#stopped = true
    await this.#running
  }

  async #run(): Promise<void> {
    for (;;) {
      const [workspaceId] = this.#waiting
      if (workspaceId === undefined || this.#stopped) break
      this.#waiting.delete(workspaceId)
      await this.#follow(workspaceId)
    }
    do await yieldToEventLoop()
    while (!this.#stopped && this.#options.entries.cleanUp())
  }

  async #follow(workspaceId: string): Promise<void> {
    const { clock, changed } = this.#options
    let toldAt = clock.monotonic()
    for (;;) {
      await yieldToEventLoop()
      if (this.#stopped) return
      const outcome = this.#slice(workspaceId)
      if (outcome === 'nothing') return
      if (outcome === 'end' || clock.monotonic() - toldAt >= TELL_EVERY_MS) {
        toldAt = clock.monotonic()
        changed(workspaceId)
      }
      if (outcome === 'end') return
    }
  }

  /** `end`: followed as far as there is anything to follow. */
  #slice(workspaceId: string): 'more' | 'end' | 'nothing' {
    const { database, entries, clock } = this.#options
    return database.transaction(() => {
      const book = entries.find(workspaceId)
      if (book === null || book.broken_sequence !== null) return 'nothing'
      const raw = database
        .prepare<unknown[]>(`SELECT ${ENTRY_COLUMNS} FROM audit_entries WHERE place BETWEEN ? AND ? ORDER BY place LIMIT ?`)
        .all(placeOf(book, book.verified_sequence + 1), endOf(book), SLICE)
      const rows = z.array(storedEntry).parse(raw)
      if (rows.length === 0) {
        if (book.checked_at !== null) return 'nothing'
        entries.noteVerified(book, book.verified_sequence, book.verified_hash, clock.now())
        return 'end'
      }
      const followed = followChain(book, rows)
      entries.noteVerified(book, followed.sequence, followed.hash, clock.now())
      if (followed.broken === null) return rows.length < SLICE ? 'end' : 'more'
      // While the log is read from its beginning, what is missing may still come.
      if (followed.broken.reason === 'missing' && this.#isReading(workspaceId)) return followed.sequence === book.verified_sequence ? 'nothing' : 'end'
      // Left out here because it was too large or odd: that is no word about the platform, and what comes after it cannot be followed.
      if (followed.broken.reason === 'missing' && this.#isLeftOut(workspaceId, followed.broken.sequence))
        return followed.sequence === book.verified_sequence ? 'nothing' : 'end'
      entries.noteBroken(book, followed.broken.sequence, followed.broken.reason, clock.now())
      return 'end'
    })()
  }

  #isLeftOut(workspaceId: string, sequence: number): boolean {
    const found = this.#options.database.prepare<unknown[]>("SELECT 1 FROM set_aside WHERE workspace_id = ? AND topic = 'audit_entry' AND id = ?")
    return found.get(workspaceId, String(sequence)) !== undefined
  }

  #isReading(workspaceId: string): boolean {
    const raw = this.#options.database.prepare<unknown[]>('SELECT rereading FROM cursors WHERE workspace_id = ?').get(workspaceId)
    return raw === undefined || z.object({ rereading: z.int() }).parse(raw).rereading === 1
  }
}

export type Followed = { sequence: number; hash: string; broken: { sequence: number; reason: 'changed' | 'missing' } | null }

/** Pure: how far these entries, in order, follow from what was verified before them. */
export function followChain(book: Pick<AuditBook, 'number' | 'verified_sequence' | 'verified_hash'>, rows: readonly z.output<typeof storedEntry>[]): Followed {
  let [sequence, before] = [book.verified_sequence, book.verified_hash]
  for (const { place, action, actor, target, metadata, created_at: createdAt, hash: entryHash } of rows) {
    const next = sequenceOf(place)
    if (next !== sequence + 1) return { sequence, hash: before, broken: { sequence: sequence + 1, reason: 'missing' } }
    const text = chainedText({ id: String(next), action, actor, target, metadataJson: metadata, createdAt: new Date(createdAt).toISOString() }, before)
    if (hash('sha256', text) !== entryHash) return { sequence, hash: before, broken: { sequence: next, reason: 'changed' } }
    sequence = next
    before = entryHash
  }
  return { sequence, hash: before, broken: null }
}

/** Lets everything else have its turn. */
function yieldToEventLoop(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
