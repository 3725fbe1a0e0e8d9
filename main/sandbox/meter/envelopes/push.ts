import type { z } from 'zod'
import { type Admission, admitPush, type MeterState } from '../../../../shared/billing/admission.ts'
import { meterOf } from '../../../../shared/billing/catalog.ts'
import type { ItemCode, MeterCode } from '../../../../shared/contract/errors.ts'
import { meterDraws } from '../../../../shared/billing/meter-draws.ts'
import type { pushResponse, pushResult } from '../../../../shared/contract/platform.ts'
import { writeReachedLimit } from '../../audit/quota-refusals.ts'
import { Refusal } from '../../http/failure.ts'
import type { Unit } from '../../store/store.ts'
import { type Account, counterOf, limitOf } from '../accounts/account.ts'
import { drawOn, quotaDetails, quotaRefusal } from '../counters/counters.ts'
import { activeDevice, countForDevice } from '../devices/devices.ts'
import { counterDocuments, deviceCounterDocument } from '../accounts/documents.ts'
import { checkEnvelope, type CheckedEnvelope, identityOf } from './envelope-check.ts'
import type { EnvelopeRows } from './envelope-rows.ts'
import { insertLease, isTakenOver, openLeaseOf, renewLease } from '../devices/leases.ts'
import { countForSubKeys } from '../devices/sub-keys.ts'
import { countPushedIds } from '../devices/summaries.ts'

export type PushRequest = { memberId: string; deviceId: string; sessionId: string | null; items: readonly unknown[] }
type PushResult = z.output<typeof pushResult> & { code?: ItemCode | MeterCode }

/** What an item turned out to be before quota was asked. */
type Finding =
  /** `deletedBefore`: what it is whose id was deleted before it came. */
  | { kind: 'decided'; result: PushResult; deletedBefore?: CheckedEnvelope }
  | { kind: 'new'; envelope: CheckedEnvelope }
  /** The same id came earlier in this very push; what becomes of it depends on what became of that one. */
  | { kind: 'again'; id: string; sameHash: boolean }

/**
 * Takes one push in one transaction. Per item, in this order: known with the same hash → duplicate, known with another
 * → conflict, malformed → invalid, then quota, by which a batch is admitted as a prefix. (shared/contract/README.md, "Push")
 *
 * @returns a refusal when nothing was admitted and nothing was a duplicate: the whole push is then a 402 or 429.
 */
export async function takePush(unit: Unit, account: Account, rows: EnvelopeRows, request: PushRequest): Promise<z.output<typeof pushResponse> | Refusal> {
  const { id: workspaceId } = account.workspace
  let device = await activeDevice(unit, workspaceId, request.deviceId, request.memberId)
  const lease = await openLeaseOf(unit, workspaceId, device.id)
  if (lease !== null && request.sessionId !== null && (await isTakenOver(unit, workspaceId, lease, request.sessionId)))
    return new Refusal('session_closed', 'Another start of this device has taken its session over.', 'Open a session again.')
  if (lease !== null) await renewLease(unit, lease)

  const findings = inspect(rows, workspaceId, request.items, unit.now)
  const fresh = findings.flatMap((finding) => (finding.kind === 'new' ? [finding.envelope] : []))
  const admission = admitPush(
    meterStates(account),
    fresh.map(({ size_bytes: sizeBytes }) => sizeBytes),
    { opensSession: lease === null },
  )
  const admitted = fresh.slice(0, admission.admittedCount)
  if (admitted.length > 0) {
    // The condition of these updates is what holds where transactions run side by side; here one runs at a time.
    const full = await drawOn(unit, account, admission.drawn)
    if (full !== null) throw new Error(`The counter of ${full.id} moved within a transaction`)
    if (lease === null) await insertLease(unit, account, device.id, request.sessionId)
    for (const envelope of admitted) rows.insert(workspaceId, device.id, envelope, unit.now)
    device = await countForDevice(unit, workspaceId, device.id, { envelopes: admitted.length, bytes: admission.admittedBytes, operations: 1 })
    await countForSubKeys(
      unit,
      workspaceId,
      admitted.map((envelope) => ({ subKeyId: envelope.sub_key_id, envelopes: 1, bytes: envelope.size_bytes })),
    )
  }

  const results = settle(account, findings, new Set(admitted.map(({ id }) => id)), admission, unit.now)
  const refused = results.some(({ status }) => status === 'refused')
  if (refused && admission.refusedBy !== null && !results.some(({ status }) => status === 'stored' || status === 'duplicate')) {
    return quotaRefusal(account, meterOf(account.catalog, admission.refusedBy.meter.id), requestedOf(admission, fresh))
  }
  if (refused && admission.refusedBy !== null) {
    await writeReachedLimit(
      unit,
      workspaceId,
      request.memberId,
      quotaDetails(account, meterOf(account.catalog, admission.refusedBy.meter.id), requestedOf(admission, fresh)),
    )
  }
  await countPushedIds(unit, workspaceId, device.id, results)
  // After the count: it takes those that bear this device's name for counted.
  for (const finding of findings)
    if (finding.kind === 'decided' && finding.deletedBefore) rows.insertDeleted(workspaceId, device.id, finding.deletedBefore, unit.now)
  return { results, counters: counterDocuments(account), device: deviceCounterDocument(device) }
}

function inspect(rows: EnvelopeRows, workspaceId: string, items: readonly unknown[], now: number): Finding[] {
  const seen = new Map<string, unknown>()
  return items.map((item, index) => {
    const identity = identityOf(item)
    if (identity !== null) {
      const known = rows.find(workspaceId, identity.id)
      if (known?.sha256 === null) {
        const checked = checkEnvelope(item)
        if ('envelope' in checked) return { kind: 'decided', result: duplicate(identity.id, now), deletedBefore: checked.envelope }
      }
      if (known !== undefined)
        return decided(known.sha256 === null || known.sha256 === identity.sha256 ? duplicate(identity.id, known.stored_at) : conflict(identity.id))
      if (seen.has(identity.id)) return { kind: 'again', id: identity.id, sameHash: seen.get(identity.id) === identity.sha256 }
    }
    const checked = checkEnvelope(item)
    if ('invalid' in checked) return decided({ id: nameOf(item, index), status: 'invalid', code: 'invalid_envelope', message: `${checked.invalid}.` })
    seen.set(checked.envelope.id, checked.envelope.sha256)
    return { kind: 'new', envelope: checked.envelope }
  })
}

function settle(account: Account, findings: readonly Finding[], stored: ReadonlySet<string>, admission: Admission, now: number): PushResult[] {
  const fresh = findings.flatMap((finding) => (finding.kind === 'new' ? [finding.envelope] : []))
  const details =
    admission.refusedBy === null ? null : quotaDetails(account, meterOf(account.catalog, admission.refusedBy.meter.id), requestedOf(admission, fresh))
  const refused = (id: string): PushResult => {
    if (details === null) throw new Error(`Envelope ${id} was neither stored nor refused`)
    const { code, message, meter, used, limit } = details
    return { id, status: 'refused', code, message, meter, used, limit }
  }
  return findings.map((finding) => {
    if (finding.kind === 'decided') return finding.result
    const id = finding.kind === 'new' ? finding.envelope.id : finding.id
    if (!stored.has(id)) return refused(id)
    if (finding.kind === 'new') return { id, status: 'stored', stored_at: new Date(now).toISOString() }
    return finding.sameHash ? duplicate(id, now) : conflict(id)
  })
}

function meterStates(account: Account): MeterState[] {
  return account.catalog.meters.map((meter) => {
    const row = counterOf(account, meter)
    return { meter, used: row.used, limit: limitOf(row) }
  })
}

/** What the first refused envelope would have drawn on the meter that refused it, for the words of the refusal. */
function requestedOf(admission: Admission, fresh: readonly CheckedEnvelope[]): number {
  const first = fresh[admission.admittedCount]
  if (admission.refusedBy === null || first === undefined) return 1
  return meterDraws[admission.refusedBy.meter.draws].ofPush?.(first.size_bytes, 1, 1) ?? 1
}

/** How an item that has no id of its own is named in the answer; the results are in the order of the push anyway. */
function nameOf(item: unknown, index: number): string {
  const id = typeof item === 'object' && item !== null && 'id' in item ? item.id : undefined
  return typeof id === 'string' && id.length > 0 && id.length <= 128 ? id : `#${index}`
}

function decided(result: PushResult): Finding {
  return { kind: 'decided', result }
}

/** `storedAt`: null where it was deleted before it ever came. */
function duplicate(id: string, storedAt: number | null): PushResult {
  return storedAt === null ? { id, status: 'duplicate' } : { id, status: 'duplicate', stored_at: new Date(storedAt).toISOString() }
}

function conflict(id: string): PushResult {
  return { id, status: 'conflict', code: 'envelope_conflict', message: 'Another envelope is stored under this id.' }
}
