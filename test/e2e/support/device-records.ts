import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { connect } from '@lancedb/lancedb'
import Database from 'better-sqlite3'
import { z } from 'zod'
import { STATES } from '../../../main/engine/outbox/queue/rows/codes.ts'
import { openEnvelope, type SealedContent } from '../../../main/engine/vault/envelopes/envelope-format.ts'
import { readKeyName, uuidText } from '../../../main/engine/vault/envelopes/envelope-header.ts'
import { KeyRing } from '../../../main/engine/vault/keys/key-ring.ts'
import { MASTER_KEY_SECRET, openMasterKeyRecord, parseMasterKeyRecord } from '../../../main/engine/vault/keys/master-key-record.ts'
import type { ItemState } from '../../../shared/contract/console.ts'

/** An envelope as outbox.db has it. `heldBy`: the meter. */
export type QueuedEnvelope = {
  id: string
  sequence: number
  state: ItemState
  heldBy: string | null
  memoryRef: string
  revision: number
  sizeBytes: number
  subKeyId: string | null
}

const itemRow = z.strictObject({
  id: z.instanceof(Buffer).transform(uuidText),
  sequence: z.int(),
  state: z.int().transform((code) => STATES[code] ?? 'pending'),
  heldBy: z.string().nullable(),
  memoryRef: z.instanceof(Buffer).transform((bytes) => bytes.toString('hex')),
  revision: z.int(),
  sizeBytes: z.int(),
  subKeyId: z.string().nullable(),
})

/** Every envelope in outbox.db in the order of its sequence, read beside the console, past all of its code for reading. */
export function queuedEnvelopes(dataDir: string): QueuedEnvelope[] {
  return readOutbox(dataDir, (database) =>
    z.array(itemRow).parse(
      database
        .prepare(
          `SELECT item.id AS id, item.sequence AS sequence, item_group.state AS state, meter.text AS heldBy, item.entity AS memoryRef,
             item.revision AS revision, item.size_bytes AS sizeBytes, agent.text AS subKeyId
           FROM item JOIN item_group ON item_group.no = item.group_no
           LEFT JOIN name AS meter ON meter.no = item_group.held_by LEFT JOIN name AS agent ON agent.no = item_group.sub_key
           WHERE item_group.kind = 0 ORDER BY item.sequence`,
        )
        .all(),
    ),
  )
}

/** How many envelopes the mover has not yet carried into the Lance table. */
export function stagedCount(dataDir: string): number {
  return readOutbox(dataDir, (database) => z.int().parse(database.prepare('SELECT count(*) FROM stage').pluck().get()))
}

function readOutbox<T>(dataDir: string, read: (database: Database.Database) => T): T {
  const database = new Database(join(dataDir, 'outbox.db'), { readonly: true })
  try {
    return read(database)
  } finally {
    database.close()
  }
}

export type LanceEnvelope = { id: string; sequence: number; revision: number; ciphertext: Buffer }

/** Every row of the Lance table, read by LanceDB itself. Folders of versions may go while it reads: then it reads again. */
export async function lanceEnvelopes(dataDir: string): Promise<LanceEnvelope[]> {
  const connection = await connect(dataDir)
  const table = await connection.openTable('envelopes')
  try {
    const batches = await table.query().select(['id', 'sequence', 'revision', 'ciphertext']).toArrow()
    return Array.from(batches, (row) => ({
      id: z.string().parse(row?.id),
      sequence: Number(row?.sequence),
      revision: Number(row?.revision),
      ciphertext: Buffer.from(z.instanceof(Uint8Array).parse(row?.ciphertext)),
    })).sort((left, right) => left.sequence - right.sequence)
  } finally {
    table.close()
    connection.close()
  }
}

/** The master key of this computer, from the file in which the web host keeps its secrets. */
export async function masterKeyOf(dataDir: string): Promise<Buffer> {
  const { entries } = z.object({ entries: z.record(z.string(), z.string()) }).parse(JSON.parse(await readFile(join(dataDir, 'secrets.json'), 'utf8')))
  return await openMasterKeyRecord(parseMasterKeyRecord(entries[MASTER_KEY_SECRET] ?? ''), '')
}

/** Opens sealed envelopes with nothing but the master key, as a new computer would. */
export function openerWith(masterKey: Uint8Array): (envelope: { id: string; memoryRef: string; revision: number }, sealed: Uint8Array) => SealedContent {
  const keys = new KeyRing()
  keys.load(masterKey)
  return ({ id, memoryRef, revision }, sealed) => {
    const { subKeyId, salt } = readKeyName(sealed)
    return openEnvelope(keys.sealingKey(subKeyId, salt), { envelopeId: id, memoryRef, revision }, sealed)
  }
}
