import type { ItemRow } from './rows/item-row.ts'
import { ITEM_COLUMNS, readItem } from './rows/item-row.ts'
import { uuidBytes, uuidText } from './identifiers.ts'
import type { CiphertextStage, StoredEnvelope } from '../item.ts'
import { integerColumn, LINES, PackedRows, unpacked } from './rows/bulk-rows.ts'
import type { QueueWriter } from './queue-writer.ts'

/** `put` and `remove` belong inside a transaction of the writer. */
export type StagingArea = CiphertextStage & {
  /** The ciphertexts of the items from sequence `first` on. */
  put(first: number, ciphertexts: readonly Uint8Array[]): void
  /** For a workspace that is removed: `sequences` is a JSON list. */
  remove(sequences: string): void
  has(sequence: number): boolean
}

const PLACES = [integerColumn('start'), integerColumn('size')]
/** More than this is not copied once more only to save statements. */
const TOGETHER_MAX_BYTES = 1024 * 1024

type StagedRow = ItemRow & { ciphertext: Buffer }

/** Ciphertext in outbox.db, which is the acknowledged copy until LanceDB has its own on disk for certain. */
export function createStagingArea(writer: QueueWriter): StagingArea {
  const { database, groups, names } = writer
  const insert = database.prepare<[number, Uint8Array]>('INSERT INTO stage (sequence, ciphertext) VALUES (?, ?)')
  const insertTogether = database.prepare<[{ rows: Buffer; count: number; first: number; sealed: Buffer }]>(
    `${LINES} INSERT INTO stage (sequence, ciphertext)
     SELECT @first + line.no, substr(@sealed, ${unpacked(PLACES, 'start')}, ${unpacked(PLACES, 'size')}) FROM line`,
  )
  const columns = ITEM_COLUMNS.split(', ')
    .map((column) => `item.${column}`)
    .join(', ')
  // CROSS JOIN keeps the order of the loops: stage first, it is the short one.
  const oldest = database.prepare<[number, number], StagedRow>(
    `SELECT ${columns}, stage.ciphertext FROM stage CROSS JOIN item ON item.sequence = stage.sequence WHERE stage.sequence > ? ORDER BY stage.sequence LIMIT ?`,
  )
  const sizes = database.prepare<[number, number], number>('SELECT length(ciphertext) FROM stage WHERE sequence > ? ORDER BY sequence LIMIT ?').pluck()
  const present = database.prepare<[number], number>('SELECT 1 FROM stage WHERE sequence = ?').pluck()
  const remove = database.prepare<[string]>('DELETE FROM stage WHERE sequence IN (SELECT value FROM json_each(?))')
  const find = database.prepare<[string], { id: Buffer; ciphertext: Buffer }>(
    'SELECT item.id, stage.ciphertext FROM json_each(?) CROSS JOIN item ON item.id = unhex(json_each.value) CROSS JOIN stage ON stage.sequence = item.sequence',
  )
  // Counted once: counting reads every page of ciphertext.
  let staged = database.prepare<[], number>('SELECT count(*) FROM stage').pluck().get() ?? 0
  function count(change: number): void {
    writer.afterCommit(() => {
      staged += change
    })
  }

  return {
    put(first, ciphertexts) {
      const sizeBytes = ciphertexts.reduce((sum, { byteLength }) => sum + byteLength, 0)
      if (ciphertexts.length > 1 && sizeBytes <= TOGETHER_MAX_BYTES) {
        const places = new PackedRows(PLACES, ciphertexts.length)
        let start = 1
        for (const { byteLength } of ciphertexts) {
          places.integer(start)
          places.integer(byteLength)
          start += byteLength
        }
        insertTogether.run({ rows: places.bytes, count: ciphertexts.length, first, sealed: Buffer.concat(ciphertexts, sizeBytes) })
      } else for (const [index, ciphertext] of ciphertexts.entries()) insert.run(first + index, ciphertext)
      count(ciphertexts.length)
    },
    remove(sequences) {
      count(-remove.run(sequences).changes)
    },
    has: (sequence) => present.get(sequence) !== undefined,
    nextToMove(limit, maxBytes, after = 0) {
      // Sizes first: a few envelopes of 8 MiB must not be read only to be left for the next time.
      let count = 0
      let bytes = 0
      for (const size of sizes.all(after, limit)) {
        if (count > 0 && bytes + size > maxBytes) break
        count += 1
        bytes += size
      }
      return count === 0 ? [] : oldest.all(after, count).flatMap((row) => envelopeOf(row) ?? [])
    },
    dropMoved(sequences) {
      writer.write(() => count(-remove.run(JSON.stringify(sequences)).changes))
    },
    read(ids) {
      return new Map(find.all(hexList(ids)).map(({ id, ciphertext }) => [uuidText(id), ciphertext]))
    },
    waitingCount: () => staged,
  }

  function envelopeOf(row: StagedRow): StoredEnvelope | null {
    const group = groups.get(row.group_no)
    if (!group) return null
    const { item, flaw } = readItem(row, group, names)
    // What cannot be understood stays in outbox.db, where the queue shows it; moving it would lose the last copy.
    if (flaw !== null || item.memoryRef === null || item.revision === null || item.sha256 === null) return null
    const { id, workspaceId, sequence, memoryRef, revision, subKeyId, createdAt, sizeBytes, sha256 } = item
    return { id, workspaceId, sequence, memoryRef, revision, subKeyId, createdAt, sizeBytes, sha256, ciphertext: row.ciphertext }
  }
}

function hexList(ids: readonly string[]): string {
  return JSON.stringify(ids.flatMap((id) => uuidBytes(id)?.toString('hex') ?? []))
}
