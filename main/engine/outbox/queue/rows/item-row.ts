import type { OutboxItem } from '../../item.ts'
import { idsOf } from '../../versions/packed-ids.ts'
import { deletePayload, parsePayload, settingPayload } from '../../payload.ts'
import type { ItemGroup } from './item-groups.ts'
import { uuidText } from '../identifiers.ts'
import type { InternedNames } from './interned-names.ts'

/** A row of `item` as SQLite gives it back; nothing in it is believed before `readItem` has looked at it. */
export type ItemRow = {
  sequence: number
  id: unknown
  group_no: number
  entity: unknown
  revision: unknown
  size_bytes: unknown
  sha256: unknown
  payload: unknown
  replaces: unknown
  attempts: unknown
  next_at: unknown
  reason: unknown
  created_at: unknown
  settled_at: unknown
  sent: unknown
  push_no: unknown
}

export const ITEM_COLUMNS =
  'sequence, id, group_no, entity, revision, size_bytes, sha256, payload, replaces, attempts, next_at, reason, created_at, settled_at, sent, push_no'

export type ReadItem = { item: OutboxItem; behind: boolean; sent: boolean; pushNo: number | null; flaw: string | null }

/**
 * Checks a row that was read back. With a flaw, `item` holds what could still be understood, for display, and `flaw`
 * says what is wrong; such an item is never sent.
 */
export function readItem(row: ItemRow, group: ItemGroup, names: InternedNames): ReadItem {
  const flaws: string[] = []
  function expect<T>(name: string, value: unknown, fits: (value: unknown) => value is T, otherwise: T): T {
    if (fits(value)) return value
    flaws.push(name)
    return otherwise
  }
  const memoryRef = Buffer.isBuffer(row.entity) && row.entity.length === 32 ? row.entity.toString('hex') : null
  const settingKey = typeof row.entity === 'string' && row.entity !== '' ? row.entity : null
  if (group.kind === 'setting' ? settingKey === null : memoryRef === null) flaws.push('entity')
  const isEnvelope = group.kind === 'envelope'
  const sha256 = Buffer.isBuffer(row.sha256) && row.sha256.length === 32 ? row.sha256.toString('hex') : null
  if (isEnvelope && sha256 === null) flaws.push('sha256')
  if (isEnvelope && !isPositive(row.revision)) flaws.push('revision')
  const id = Buffer.isBuffer(row.id) && row.id.length === 16 ? uuidText(row.id) : null
  if (id === null) flaws.push('id')
  const payload = typeof row.payload === 'string' ? row.payload : null
  if (!isEnvelope && !payloadFits(group.kind, payload)) flaws.push('payload')
  const item: OutboxItem = {
    id: id ?? `damaged-${row.sequence}`,
    sequence: row.sequence,
    workspaceId: names.text(group.workspace),
    lane: settingKey !== null ? `setting:${settingKey}` : `memory:${memoryRef ?? 'damaged'}`,
    kind: group.kind,
    state: group.state,
    subKeyId: names.textOrNull(group.subKey),
    memoryRef,
    revision: isPositive(row.revision) ? row.revision : null,
    sizeBytes: expect('size_bytes', row.size_bytes, isEnvelope ? isPositive : isCount, 0),
    sha256,
    payload,
    replaces: Buffer.isBuffer(row.replaces) ? idsOf(row.replaces) : null,
    attempts: expect('attempts', row.attempts, isCount, 0),
    nextAt: group.state === 'waiting' && isCount(row.next_at) ? row.next_at : null,
    heldBy: names.textOrNull(group.heldBy),
    reason: typeof row.reason === 'string' ? row.reason : null,
    createdAt: expect('created_at', row.created_at, isCount, 0),
    deliveredAt: group.state === 'delivered' && isCount(row.settled_at) ? row.settled_at : null,
  }
  return {
    item,
    behind: group.behind,
    sent: row.sent !== 0,
    pushNo: isCount(row.push_no) ? row.push_no : null,
    flaw: flaws.length > 0 ? flaws.join(', ') : null,
  }
}

function payloadFits(kind: 'envelope' | 'delete' | 'setting', payload: string | null): boolean {
  return kind === 'setting' ? parsePayload(settingPayload, payload) !== null : parsePayload(deletePayload, payload) !== null
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

function isPositive(value: unknown): value is number {
  return isCount(value) && value > 0
}
