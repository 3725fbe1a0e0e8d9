/**
 * Reads ciphertext wherever it lies: in outbox.db until the mover has carried it away, then in the Lance table, and in the journal
 * where neither gives it, or gives other bytes than those that were written.
 * A drain asks in sequence order, so ranges of the table are read at once and the next one while a push is on its way.
 */
import { hash } from 'node:crypto'
import { ConsoleFailure } from '../../base/failure.ts'
import type { Journal } from '../../journal/journal.ts'
import type { CiphertextReader, CiphertextStage, WantedCiphertext } from '../../outbox/item.ts'
import type { CiphertextRow, EnvelopeStore } from './envelope-store.ts'

/** Rows of one read-ahead. A single range query costs 5 ms, whatever it brings. */
const CHUNK_ROWS = 2048
/** Ciphertext of one read-ahead; one row may be larger. */
const CHUNK_BYTES = 2 * 1024 * 1024
/** The chunk in use, the one after it, and one for a second workspace that drains at the same time. */
const MAX_CACHED_CHUNKS = 3
/** Where fewer rows of a range are wanted than this, the rest would be read in vain: then the rows are named one by one. */
const DENSE_PART = 0.25

type Wanted = WantedCiphertext
type Chunk = { first: number; last: number; rows: Promise<Map<string, Uint8Array>> }

/** `hold`: these can be read until the function that it answers is called; their rows are here before the store has them. Their memory may go then. */
export type HoldingReader = CiphertextReader & { hold(envelopes: readonly { id: string; ciphertext: Uint8Array }[]): () => void }

/** `journal`: none where nothing is written to one. */
export function createCiphertextReader(
  stage: Pick<CiphertextStage, 'read'>,
  store: EnvelopeStore,
  journal: Pick<Journal, 'readCiphertext'> | null = null,
): HoldingReader {
  const chunks: Chunk[] = []
  const held = new Map<string, Uint8Array>()

  function chunkAt(sequence: number): Chunk | undefined {
    return chunks.find((chunk) => chunk.first <= sequence && sequence <= chunk.last)
  }

  /**
   * Learns from the sizes where a chunk must end: beside envelopes of 8 MiB a fixed number of rows would be gigabytes.
   * It ends with a row that is there, since the mover may add what follows at any moment. Null: there is nothing.
   */
  async function load(first: number): Promise<Chunk | null> {
    const planned = await store.sizesBetween(first, first + CHUNK_ROWS - 1)
    let bytes = 0
    const fitting = planned.filter((row, index) => {
      bytes += row.sizeBytes
      return bytes <= CHUNK_BYTES || index === 0
    })
    const last = fitting.at(-1)?.sequence
    if (last === undefined) return null
    const rows = store.ciphertextBetween(first, last).then(byId)
    // Whoever awaits it gets the error; a read-ahead that nobody awaits must not end the process.
    rows.catch(() => undefined)
    return remember({ first, last, rows })
  }

  function remember(chunk: Chunk): Chunk {
    chunks.push(chunk)
    if (chunks.length > MAX_CACHED_CHUNKS) chunks.shift()
    return chunk
  }

  let ahead: Promise<unknown> = Promise.resolve()
  let aheadFrom = 0
  function readAhead(from: number): void {
    if (chunkAt(from) || aheadFrom === from) return
    aheadFrom = from
    ahead = load(from)
      .catch(() => undefined)
      .finally(() => {
        aheadFrom = 0
      })
  }

  async function fromStore(wanted: readonly Wanted[]): Promise<Map<string, Uint8Array>> {
    const found = new Map<string, Uint8Array>()
    let rest = [...wanted].sort((left, right) => left.sequence - right.sequence)
    if (aheadFrom !== 0) await ahead
    while (rest.length > 0) {
      const [head] = rest
      if (!head) break
      const chunk = chunkAt(head.sequence) ?? (isDense(rest) ? await load(head.sequence) : null)
      if (!chunk) {
        for (const [id, bytes] of byId(await store.ciphertextAt(rest.map((item) => item.sequence)))) found.set(id, bytes)
        break
      }
      const rows = await chunk.rows.catch((error: unknown) => {
        // A failed read must not be answered again from the cache.
        chunks.splice(chunks.indexOf(chunk), 1)
        throw error
      })
      const inChunk = rest.filter((item) => item.sequence <= chunk.last)
      for (const { id } of inChunk) {
        const bytes = rows.get(id)
        if (bytes) found.set(id, bytes)
      }
      const lastHere = inChunk.at(-1)
      rest = rest.slice(inChunk.length)
      // Beyond the middle of a chunk the next one will be wanted soon.
      if (lastHere && lastHere.sequence - chunk.first > (chunk.last - chunk.first) / 2 && isDense(wanted)) readAhead(chunk.last + 1)
    }
    return found
  }

  /** Takes out what is not what was sealed. Answers whether there was any. */
  function dropDamaged(found: Map<string, Uint8Array>, items: readonly Wanted[]): boolean {
    const before = found.size
    for (const item of items) {
      const bytes = found.get(item.id)
      if (bytes && item.sha256 && hash('sha256', bytes) !== item.sha256) found.delete(item.id)
    }
    return found.size < before
  }

  async function everywhere(items: readonly Wanted[], found: Map<string, Uint8Array>): Promise<void> {
    const elsewhere = items.filter((item) => !found.has(item.id))
    if (elsewhere.length === 0) return
    const stored = await fromStore(elsewhere).catch(async (error: unknown) => {
      if (!(error instanceof ConsoleFailure)) throw error
      return byId(await store.ciphertextApart(elsewhere.map(({ sequence }) => sequence)))
    })
    const missing = elsewhere.filter((item) => !stored.has(item.id))
    // A row that lies under another sequence (it was restored), or that the mover carried over since the stage was asked.
    if (missing.length > 0 && store.suspicion() !== 'failed call') {
      for (const [id, envelope] of await store.readMany(missing.map((item) => item.id))) stored.set(id, envelope.ciphertext)
    }
    if (dropDamaged(stored, elsewhere)) {
      chunks.length = 0
      store.suspect('damaged bytes')
    }
    for (const [id, bytes] of stored) found.set(id, bytes)
  }

  return {
    async read(items) {
      const found = stage.read(items.map((item) => item.id))
      if (held.size > 0) {
        for (const { id } of items) {
          const bytes = held.get(id)
          if (bytes) found.set(id, Buffer.from(bytes))
        }
      }
      dropDamaged(found, items)
      try {
        await everywhere(items, found)
      } catch (error) {
        // The store says itself that it is to be mended. What it cannot give now, the journal may.
        if (!(error instanceof ConsoleFailure)) throw error
      }
      const lost = items.filter((item) => !found.has(item.id))
      if (lost.length === 0) return found
      if (journal !== null) for (const [id, bytes] of await journal.readCiphertext(lost)) found.set(id, bytes)
      if (lost.some((item) => !found.has(item.id))) store.suspect('missing row')
      return found
    },
    hold(envelopes) {
      for (const { id, ciphertext } of envelopes) held.set(id, ciphertext)
      return () => {
        for (const { id } of envelopes) held.delete(id)
      }
    },
    mayComeBack: () => store.suspicion() !== null,
  }
}

function byId(rows: readonly CiphertextRow[]): Map<string, Uint8Array> {
  return new Map(rows.map((row) => [row.id, row.ciphertext]))
}

function isDense(sorted: readonly Wanted[]): boolean {
  const first = sorted[0]
  const last = sorted.at(-1)
  // A single item says nothing of what comes next; reading 2,000 rows for it would be in vain.
  return first !== undefined && last !== undefined && sorted.length > 1 && sorted.length >= (last.sequence - first.sequence + 1) * DENSE_PART
}
