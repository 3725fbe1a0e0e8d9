/** A stage of ciphertext on its own SQLite file, synced like outbox.db: for processes that run outside of the bundler. */
import { createHash } from 'node:crypto'
import BetterSqlite3 from 'better-sqlite3'
import type { CiphertextStage, StoredEnvelope } from '../../../main/engine/outbox/item.ts'

export type ChildStage = CiphertextStage & { put(envelopes: readonly StoredEnvelope[]): void; highest(): number; ids(): string[]; close(): void }

export function openChildStage(path: string): ChildStage {
  const db = new BetterSqlite3(path)
  db.pragma('journal_mode = WAL')
  db.pragma('synchronous = FULL')
  db.exec('CREATE TABLE IF NOT EXISTS stage (sequence INTEGER PRIMARY KEY, id TEXT UNIQUE, envelope TEXT)')
  db.exec('CREATE TABLE IF NOT EXISTS acknowledged (sequence INTEGER PRIMARY KEY, id TEXT)')
  const insert = db.prepare('INSERT INTO stage VALUES (?, ?, ?)')
  const acknowledge = db.prepare('INSERT INTO acknowledged VALUES (?, ?)')
  const parse = (text: string): StoredEnvelope => {
    const row = JSON.parse(text)
    return { ...row, ciphertext: Buffer.from(row.ciphertext, 'base64') }
  }
  return {
    put: db.transaction((envelopes: readonly StoredEnvelope[]) => {
      for (const envelope of envelopes) {
        insert.run(envelope.sequence, envelope.id, JSON.stringify({ ...envelope, ciphertext: Buffer.from(envelope.ciphertext).toString('base64') }))
        acknowledge.run(envelope.sequence, envelope.id)
      }
    }),
    nextToMove: (limit, _, after = 0) =>
      db
        .prepare<[number, number], { envelope: string }>('SELECT envelope FROM stage WHERE sequence > ? ORDER BY sequence LIMIT ?')
        .all(after, limit)
        .map((row) => parse(row.envelope)),
    dropMoved: db.transaction((sequences: readonly number[]) => {
      for (const sequence of sequences) db.prepare('DELETE FROM stage WHERE sequence = ?').run(sequence)
    }),
    read: (ids) =>
      new Map(
        ids.flatMap((id) => {
          const row = db.prepare<[string], { envelope: string }>('SELECT envelope FROM stage WHERE id = ?').get(id)
          return row ? [[id, parse(row.envelope).ciphertext] as const] : []
        }),
      ),
    waitingCount: () => db.prepare<[], { n: number }>('SELECT count(*) AS n FROM stage').get()?.n ?? 0,
    highest: () => db.prepare<[], { n: number | null }>('SELECT max(sequence) AS n FROM acknowledged').get()?.n ?? 0,
    ids: () =>
      db
        .prepare<[], { id: string }>('SELECT id FROM acknowledged ORDER BY sequence')
        .all()
        .map((row) => row.id),
    close: () => void db.close(),
  }
}

/** What an envelope of this sequence must look like for ever: a reader can check any row without knowing how it came there. */
export function envelopeAt(sequence: number, sizeBytes = 400 + (sequence % 200)): StoredEnvelope {
  const seed = createHash('sha256').update(`envelope ${sequence}`).digest()
  const ciphertext = Buffer.alloc(sizeBytes, seed)
  const hex = seed.toString('hex')
  return {
    id: `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`,
    workspaceId: '11111111-0000-4000-8000-000000000001',
    sequence,
    memoryRef: hex,
    revision: 1 + (sequence % 5),
    subKeyId: sequence % 3 === 0 ? null : '22222222-0000-4000-8000-000000000002',
    createdAt: 1_800_000_000_000 + sequence,
    sizeBytes,
    sha256: createHash('sha256').update(ciphertext).digest('hex'),
    ciphertext,
  }
}
