/** Looks at the files themselves, past the programs that wrote them: what a console or a platform says of itself proves nothing. */
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { STATES } from '../../main/engine/outbox/queue/rows/codes.ts'
import { uuidText } from '../../main/engine/outbox/queue/identifiers.ts'
import { deriveSealingKey } from '../../main/engine/vault/keys/derivation.ts'
import { openEnvelope } from '../../main/engine/vault/envelopes/envelope-format.ts'
import { readKeyName } from '../../main/engine/vault/envelopes/envelope-header.ts'
import { openMasterKeyRecord, parseMasterKeyRecord } from '../../main/engine/vault/keys/master-key-record.ts'
import type { ItemState } from '../../shared/contract/console.ts'

export type PlatformEnvelope = {
  sequence: number
  id: string
  deviceId: string
  memoryRef: string
  revision: number
  sizeBytes: number
  sha256: string
  ciphertext: Buffer
  storedAt: number
}
export type PlatformCounter = { metric: string; used: number; limit: number }

function readOnly<T>(path: string, work: (database: BetterSqlite3.Database) => T): T {
  const database = new BetterSqlite3(path, { readonly: true, fileMustExist: true, timeout: 10_000 })
  try {
    return work(database)
  } finally {
    database.close()
  }
}

/** What the platform has stored and not deleted, in the order in which it stored it. */
export function platformEnvelopes(path: string): PlatformEnvelope[] {
  return readOnly(path, (database) =>
    database
      .prepare<[], PlatformEnvelope>(
        `SELECT sequence, id, device_id AS deviceId, memory_ref AS memoryRef, revision, size_bytes AS sizeBytes, sha256, ciphertext, stored_at AS storedAt
         FROM envelopes WHERE deleted_at IS NULL ORDER BY sequence`,
      )
      .all(),
  )
}

export function platformCounters(path: string): Map<string, PlatformCounter> {
  return readOnly(
    path,
    (database) =>
      new Map(
        database
          .prepare<[], PlatformCounter>('SELECT metric, used, quota_limit AS "limit" FROM counters')
          .all()
          .map((row) => [row.metric, row]),
      ),
  )
}

/** Start of the workspace's current period: the monthly counters began at zero then. */
export function periodStart(path: string): number {
  return readOnly(path, (database) => database.prepare<[], number>('SELECT period_start FROM workspaces').pluck().get() ?? 0)
}

export type QueueItem = {
  id: string
  sequence: number
  state: ItemState
  memoryRef: string
  revision: number
  attempts: number
  nextAt: number | null
  heldBy: string | null
  reason: string | null
  sha256: string
}

/** Every envelope of the queue, as outbox.db has it. */
export function queueItems(dataDir: string): QueueItem[] {
  return readOnly(join(dataDir, 'outbox.db'), (database) =>
    database
      .prepare<
        [],
        {
          id: Buffer
          sequence: number
          state: number
          entity: Buffer
          revision: number
          attempts: number
          next_at: number | null
          held_by: string | null
          reason: string | null
          sha256: Buffer
        }
      >(
        `SELECT item.id, item.sequence, item_group.state, item.entity, item.revision, item.attempts, item.next_at, name.text AS held_by, item.reason, item.sha256
         FROM item JOIN item_group ON item_group.no = item.group_no LEFT JOIN name ON name.no = item_group.held_by
         WHERE item_group.kind = 0 ORDER BY item.sequence`,
      )
      .all()
      .map((row) => ({
        id: uuidText(row.id),
        sequence: row.sequence,
        state: STATES[row.state] ?? 'rejected',
        memoryRef: row.entity.toString('hex'),
        revision: row.revision,
        attempts: row.attempts,
        nextAt: row.next_at,
        heldBy: row.held_by,
        reason: row.reason,
        sha256: row.sha256.toString('hex'),
      })),
  )
}

/** What the platform refuses just now, as outbox.db has it. */
export function queueHolds(dataDir: string): Record<string, unknown>[] {
  return readOnly(join(dataDir, 'outbox.db'), (database) =>
    database.prepare<[], Record<string, unknown>>('SELECT hold.*, name.text AS meter_name FROM hold LEFT JOIN name ON name.no = hold.meter').all(),
  )
}

/** How often each outcome was noted for an item, oldest first: `held 402 encrypted_bytes_exceeded`. */
export function attemptsOf(dataDir: string, id: string): { outcome: number; status: number | null; code: string | null; message: string | null }[] {
  return readOnly(join(dataDir, 'outbox.db'), (database) =>
    database
      .prepare<[string], { outcome: number; status: number | null; code: string | null; message: string | null }>(
        'SELECT outcome, status, code, text AS message FROM attempt LEFT JOIN words ON words.no = attempt.words WHERE sequence = (SELECT sequence FROM item WHERE lower(hex(id)) = ?) ORDER BY number',
      )
      .all(id.replaceAll('-', '')),
  )
}

/** Ciphertext that still lies in outbox.db, by envelope id. */
export function stagedCiphertexts(dataDir: string): Map<string, Buffer> {
  return readOnly(
    join(dataDir, 'outbox.db'),
    (database) =>
      new Map(
        database
          .prepare<[], { id: Buffer; ciphertext: Buffer }>('SELECT item.id, stage.ciphertext FROM stage JOIN item ON item.sequence = stage.sequence')
          .all()
          .map(({ id, ciphertext }) => [uuidText(id), ciphertext]),
      ),
  )
}

/** SQLite's own verdict on a file: `ok`. */
export function integrityOf(path: string): string {
  return readOnly(path, (database) => String(database.pragma('integrity_check(3)', { simple: true })))
}

/** The groups' own counts against the rows, the lanes against the items: empty when they agree. */
export function queueContradictions(dataDir: string): string[] {
  return readOnly(join(dataDir, 'outbox.db'), (database) => {
    const wrong = database
      .prepare<[], { no: number; count: number; rows: number; bytes: number; sum: number }>(
        `SELECT no, count, bytes, (SELECT count(*) FROM item WHERE group_no = no) AS rows, (SELECT ifnull(sum(size_bytes), 0) FROM item WHERE group_no = no) AS sum
         FROM item_group`,
      )
      .all()
      .filter(({ count, rows, bytes, sum }) => count !== rows || bytes !== sum)
      .map(({ no, count, rows, bytes, sum }) => `group ${no} counts ${count} items of ${bytes} bytes, there are ${rows} of ${sum}`)
    const dangling = database
      .prepare<[], number>(
        'SELECT sequence FROM item WHERE group_no NOT IN (SELECT no FROM item_group) OR (waits_for IS NOT NULL AND waits_for NOT IN (SELECT sequence FROM item))',
      )
      .pluck()
      .all()
      .map((sequence) => `item ${sequence} points to a row that is not there`)
    const staged = database
      .prepare<[], number>('SELECT sequence FROM stage WHERE sequence NOT IN (SELECT sequence FROM item)')
      .pluck()
      .all()
      .map((sequence) => `ciphertext ${sequence} has no item`)
    return [...wrong, ...dangling, ...staged]
  })
}

export type LanceRow = { id: string; sequence: number; ciphertext: Buffer }

/** The envelopes of the Lance table, by a connection of its own. */
export async function lanceRows(dataDir: string): Promise<LanceRow[]> {
  if (!existsSync(join(dataDir, 'envelopes.lance'))) return []
  const { connect } = await import('@lancedb/lancedb')
  const connection = await connect(dataDir)
  const table = await connection.openTable('envelopes')
  const rows: LanceRow[] = []
  for await (const batch of table.query().select(['id', 'sequence', 'ciphertext'])) {
    const [id, sequence, ciphertext] = [batch.getChild('id'), batch.getChild('sequence'), batch.getChild('ciphertext')]
    for (let row = 0; row < batch.numRows; row += 1) {
      rows.push({ id: String(id?.get(row)), sequence: Number(sequence?.get(row)), ciphertext: Buffer.from(ciphertext?.get(row) as Uint8Array) })
    }
  }
  table.close()
  connection.close()
  return rows
}

/** Opens sealed envelopes with nothing but the master key, as a new computer would. */
export async function openerWith(masterKeyRecord: string): Promise<
  (sealed: { id: string; memoryRef: string; revision: number; ciphertext: Uint8Array }) => {
    memoryId: string
    bytes: Uint8Array
  }
> {
  const key = await openMasterKeyRecord(parseMasterKeyRecord(masterKeyRecord), '')
  return ({ id, memoryRef, revision, ciphertext }) => {
    const { salt } = readKeyName(ciphertext)
    return openEnvelope(deriveSealingKey(key, salt), { envelopeId: id, memoryRef, revision }, ciphertext)
  }
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** What an agent was told: this content is safe as this envelope. */
export type Acknowledged = { memoryId: string; envelopeId: string; revision: number; contentSha256: string }

/**
 * Holds everything that agents were told against what lies at the platform and on the device. Empty: each acknowledged
 * write is there exactly once, opens to its own bytes, and its memory's revisions were stored in their order.
 */
export async function contradictions(parts: {
  acknowledged: readonly Acknowledged[]
  dataDir: string
  masterKeyRecord: string
  platform: readonly PlatformEnvelope[]
  /** Every item must have been delivered. */
  allDelivered: boolean
}): Promise<string[]> {
  const { acknowledged, dataDir, platform, allDelivered } = parts
  const found: string[] = [...queueContradictions(dataDir)]
  for (const name of ['outbox.db', 'cache.db', 'egress.db']) {
    const verdict = integrityOf(join(dataDir, name))
    if (verdict !== 'ok') found.push(`${name}: ${verdict}`)
  }
  const open = await openerWith(parts.masterKeyRecord)
  const items = queueItems(dataDir)
  const itemById = countedBy(items, found, 'outbox.db')
  const platformById = countedBy(platform, found, 'the platform')
  const lance = countedBy(await lanceRows(dataDir), found, 'the Lance table')
  const staged = stagedCiphertexts(dataDir)
  for (const { memoryId, envelopeId, revision, contentSha256 } of acknowledged) {
    const item = itemById.get(envelopeId)
    if (!item) {
      found.push(`${envelopeId} was acknowledged and has no row`)
      continue
    }
    if (item.revision !== revision) found.push(`${envelopeId} was acknowledged as revision ${revision} and is ${item.revision}`)
    const there = platformById.get(envelopeId)
    const expected = allDelivered ? ['delivered'] : ['delivered', 'held', 'pending', 'waiting', 'sending']
    if (!expected.includes(item.state)) found.push(`${envelopeId} is ${item.state}: ${item.reason}`)
    if (item.state === 'delivered' && !there) found.push(`${envelopeId} is delivered, and the platform does not have it`)
    for (const [where, ciphertext] of [
      ['the platform', there?.ciphertext],
      ['the device', staged.get(envelopeId) ?? lance.get(envelopeId)?.ciphertext],
    ] as const) {
      if (ciphertext === undefined) {
        if (where === 'the device') found.push(`${envelopeId} has no ciphertext on the device`)
        continue
      }
      try {
        const opened = open({ id: envelopeId, memoryRef: item.memoryRef, revision: item.revision, ciphertext })
        if (opened.memoryId !== memoryId || sha256(opened.bytes) !== contentSha256) found.push(`${envelopeId} opens to other content at ${where}`)
      } catch (error) {
        found.push(`${envelopeId} does not open at ${where}: ${error instanceof Error ? error.message : String(error)}`)
      }
    }
  }
  return [...found, ...orderContradictions(items, platform)]
}

/** Of each memory the platform must have stored revision 1, then 2, then 3 …, and no later one while an earlier one is still here. */
function orderContradictions(items: readonly QueueItem[], platform: readonly PlatformEnvelope[]): string[] {
  const found: string[] = []
  const mine = new Map(items.map((item) => [item.id, item]))
  const last = new Map<string, number>()
  for (const { id, memoryRef, revision } of platform) {
    if (!mine.has(id)) continue
    const expected = (last.get(memoryRef) ?? 0) + 1
    if (revision !== expected) found.push(`memory ${memoryRef.slice(0, 8)}: revision ${revision} was stored where ${expected} was due`)
    last.set(memoryRef, revision)
  }
  return found
}

function countedBy<T extends { id: string }>(rows: readonly T[], found: string[], where: string): Map<string, T> {
  const map = new Map<string, T>()
  for (const row of rows) {
    if (map.has(row.id)) found.push(`${row.id} is twice in ${where}`)
    map.set(row.id, row)
  }
  return map
}
