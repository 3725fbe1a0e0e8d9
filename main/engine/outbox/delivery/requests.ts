import type { z } from 'zod'
import type { counter, pushEnvelope, pushResponse } from '../../../../shared/contract/platform.ts'
import type { Random } from '../../base/clock.ts'
import { alertIdOf, readAlertValue } from '../edits/alert-edits.ts'
import type { Answer } from '../../sync/client/answer.ts'
import type { PlatformClient } from '../../sync/client/platform-client.ts'
import type { CiphertextReader, OutboxItem } from '../item.ts'
import type { Decision, InFlightItem, ItemResult, ReadyItem } from '../queue/delivery-port.ts'
import { agreedResult, policy, type PushResult, resultPolicy } from './policy.ts'
import { deletePayload, parsePayload, type SettingPayload, settingPayload } from '../payload.ts'

export type PushEnvelope = z.input<typeof pushEnvelope>
export type PushAnswer = Answer<z.output<typeof pushResponse>>
/** A delete brings the counters along; a setting does not. */
export type SingleAnswer = Answer<{ counters: readonly z.output<typeof counter>[] | null }>

/** The ciphertext cannot be had now; where no store may have it any more, this item can never be sent. */
export type Unreadable = { ready: ReadyItem; reason: string }

/** Reads the ciphertext of a batch and puts it into the form that travels. */
export async function readBatch(
  ready: readonly ReadyItem[],
  reader: CiphertextReader,
): Promise<{ envelopes: Map<number, PushEnvelope>; unreadable: Unreadable[] }> {
  const sealed = await reader.read(ready.map(({ item }) => item))
  const envelopes = new Map<number, PushEnvelope>()
  const unreadable: Unreadable[] = []
  for (const one of ready) {
    const { item } = one
    const ciphertext = sealed.get(item.id)
    if (!ciphertext) unreadable.push({ ready: one, reason: 'Its ciphertext is not on this computer any more.' })
    else if (ciphertext.byteLength !== item.sizeBytes)
      unreadable.push({ ready: one, reason: `Its ciphertext has ${ciphertext.byteLength} bytes, ${item.sizeBytes} were written.` })
    else if (item.memoryRef !== null && item.revision !== null && item.sha256 !== null) {
      envelopes.set(item.sequence, {
        id: item.id,
        memory_ref: item.memoryRef,
        revision: item.revision,
        sub_key_id: item.subKeyId,
        created_at: new Date(item.createdAt).toISOString(),
        size_bytes: item.sizeBytes,
        sha256: item.sha256,
        ciphertext: base64Of(ciphertext),
      })
    }
  }
  return { envelopes, unreadable }
}

/** Sends one delete or one setting. */
export async function sendSingle(client: PlatformClient, item: OutboxItem, signal: AbortSignal): Promise<SingleAnswer> {
  if (item.kind === 'delete') {
    const payload = parsePayload(deletePayload, item.payload)
    const answer = await client.send(item.workspaceId, 'deleteEnvelope', { params: { id: payload?.envelopeId ?? '' }, signal })
    return answer.kind === 'ok' ? { ...answer, value: { counters: answer.value.counters } } : answer
  }
  const payload = parsePayload(settingPayload, item.payload)
  const alert = payload === null ? null : alertIdOf(payload.key)
  if (payload !== null && alert !== null) return withoutCounters(await sendAlert(client, item.workspaceId, alert, payload, signal))
  const body = { key: payload?.key ?? '', value: payload?.value ?? '' }
  const answer = await client.send(item.workspaceId, 'putSetting', {
    body: payload?.baseVersion == null ? body : { ...body, version: payload.baseVersion },
    signal,
  })
  return withoutCounters(answer)
}

async function sendAlert(
  client: PlatformClient,
  workspaceId: string,
  id: string,
  { value, baseVersion }: SettingPayload,
  signal: AbortSignal,
): Promise<Answer<unknown>> {
  const version = baseVersion === null ? {} : { version: baseVersion }
  const wanted = readAlertValue(value)
  if (wanted === null) return await client.send(workspaceId, 'deleteAlert', { query: { id, ...version }, signal })
  return await client.send(workspaceId, 'putAlert', { body: { id, ...wanted, ...version }, signal })
}

function withoutCounters(answer: Answer<unknown>): SingleAnswer {
  return answer.kind === 'ok' ? { ...answer, value: { counters: null } } : answer
}

/** What becomes of each item of a push that the platform took apart; items with the same fate share one decision. */
export function decideResults(batch: readonly InFlightItem[], answer: Extract<PushAnswer, { kind: 'ok' }>, now: number, random: Random): ItemResult[] {
  const results = new Map<string, PushResult[]>()
  for (const result of answer.value.results) {
    const known = results.get(result.id)
    if (known) known.push(result)
    else results.set(result.id, [result])
  }
  const shared = new Map<string, Decision>()
  return batch.map((inFlight) => {
    const result = agreedResult(results.get(inFlight.item.id) ?? [])
    const key =
      result === null || result === 'contradiction'
        ? (result ?? '')
        : `${result.status}|${result.code ?? ''}|${result.meter ?? ''}|${result.stored_at ?? ''}|${result.message ?? ''}`
    const decision = shared.get(key) ?? resultPolicy({ kind: 'envelope', attempts: leastTried(batch) }, result, answer.status, now, random)
    shared.set(key, decision)
    return { inFlight, decision }
  })
}

/** The decision on a call that was answered as one. */
export function decideWhole(batch: readonly InFlightItem[], answer: Answer<unknown>, now: number, random: Random): Decision {
  return policy({ kind: batch[0]?.item.kind ?? 'envelope', attempts: leastTried(batch) }, answer, now, random)
}

export function leastTried(batch: readonly InFlightItem[]): number {
  return batch.reduce((least, { item }) => Math.min(least, item.attempts), batch[0]?.item.attempts ?? 0)
}

function base64Of(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
}
