import type { z } from 'zod'
import { PUSH_MAX_BYTES, type restoreResponse } from '../../../../shared/contract/platform.ts'
import { cursorRefusal, type Refusal } from '../../http/failure.ts'
import { cursorAt, sequenceOf } from '../../store/eras.ts'
import type { Unit } from '../../store/store.ts'
import { type Account, hasEnded, metersDrawnBy } from '../accounts/account.ts'
import { drawOn, giveBack, quotaRefusal } from '../counters/counters.ts'
import { countForDevice, findDevice } from '../devices/devices.ts'
import { countForSubKeys } from '../devices/sub-keys.ts'

/**
 * Deletes an envelope: its ciphertext goes, its row stays for as long as the account, so a repeat of this call and a
 * late push of the same id are both harmless. It gets a new place in the order of restore, so that whoever has read past it hears of
 * it. Of an id that was never here the id is remembered too. Never refused.
 */
export async function deleteEnvelope(unit: Unit, account: Account, id: string): Promise<'deleted' | 'unknown'> {
  const workspaceId = account.workspace.id
  const row = await unit.tx.selectFrom('envelopes').selectAll().where('workspace_id', '=', workspaceId).where('id', '=', id).executeTakeFirst()
  if (row === undefined) {
    await unit.tx.insertInto('envelopes').values({ workspace_id: workspaceId, id, deleted_at: unit.now }).execute()
    return 'unknown'
  }
  if (row.deleted_at !== null) return row.size_bytes === null ? 'unknown' : 'deleted'
  const { sequence, ...rest } = row
  await unit.tx.deleteFrom('envelopes').where('sequence', '=', sequence).execute()
  await unit.tx
    .insertInto('envelopes')
    .values({ ...rest, ciphertext: null, deleted_at: unit.now })
    .execute()
  const sizeBytes = row.size_bytes ?? 0
  await giveBack(unit, account, Object.fromEntries(metersDrawnBy(account.catalog, 'ciphertext_bytes').map((meter) => [meter.id, sizeBytes])))
  if (row.device_id !== null) await countForDevice(unit, workspaceId, row.device_id, { envelopes: -1, bytes: -sizeBytes, operations: 0 })
  await countForSubKeys(unit, workspaceId, [{ subKeyId: row.sub_key_id, envelopes: -1, bytes: -sizeBytes }])
  return 'deleted'
}

export type RestoreRequest = { cursor: string | undefined; limit: number; deviceId: string | null }

/**
 * A page of what is stored or was deleted, in that order. A page that carries envelopes is one sync operation,
 * of the device that names itself, and is refused as a push would be when that meter is full.
 */
export async function readRestorePage(unit: Unit, account: Account, request: RestoreRequest): Promise<z.output<typeof restoreResponse> | Refusal> {
  const { id: workspaceId } = account.workspace
  const { envelope_sequence: end } = await unit.tx.selectFrom('workspaces').select('envelope_sequence').where('id', '=', workspaceId).executeTakeFirstOrThrow()
  const since = await sequenceOf(unit.tx, workspaceId, 'envelopes', request.cursor, end)
  if (typeof since !== 'number') return cursorRefusal(since)
  const rows = await unit.tx
    .selectFrom('envelopes')
    .select((eb) => ['sequence', eb.case().when('deleted_at', 'is', null).then(eb.ref('size_bytes')).else(0).end().as('size_bytes')])
    .where('workspace_id', '=', account.workspace.id)
    .where('memory_ref', 'is not', null)
    .where('sequence', '>', since)
    .orderBy('sequence')
    .limit(request.limit + 1)
    .execute()
  const page = rows.slice(0, fittingRows(rows, request.limit))
  const last = page.at(-1)
  if (last === undefined) return { envelopes: [], cursor: await cursorAt(unit.tx, workspaceId, 'envelopes', since), more: false }

  // After the end everything stays readable, and nothing of it is counted.
  const operations = hasEnded(account) ? {} : Object.fromEntries(metersDrawnBy(account.catalog, 'per_push').map((meter) => [meter.id, 1]))
  const full = await drawOn(unit, account, operations)
  if (full !== null) return quotaRefusal(account, full, 1)
  if (request.deviceId !== null && (await findDevice(unit, account.workspace.id, request.deviceId)) !== undefined) {
    await countForDevice(unit, account.workspace.id, request.deviceId, { envelopes: 0, bytes: 0, operations: 1 })
  }
  const whole = await unit.tx
    .selectFrom('envelopes')
    .selectAll()
    .where('workspace_id', '=', account.workspace.id)
    .where('memory_ref', 'is not', null)
    .where('sequence', '>', since)
    .where('sequence', '<=', last.sequence)
    .orderBy('sequence')
    .execute()
  const cursor = await cursorAt(unit.tx, workspaceId, 'envelopes', last.sequence)
  return { envelopes: whole.map(restoredEnvelope), cursor, more: rows.length > page.length }
}

/** As many as fit into one answer, and at least one: an envelope may be larger than a page. */
function fittingRows(rows: readonly { size_bytes: number | null }[], limit: number): number {
  let bytes = 0
  let fitting = 0
  for (const { size_bytes: sizeBytes } of rows.slice(0, limit)) {
    bytes += sizeBytes ?? 0
    if (fitting > 0 && bytes > PUSH_MAX_BYTES) break
    fitting += 1
  }
  return fitting
}

type EnvelopeColumns = {
  id: string
  device_id: string | null
  memory_ref: string | null
  revision: number | null
  sub_key_id: string | null
  created_at: string | null
  size_bytes: number | null
  sha256: string | null
  ciphertext: Uint8Array | null
  stored_at: number | null
  deleted_at: number | null
}

function restoredEnvelope(row: EnvelopeColumns): z.output<typeof restoreResponse>['envelopes'][number] {
  const { id, device_id, memory_ref, revision, sub_key_id, created_at, size_bytes, sha256, ciphertext, stored_at, deleted_at } = row
  if (device_id === null || memory_ref === null || revision === null || created_at === null || stored_at === null)
    throw new Error(`Envelope ${id} is stored without its fields`)
  const version = { id, device_id, memory_ref, revision, sub_key_id, created_at, stored_at: new Date(stored_at).toISOString() }
  if (deleted_at !== null) return { ...version, deleted_at: new Date(deleted_at).toISOString() }
  if (size_bytes === null || sha256 === null || ciphertext === null) throw new Error(`Envelope ${id} is stored without its ciphertext`)
  const base64 = Buffer.from(ciphertext.buffer, ciphertext.byteOffset, ciphertext.byteLength).toString('base64')
  return { ...version, size_bytes, sha256, ciphertext: base64 }
}
