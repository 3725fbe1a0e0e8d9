/**
 * Every envelope of this device in one LanceDB table, ciphertext only, in `<dataDir>/envelopes.lance`.
 *
 * Lance acknowledges a write without syncing it: what was written here is safe only after `sync`. The mover alone
 * writes new rows, and it drops its own copy after that sync.
 */
import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Clock } from '../../base/clock.ts'
import type { StoredEnvelope } from '../../outbox/item.ts'
import { DiskFullError } from '../../store/errors.ts'
import { compactionDue } from './compaction-policy.ts'
import { EnvelopeStoreError } from '../errors.ts'
import { createFileSync, folderBytes } from './lance-files.ts'
import { readApart, rowNumbers } from './lance-salvage.ts'
import { openOrMend, putAside, salvageRows, takePlaceOf } from './lance-recovery.ts'
import {
  ALL_COLUMNS,
  type LanceTable,
  TABLE_NAME,
  addEnvelopes,
  bytesColumn,
  connectLance,
  ensureIndexes,
  envelopesOf,
  integerColumn,
  refreshSequenceIndex,
  scan,
  textColumn,
} from './lance-table.ts'
import { keepManifestCopy } from './manifest-copy.ts'
import { createReadWriteLock } from './read-write-lock.ts'

/** Ids in one `IN (…)`; longer lists take longer to parse than to look up. */
const IDS_PER_QUERY = 500
/** A compaction that has not come to rest after so many passes is left alone: its clean-up would not be safe. */
const MAX_PASSES = 6
/** New fragments are not in the index until it is refreshed; so many are still searched fast. */
const WRITES_PER_INDEX = 16
/** A healthy read takes milliseconds, a batch some more; rewriting gigabytes takes its time. */
const READ_WITHIN_MS = 60_000
const WRITE_WITHIN_MS = 600_000
const MEND_WITHIN_MS = 3 * 3_600_000
const ID_PATTERN = /^[0-9a-fA-F-]{36}$/

export type EnvelopeStoreOptions = {
  dataDir: string
  clock: Pick<Clock, 'now'>
  /** The table was damaged and mended, in words for the person (`salvaged`). */
  warn: (text: string) => void
  /** Given: a call of LanceDB that does not end is given up, and counts as failed. */
  after?: Clock['after']
}

/** Why the table is not trusted: a call failed, bytes are not what was sealed, or a row that must be there is not. */
export type Suspicion = 'failed call' | 'damaged bytes' | 'missing row'

export type CiphertextRow = { id: string; sequence: number; ciphertext: Uint8Array }

export type EnvelopeStore = {
  /** What is wrong with the table; null: nothing that is known. */
  suspicion(): Suspicion | null
  /** A reader found something wrong. A row that is missing is looked for once only. */
  suspect(why: Suspicion): void
  /** Called at each new suspicion. */
  onSuspected(listener: (why: Suspicion) => void): void
  /** Rebuilds the table from everything that can be read; readers go on meanwhile. It stays suspected until `trust`. */
  mend(): Promise<void>
  /** It was mended, and what it lacked was put back. */
  trust(): void
  /** Whether there is a table at all; asks the folder, loads nothing. */
  exists(): boolean
  /** Adds those that are not there yet, so a repeat after an interruption is harmless. Safe after `sync` only. @throws DiskFullError */
  /** `mayBeThere`: under another sequence as well, so that each is looked up. */
  upsert(envelopes: readonly StoredEnvelope[], options?: { mayBeThere?: boolean }): Promise<void>
  /** Everything written so far is on the disk when this resolves. */
  sync(): Promise<void>
  readMany(ids: readonly string[]): Promise<Map<string, StoredEnvelope>>
  readOne(id: string): Promise<StoredEnvelope | null>
  /** Rows with `first` ≤ sequence ≤ `last`, in order; so with the two below. */
  idsBetween(first: number, last: number): Promise<{ id: string; sequence: number }[]>
  sizesBetween(first: number, last: number): Promise<{ sequence: number; sizeBytes: number }[]>
  ciphertextBetween(first: number, last: number): Promise<CiphertextRow[]>
  ciphertextAt(sequences: readonly number[]): Promise<CiphertextRow[]>
  /** As `ciphertextAt`, row by row: what a damaged page beside them makes unreadable for a query of many is answered, what lies on it is left out. */
  ciphertextApart(sequences: readonly number[]): Promise<CiphertextRow[]>
  /** Removed for good after the next compaction; synced when this resolves. */
  remove(ids: readonly string[]): Promise<void>
  highestSequence(): Promise<number>
  count(): Promise<number>
  /** Sum of the ciphertexts in bytes. */
  bytes(): Promise<number>
  /** What the folder takes on the disk. */
  diskBytes(): Promise<number>
  /** `atRest`: nothing is being written, so a rewrite disturbs nobody. */
  compactionDue(atRest: boolean): Promise<boolean>
  /** Rewrites in two steps: nothing old is removed before everything new is synced. */
  compact(): Promise<void>
  close(): Promise<void>
}

type Opened = { table: LanceTable; highest: number; addedRows: number; removedRows: number; versions: number; indexed: boolean; unindexedWrites: number }

export function createEnvelopeStore({ dataDir, clock, warn, after }: EnvelopeStoreOptions): EnvelopeStore {
  const path = join(dataDir, `${TABLE_NAME}.lance`)
  const lock = createReadWriteLock()
  const files = createFileSync(path)
  let opening: Promise<Opened> | null = null
  let suspected: Suspicion | null = null
  let isSearched = false
  const listeners = new Set<(why: Suspicion) => void>()

  function suspect(why: Suspicion): void {
    if (suspected !== null || (why === 'missing row' && isSearched)) return
    if (why === 'missing row') isSearched = true
    suspected = why
    for (const listener of listeners) listener(why)
  }

  /** LanceDB's calls may fail, panic or never end; whatever they do ends here, in words of our own. */
  async function guarded<T>(work: () => Promise<T>, withinMs = READ_WITHIN_MS): Promise<T> {
    try {
      return await within(work, withinMs, after)
    } catch (error) {
      const known = storeError(error)
      if (known instanceof EnvelopeStoreError) suspect('failed call')
      throw known
    }
  }

  async function syncFiles(): Promise<void> {
    await files.syncNew()
    await keepManifestCopy(dataDir, path)
  }

  async function open(): Promise<Opened> {
    const { table, mended } = await openOrMend(await connectLance(dataDir), dataDir, clock.now())
    if (mended !== null) {
      await syncFiles()
      warn(mended)
    }
    return stateOf(table)
  }

  async function stateOf(table: LanceTable): Promise<Opened> {
    let highest = 0
    await scan(table, null, ['sequence'], (batch) => {
      const sequence = integerColumn(batch, 'sequence')
      for (let row = 0; row < batch.numRows; row += 1) highest = Math.max(highest, sequence(row))
    })
    return {
      table,
      highest,
      addedRows: await table.countRows(),
      removedRows: 0,
      versions: (await table.listVersions()).length,
      indexed: false,
      unindexedWrites: 0,
    }
  }

  function opened(): Promise<Opened> {
    opening ??= guarded(open, WRITE_WITHIN_MS).catch((error: unknown) => {
      opening = null
      throw error
    })
    return opening
  }

  const reading = <T>(empty: T, work: (table: LanceTable) => Promise<T>): Promise<T> =>
    existsSync(path) || opening
      ? lock.read(async () => {
          const { table } = await opened()
          return guarded(() => work(table))
        })
      : Promise.resolve(empty)
  const writing = <T>(work: (state: Opened) => Promise<T>, withinMs = WRITE_WITHIN_MS): Promise<T> =>
    lock.write(async () => {
      const state = await opened()
      return guarded(() => work(state), withinMs)
    })

  async function ciphertext(table: LanceTable, predicate: string): Promise<CiphertextRow[]> {
    const rows: CiphertextRow[] = []
    await scan(table, predicate, ['id', 'sequence', 'ciphertext'], (batch) => {
      const [id, sequence, bytes] = [textColumn(batch, 'id'), integerColumn(batch, 'sequence'), bytesColumn(batch, 'ciphertext')]
      for (let row = 0; row < batch.numRows; row += 1) rows.push({ id: id(row) ?? '', sequence: sequence(row), ciphertext: bytes(row) })
    })
    return rows.sort(bySequence)
  }

  const readMany = (ids: readonly string[]): Promise<Map<string, StoredEnvelope>> =>
    reading(new Map(), async (table) => {
      const found = new Map<string, StoredEnvelope>()
      for (const predicate of idPredicates(ids)) {
        await scan(table, predicate, ALL_COLUMNS, (batch) => {
          for (const envelope of envelopesOf(batch)) found.set(envelope.id, envelope)
        })
      }
      return found
    })

  async function mend(): Promise<void> {
    const state = await opened().catch((error: unknown) => {
      if (error instanceof DiskFullError) throw error
      return null
    })
    // A session of its own: the one that met the damage may be of no use any more.
    const connection = await connectLance(dataDir)
    const expected = state === null ? 0 : await state.table.countRows().catch(() => 0)
    const salvaged = state === null ? null : await salvageRows(connection, state.table)
    await lock.alone(async () => {
      state?.table.close()
      opening = null
      if (salvaged === null) {
        if (existsSync(path)) warn(`The store of envelopes could not be opened and was put aside as ${basename(await putAside(path, clock.now()))}.`)
        return
      }
      const { table, mended } = await takePlaceOf(connection, path, { salvaged, expected, now: clock.now() })
      warn(mended)
      opening = stateOf(table)
      await opening
    })
    await syncFiles()
    await files.syncFolders()
  }

  return {
    suspicion: () => suspected,
    suspect,
    onSuspected: (listener) => void listeners.add(listener),
    mend: () => lock.write(() => guarded(mend, MEND_WITHIN_MS)),
    trust() {
      suspected = null
    },

    exists: () => existsSync(path),

    upsert: (envelopes, { mayBeThere = false } = {}) =>
      writing(async (state) => {
        // What was written just now cannot be here under a sequence above all others; only what may repeat an interrupted write is looked up.
        const doubtful = envelopes.filter((envelope) => mayBeThere || envelope.sequence <= state.highest).map((envelope) => envelope.id)
        const present = await presentIds(state.table, doubtful)
        const missing = envelopes.filter((envelope) => !present.has(envelope.id))
        if (missing.length === 0) return
        // Before the write: one that fails may still have been committed.
        state.highest = missing.reduce((highest, envelope) => Math.max(highest, envelope.sequence), state.highest)
        await addEnvelopes(state.table, missing)
        state.addedRows += missing.length
        state.versions += 1
        if (!state.indexed) {
          await ensureIndexes(state.table)
          state.indexed = true
        }
        state.unindexedWrites += 1
        if (state.unindexedWrites >= WRITES_PER_INDEX) {
          await refreshSequenceIndex(state.table)
          state.unindexedWrites = 0
        }
      }),

    sync: () => lock.write(syncFiles),

    readMany,

    readOne: async (id) => (await readMany([id])).get(id) ?? null,

    idsBetween: (first, last) =>
      reading([], async (table) => {
        const rows: { id: string; sequence: number }[] = []
        await scan(table, between(first, last), ['id', 'sequence'], (batch) => {
          const [id, sequence] = [textColumn(batch, 'id'), integerColumn(batch, 'sequence')]
          for (let row = 0; row < batch.numRows; row += 1) rows.push({ id: id(row) ?? '', sequence: sequence(row) })
        })
        return rows.sort(bySequence)
      }),

    sizesBetween: (first, last) =>
      reading([], async (table) => {
        const rows: { sequence: number; sizeBytes: number }[] = []
        await scan(table, between(first, last), ['sequence', 'size_bytes'], (batch) => {
          const [sequence, sizeBytes] = [integerColumn(batch, 'sequence'), integerColumn(batch, 'size_bytes')]
          for (let row = 0; row < batch.numRows; row += 1) rows.push({ sequence: sequence(row), sizeBytes: sizeBytes(row) })
        })
        return rows.sort(bySequence)
      }),

    ciphertextBetween: (first, last) => reading([], (table) => ciphertext(table, between(first, last))),

    ciphertextAt: (sequences) =>
      sequences.length === 0 ? Promise.resolve([]) : reading([], (table) => ciphertext(table, `sequence IN (${sequences.map(integer).join(', ')})`)),

    ciphertextApart: (sequences) =>
      sequences.length === 0
        ? Promise.resolve([])
        : reading([], async (table) => {
            const found: CiphertextRow[] = []
            const rows = await rowNumbers(table, `sequence IN (${sequences.map(integer).join(', ')})`)
            await readApart(table, rows, (envelope) => found.push(envelope))
            return found
          }),

    async remove(ids) {
      if (ids.length === 0 || !(existsSync(path) || opening)) return
      await writing(async (state) => {
        for (const predicate of idPredicates(ids)) {
          const { numDeletedRows } = await state.table.delete(predicate)
          state.removedRows += numDeletedRows
          state.versions += 1
        }
        await syncFiles()
      })
    },

    highestSequence: () => (existsSync(path) || opening ? lock.read(async () => (await opened()).highest) : Promise.resolve(0)),

    count: () => reading(0, (table) => table.countRows()),

    bytes: () =>
      reading(0, async (table) => {
        let sum = 0
        await scan(table, null, ['size_bytes'], (batch) => {
          const sizeBytes = integerColumn(batch, 'size_bytes')
          for (let row = 0; row < batch.numRows; row += 1) sum += sizeBytes(row)
        })
        return sum
      }),

    diskBytes: () => folderBytes(path),

    async compactionDue(atRest) {
      if (!existsSync(path) && !opening) return false
      return lock.read(async () => {
        const { table, addedRows, removedRows, versions } = await opened()
        const { numRows, fragmentStats } = await guarded(() => table.stats())
        return compactionDue({ fragments: fragmentStats.numFragments, versions, rows: numRows, addedRows, removedRows }, atRest)
      })
    },

    compact: () =>
      writing(async (state) => {
        const { table } = state
        await ensureIndexes(table)
        // Nothing is older than 1970, so these passes delete nothing. Until one changes nothing: a pass that merges indexes
        // makes fragments mergeable for the next, and the clean-up below must find nothing left to rewrite, or it
        // would remove synced files in favour of unsynced ones.
        let settled = false
        for (let pass = 0; pass < MAX_PASSES && !settled; pass += 1) {
          const before = await table.version()
          await table.optimize({ cleanupOlderThan: new Date(0) })
          settled = (await table.version()) === before
        }
        await files.syncNew()
        state.addedRows = 0
        state.removedRows = 0
        if (!settled) return
        // Files that no version refers to (a killed write's) go too: no other process writes here.
        await lock.alone(() => table.optimize({ cleanupOlderThan: new Date(), deleteUnverified: true }))
        await syncFiles()
        await files.syncFolders()
        state.versions = 1
        state.unindexedWrites = 0
      }, MEND_WITHIN_MS),

    close: () =>
      lock.write(async () => {
        const state = await opening?.catch(() => null)
        opening = null
        await lock.alone(async () => state?.table.close())
      }),
  }
}

function bySequence(left: { sequence: number }, right: { sequence: number }): number {
  return left.sequence - right.sequence
}

async function presentIds(table: LanceTable, ids: readonly string[]): Promise<Set<string>> {
  const present = new Set<string>()
  for (const predicate of idPredicates(ids)) {
    await scan(table, predicate, ['id'], (batch) => {
      const id = textColumn(batch, 'id')
      for (let row = 0; row < batch.numRows; row += 1) present.add(id(row) ?? '')
    })
  }
  return present
}

/** Lance takes conditions as SQL text only: nothing but UUIDs and integers gets into it. */
function idPredicates(ids: readonly string[]): string[] {
  const predicates: string[] = []
  for (let at = 0; at < ids.length; at += IDS_PER_QUERY) {
    const quoted = ids.slice(at, at + IDS_PER_QUERY).map((id) => {
      if (!ID_PATTERN.test(id)) throw new RangeError('an envelope is named by a UUID')
      return `'${id}'`
    })
    predicates.push(`id IN (${quoted.join(', ')})`)
  }
  return predicates
}

function between(first: number, last: number): string {
  return `sequence >= ${integer(first)} AND sequence <= ${integer(last)}`
}

function integer(value: number): string {
  if (!Number.isSafeInteger(value)) throw new RangeError('a sequence is an integer')
  return String(value)
}

class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError'
}

/** A time limit is waited for in so many parts: a computer that slept, or a clock that was set, ends one of them and not the call. */
const PARTS_OF_LIMIT = 20

/** The work's own result, or an error when it does not come in time: what goes on after that is of no use to anybody. */
async function within<T>(work: () => Promise<T>, withinMs: number, after: Clock['after'] | undefined): Promise<T> {
  if (after === undefined) return work()
  const late = Promise.withResolvers<never>()
  let cancel = (): void => undefined
  const wait = (partsLeft: number): void => {
    cancel = after(withinMs / PARTS_OF_LIMIT, () => {
      if (partsLeft > 1) wait(partsLeft - 1)
      else late.reject(new NoAnswerError(`no answer within ${withinMs} ms`))
    })
  }
  wait(PARTS_OF_LIMIT)
  try {
    return await Promise.race([work(), late.promise])
  } finally {
    cancel()
  }
}

/** Lance's errors are text; those of a full disk carry the system's number. */
function storeError(error: unknown): unknown {
  if (error instanceof EnvelopeStoreError || error instanceof DiskFullError || error instanceof RangeError) return error
  const message = error instanceof Error ? error.message : String(error)
  if (/\bos error (27|28|122)\b|No space left|StorageFull|quota exceeded/i.test(message)) return new DiskFullError(error)
  const trouble = error instanceof NoAnswerError ? 'no answer' : /panic/i.test(message) ? 'panic' : 'error'
  return new EnvelopeStoreError(TROUBLE_WORDS[trouble], trouble, error)
}

const TROUBLE_WORDS = {
  error: 'The store of envelopes could not be read or written.',
  panic: 'LanceDB ended a call to the store of envelopes with a fault of its own.',
  'no answer': 'LanceDB did not end a call to the store of envelopes.',
} as const
