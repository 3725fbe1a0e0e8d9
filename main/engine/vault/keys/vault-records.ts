/** The vault's few single values in outbox.db. */
import { z } from 'zod'
import type { Database } from '../../store/database.ts'

/** Salt under which page imports are sealed; what tells one master key from another without saying anything about it. */
export type BytesRecord = 'import_salt' | 'key_fingerprint'
/** When the key was last backed up; up to which sequence the start-up sweep has compared both stores. */
export type IntegerRecord = 'backed_up_at' | 'swept_through'

const LENGTHS: Record<BytesRecord, number> = { import_salt: 32, key_fingerprint: 8 }

/** Reading answers null when nothing was written, or when what lies there is not of its form. */
export type VaultRecords = {
  readBytes(key: BytesRecord): Buffer | null
  readInteger(key: IntegerRecord): number | null
  writeBytes(key: BytesRecord, value: Buffer): void
  writeInteger(key: IntegerRecord, value: number): void
}

export function createVaultRecords(db: Database): VaultRecords {
  const select = db.prepare<[string], { value: unknown }>('SELECT value FROM vault_records WHERE key = ?')
  const upsert = db.prepare<[string, Buffer | number]>(
    'INSERT INTO vault_records (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
  )
  return {
    readBytes(key) {
      const value = select.get(key)?.value
      return Buffer.isBuffer(value) && value.length === LENGTHS[key] ? value : null
    },
    readInteger: (key) => z.int().nonnegative().safeParse(select.get(key)?.value).data ?? null,
    writeBytes: (key, value) => void upsert.run(key, value),
    writeInteger: (key, value) => void upsert.run(key, value),
  }
}
