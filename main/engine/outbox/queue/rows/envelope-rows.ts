import { hash } from 'node:crypto'
import type { Database } from '../../../store/database.ts'
import { blobColumn, integerColumn, LINES, PackedRows, unpacked } from './bulk-rows.ts'

/** A sealed envelope as it goes into the queue. */
export type EnvelopeRow = {
  id: Buffer
  groupNo: number
  /** Hex of 32 bytes. */
  memoryRef: string
  revision: number
  ciphertext: Uint8Array
  createdAt: number
  previous: number | null
  waitsFor: number | null
  /** Ids of the versions that it replaces, side by side. */
  replaces: Uint8Array
}

const ID_BYTES = 16
/** Stands for "replaces none" where each row has room for one. */
const NO_ID = Buffer.alloc(ID_BYTES)

const PLAIN = [
  blobColumn('id', 16),
  blobColumn('entity', 32),
  blobColumn('sha256', 32),
  integerColumn('group_no'),
  integerColumn('revision'),
  integerColumn('size_bytes'),
  integerColumn('created_at'),
]
/** Sequences begin at 1: 0 stands for none. */
const CHAINED = [...PLAIN, integerColumn('previous'), integerColumn('waits_for'), blobColumn('replaces', ID_BYTES)]
const UNNAMED: ReadonlySet<string> = new Set(['previous', 'waits_for', 'replaces'])

/** Writes envelopes to `item`, with sequences from `first` on. Belongs inside a transaction of the writer. */
export function createEnvelopeRows(database: Database): { insert(first: number, rows: readonly EnvelopeRow[]): void } {
  const insertOne = database.prepare<[number, Buffer, number, Buffer, number, number, Buffer, number, number | null, number | null, Uint8Array]>(
    `INSERT INTO item (sequence, id, group_no, entity, revision, size_bytes, sha256, created_at, attempts, told, previous, waits_for, replaces, sent, withdrawn)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, 0, ?, ?, ?, 0, 0)`,
  )
  const insertPlain = database.prepare<[{ rows: Buffer; count: number; first: number }]>(insertion(PLAIN, 'NULL', 'NULL', "x''"))
  const insertChained = database.prepare<[{ rows: Buffer; count: number; first: number }]>(
    insertion(
      CHAINED,
      `nullif(${unpacked(CHAINED, 'previous')}, 0)`,
      `nullif(${unpacked(CHAINED, 'waits_for')}, 0)`,
      `ifnull(nullif(${unpacked(CHAINED, 'replaces')}, zeroblob(${ID_BYTES})), x'')`,
    ),
  )

  function insertAlone(sequence: number, row: EnvelopeRow): void {
    const { id, groupNo, memoryRef, revision, ciphertext, createdAt, previous, waitsFor, replaces } = row
    const sha256 = hash('sha256', ciphertext, 'buffer')
    insertOne.run(sequence, id, groupNo, Buffer.from(memoryRef, 'hex'), revision, ciphertext.byteLength, sha256, createdAt, previous, waitsFor, replaces)
  }

  return {
    insert(first, rows) {
      // Rare: a write that settles several versions.
      if (rows.length === 1 || rows.some(({ replaces }) => replaces.length > ID_BYTES)) {
        for (const [index, row] of rows.entries()) insertAlone(first + index, row)
        return
      }
      const chained = rows.some(({ previous, replaces }) => previous !== null || replaces.length > 0)
      const packed = new PackedRows(chained ? CHAINED : PLAIN, rows.length)
      for (const row of rows) {
        packed.blob(row.id)
        packed.hex(row.memoryRef, 32)
        packed.hex(hash('sha256', row.ciphertext), 32)
        packed.integer(row.groupNo)
        packed.integer(row.revision)
        packed.integer(row.ciphertext.byteLength)
        packed.integer(row.createdAt)
        if (!chained) continue
        packed.integer(row.previous ?? 0)
        packed.integer(row.waitsFor ?? 0)
        packed.blob(row.replaces.length === 0 ? NO_ID : row.replaces)
      }
      const { changes } = (chained ? insertChained : insertPlain).run({ rows: packed.bytes, count: rows.length, first })
      if (changes !== rows.length) throw new Error(`${rows.length} envelopes were to be queued, ${changes} were`)
    },
  }
}

function insertion(columns: typeof PLAIN, previous: string, waitsFor: string, replaces: string): string {
  const named = columns.filter(({ name }) => !UNNAMED.has(name)).map(({ name }) => name)
  return `${LINES}
    INSERT INTO item (sequence, ${named.join(', ')}, attempts, told, previous, waits_for, replaces, sent, withdrawn)
    SELECT @first + line.no, ${named.map((name) => unpacked(columns, name)).join(', ')}, 0, 0, ${previous}, ${waitsFor}, ${replaces}, 0, 0 FROM line`
}
