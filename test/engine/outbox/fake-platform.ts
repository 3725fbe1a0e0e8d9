import { createHash } from 'node:crypto'
import { addToIdSum, EMPTY_ID_SUM } from '../../../shared/contract/id-sum.ts'
import type { Answer } from '../../../main/engine/sync/client/answer.ts'
import type { PlatformClient } from '../../../main/engine/sync/client/platform-client.ts'
import type { MeterView } from '../../../main/engine/outbox/delivery/hold-release.ts'

export type PushBody = {
  device_id: string
  session_id: string | null
  envelopes: { id: string; memory_ref: string; revision: number; size_bytes: number; sha256: string }[]
}
type Result = {
  id: string
  status: 'stored' | 'duplicate' | 'refused' | 'conflict' | 'invalid'
  code?: string
  meter?: string
  used?: number
  limit?: number
  message?: string
}

type StoredRow = { workspaceId: string; sha256: string; memoryRef: string; revision: number; sizeBytes: number; deleted: boolean }
export type PlatformCopy = {
  stored: readonly (readonly [string, StoredRow])[]
  effects: readonly string[]
  told: readonly string[]
  bytesUsed: number
  pushesUsed: number
}

/**
 * What happens to a request instead of the ordinary answer. `lost`: the platform acts, its answer does not arrive; `contradicts`: it
 * acts, and its answer says two things about each envelope.
 */
export type Fault = { lost?: boolean; contradicts?: boolean; answer?: Answer<never> }

/** A platform in memory, as shared/contract/README.md, "Push" describes it: duplicates, conflicts, admission as a prefix, two quota meters. */
export class FakePlatform {
  stored = new Map<string, StoredRow>()
  /** Ids in the order in which they took effect. */
  effects: string[] = []
  readonly pushes: PushBody[] = []
  readonly settings: { key: string; value: string; version: number | undefined }[] = []
  /** Ids that the device was told to be stored. */
  told = new Set<string>()
  bytesUsed = 0
  pushesUsed = 0
  bytesLimit: number | null = null
  pushesLimit: number | null = null
  session: string | null = '55555555-5555-4555-8555-555555555555'
  lostSessions = 0
  version = 1
  /** Asked for each request; the default answers as the protocol says. */
  fault: (name: string, body: PushBody | null) => Fault = () => ({})
  /** What the console knows of the meters; `tell` brings it up to date. */
  known: MeterView[] = []
  /** The plan's document as the console knows it. */
  plan: object = {}
  /** Requests under way wait for this. */
  gate: Promise<void> = Promise.resolve()
  readonly client: PlatformClient

  constructor() {
    this.tell()
    const send: PlatformClient['send'] = async (workspaceId, name, parts) => {
      await this.gate
      const { body, params, query } = parts as { body?: unknown; params?: { id: string }; query?: { after?: string } }
      return (await this.#answer(workspaceId, name, body as PushBody, params?.id ?? '', query?.after)) as never
    }
    this.client = {
      send,
      prepare: (name, parts) => ({
        send: (workspaceId, { signal, onLeave }) => {
          onLeave()
          return this.client.send(workspaceId, name, { ...parts, signal })
        },
      }),
    }
  }

  /** A pull: the console learns the counters as they are. */
  tell(): void {
    this.known = [
      { meter: 'encrypted_bytes', name: 'Encrypted bytes', used: this.bytesUsed, limit: this.bytesLimit, version: this.version, draws: 'ciphertext_bytes' },
      { meter: 'sync_operations', name: 'Sync operations', used: this.pushesUsed, limit: this.pushesLimit, version: this.version, draws: 'per_push' },
    ]
  }

  upgrade(limits: { bytes?: number | null; pushes?: number | null }): void {
    if (limits.bytes !== undefined) this.bytesLimit = limits.bytes
    if (limits.pushes !== undefined) this.pushesLimit = limits.pushes
    this.version += 1
    this.tell()
  }

  renewSession(): void {
    this.lostSessions += 1
    this.session = '66666666-6666-4666-8666-666666666666'
  }

  /** What a copy of its database holds. */
  copy(): PlatformCopy {
    const stored = [...this.stored].map(([id, row]) => [id, { ...row }] as const)
    return { stored, effects: [...this.effects], told: [...this.told], bytesUsed: this.bytesUsed, pushesUsed: this.pushesUsed }
  }

  putBack({ stored, effects, told, bytesUsed, pushesUsed }: PlatformCopy): void {
    this.stored = new Map(stored.map(([id, row]) => [id, { ...row }]))
    this.effects = [...effects]
    this.told = new Set(told)
    this.bytesUsed = bytesUsed
    this.pushesUsed = pushesUsed
    this.version += 1
  }

  #summary(): Answer<unknown> {
    const sum = addToIdSum(
      EMPTY_ID_SUM,
      [...this.told].map((id) => createHash('sha256').update(id).digest('hex')),
    )
    return { kind: 'ok', status: 200, value: { count: this.told.size, sum } }
  }

  /** Pages of three, so that a handful of ids is several. */
  #ids(after: string | undefined): Answer<unknown> {
    const rest = [...this.told].sort().filter((id) => after === undefined || id > after)
    const ids = rest.slice(0, 3).map((id) => ({ id, deleted: this.stored.get(id)?.deleted === true }))
    return { kind: 'ok', status: 200, value: { ids, more: rest.length > 3 } }
  }

  async #answer(workspaceId: string, name: string, body: PushBody, id: string, after: string | undefined): Promise<Answer<unknown>> {
    const fault = this.fault(name, name === 'push' ? body : null)
    if (fault.answer) return fault.answer
    if (name === 'readSummary') return this.#summary()
    if (name === 'listIds') return this.#ids(after)
    // The body of whatever was asked: the real client has judged it before, by its schema.
    const answer =
      name === 'push'
        ? this.#push(workspaceId, body)
        : name === 'deleteEnvelope'
          ? this.#delete(id)
          : name === 'putAlert' || name === 'deleteAlert'
            ? { kind: 'ok' as const, status: 200, value: {} }
            : this.#setting(body as unknown as { key: string; value: string; version?: number })
    if (fault.contradicts && name === 'push' && answer.kind === 'ok') return contradicting(answer)
    return fault.lost ? { kind: 'unreachable', reason: 'network', message: 'the connection was reset' } : answer
  }

  #push(workspaceId: string, body: PushBody): Answer<unknown> {
    this.pushes.push(body)
    const results: Result[] = []
    let refusedBy: Result | null = null
    let admitted = 0
    for (const envelope of body.envelopes) {
      const known = this.stored.get(envelope.id)
      if (known) {
        results.push({ id: envelope.id, status: known.sha256 === envelope.sha256 ? 'duplicate' : 'conflict' })
        continue
      }
      refusedBy ??= this.#refusal(envelope.size_bytes, admitted)
      if (refusedBy) {
        results.push({ ...refusedBy, id: envelope.id })
        continue
      }
      admitted += 1
      this.bytesUsed += envelope.size_bytes
      this.stored.set(envelope.id, {
        workspaceId,
        sha256: envelope.sha256,
        memoryRef: envelope.memory_ref,
        revision: envelope.revision,
        sizeBytes: envelope.size_bytes,
        deleted: false,
      })
      this.effects.push(envelope.id)
      results.push({ id: envelope.id, status: 'stored' })
    }
    for (const { id, status } of results) if (status === 'stored' || status === 'duplicate') this.told.add(id)
    if (admitted > 0) {
      this.pushesUsed += 1
      this.version += 1
    }
    if (refusedBy && results.every(({ status }) => status === 'refused')) {
      const { code = '', meter, limit, used } = refusedBy
      return {
        kind: 'error',
        status: meter === 'sync_operations' ? 429 : 402,
        error: { code, message: 'The plan is full.', reason: `${meter} is full`, meter, limit, used },
        retryAfterMs: null,
      }
    }
    return { kind: 'ok', status: 200, value: { results, counters: [] } }
  }

  #refusal(sizeBytes: number, admitted: number): Result | null {
    if (this.bytesLimit !== null && this.bytesUsed + sizeBytes > this.bytesLimit) {
      return {
        id: '',
        status: 'refused',
        code: 'encrypted_bytes_exceeded',
        message: 'encrypted_bytes is full',
        meter: 'encrypted_bytes',
        used: this.bytesUsed,
        limit: this.bytesLimit,
      }
    }
    if (admitted === 0 && this.pushesLimit !== null && this.pushesUsed + 1 > this.pushesLimit) {
      return {
        id: '',
        status: 'refused',
        code: 'sync_operations_exceeded',
        message: 'sync_operations is full',
        meter: 'sync_operations',
        used: this.pushesUsed,
        limit: this.pushesLimit,
      }
    }
    return null
  }

  #delete(id: string): Answer<unknown> {
    const known = this.stored.get(id)
    if (known && !known.deleted) {
      known.deleted = true
      this.bytesUsed -= known.sizeBytes
      this.version += 1
    }
    this.effects.push(`-${id}`)
    return { kind: 'ok', status: 200, value: { id, status: known ? 'deleted' : 'unknown', counters: [] } }
  }

  #setting({ key, value, version }: { key: string; value: string; version?: number }): Answer<unknown> {
    const current = this.settings.filter((setting) => setting.key === key).length
    const last = this.settings.findLast((setting) => setting.key === key)
    if (version !== undefined && version !== current && last?.value !== value) {
      return {
        kind: 'error',
        status: 409,
        error: { code: 'version_conflict', message: 'changed in the meantime', current: { key, value: last?.value ?? '', version: current } },
        retryAfterMs: null,
      }
    }
    this.settings.push({ key, value, version })
    return { kind: 'ok', status: 200, value: { [key]: value } }
  }
}

/** For each envelope a second result, that none of them is known. */
function contradicting(answer: Answer<unknown>): Answer<unknown> {
  if (answer.kind !== 'ok') return answer
  const { results, ...rest } = answer.value as { results: Result[] }
  return { ...answer, value: { ...rest, results: [...results, ...results.map(({ id }) => ({ id, status: 'invalid' as const, code: 'invalid_envelope' }))] } }
}

export function unreachable(): Fault {
  return { answer: { kind: 'unreachable', reason: 'network', message: 'no route' } }
}

export function refusedWith(status: number, code: string, more: { retryAfterMs?: number; meter?: string } = {}): Fault {
  const { retryAfterMs = null, ...meter } = more
  return { answer: { kind: 'error', status, error: { code, message: `refused: ${code}`, ...meter }, retryAfterMs } }
}
