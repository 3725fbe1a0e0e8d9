/**
 * The baseline of all writing: better-sqlite3 as fast as it can be with nothing on top. WAL, synchronous=FULL, one table
 * (id blob primary key, body blob), ready-made rows of 512 bytes, ids that rise (random ones would be slower).
 */
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'

export const CIPHERTEXT_BYTES = 512
export const RAW_WORDS = 'better-sqlite3, WAL, synchronous=FULL read back, one table (id blob primary key, body blob), rising ids, ready 512-byte rows'

export type RawTable = {
  /** Without a body: one of the ready ones. */
  insert(body?: Buffer): void
  /** One transaction with so many rows. */
  insertGroup(rows: number): void
  close(): void
}

export function openRawTable(folder: string): RawTable {
  const database = new BetterSqlite3(join(folder, 'raw.db'))
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = FULL')
  if (database.pragma('synchronous', { simple: true }) !== 2) throw new Error('the baseline is not synchronous=FULL')
  database.exec('CREATE TABLE IF NOT EXISTS raw (id BLOB PRIMARY KEY, body BLOB NOT NULL) STRICT')
  const statement = database.prepare<[Buffer, Buffer]>('INSERT INTO raw (id, body) VALUES (?, ?)')
  const bodies = Array.from({ length: 64 }, () => randomBytes(CIPHERTEXT_BYTES))
  let last = database.prepare<[], number>('SELECT count(*) FROM raw').pluck().get() ?? 0
  const insert = (body?: Buffer): void => {
    last += 1
    const id = Buffer.alloc(16)
    id.writeUIntBE(last, 10, 6)
    statement.run(id, body ?? bodies[last % bodies.length] ?? id)
  }
  const insertGroup = database.transaction((rows: number) => {
    for (let row = 0; row < rows; row += 1) insert()
  })
  return { insert, insertGroup: (rows) => insertGroup.immediate(rows), close: () => void database.close() }
}

/** Rows a second of transactions with `group` rows each. */
export function rawRate(table: RawTable, rows: number, group: number): number {
  const started = performance.now()
  for (let done = 0; done < rows; done += group) {
    if (group === 1) table.insert()
    else table.insertGroup(group)
  }
  return rows / ((performance.now() - started) / 1000)
}
