import { createHash } from 'node:crypto'
import type { z } from 'zod'
import type { ConsoleEvent, EventPayload } from '../../../shared/contract/console.ts'
import type { restoredEnvelope, restoreResponse } from '../../../shared/contract/platform.ts'
import type { Clock, Random } from '../base/clock.ts'
import { giveBack } from '../base/give-back.ts'
import { connectDelayMs } from './client/backoff.ts'
import type { Documents } from './documents/documents.ts'
import type { LocalSettings } from '../store/local-settings.ts'
import type { PlatformClient } from './client/platform-client.ts'
import { sleep } from '../base/sleep.ts'
import { troubleOf } from './client/trouble.ts'

export type Progress = EventPayload<'restore.progress'>['progress']

/** An envelope as the platform gave it back; hash and size have been checked. */
export type RestoredEnvelope = {
  id: string
  deviceId: string
  memoryRef: string
  revision: number
  subKeyId: string | null
  /** Epoch milliseconds. */
  createdAt: number
  sizeBytes: number
  sha256: string
  ciphertext: Uint8Array
  /** By the platform's clock; null: it did not say. */
  storedAt: number | null
}
/** A version whose ciphertext was deleted at the platform. */
type DeletedEnvelope = Pick<RestoredEnvelope, 'id' | 'deviceId' | 'memoryRef' | 'revision' | 'createdAt' | 'storedAt'>
/** What a page brought, in its order each. The bytes of its ciphertexts are there until the batch is stored, and not after it. */
export type RestoredPage = { envelopes: RestoredEnvelope[]; deleted: DeletedEnvelope[] }

export type RestoreParts = {
  client: PlatformClient
  documents: Documents
  settings: LocalSettings
  clock: Clock
  random: Random
  emit(event: ConsoleEvent): void
  /** Stores a batch. Resolves when it is durable: only then the position moves on. Must bear a repeat. */
  onBatch(workspaceId: string, page: RestoredPage): Promise<void>
  /** As whom pages are asked for; the platform counts each as a sync operation of this device. */
  deviceId(workspaceId: string): string
  /** A page was answered. */
  onPage(workspaceId: string): void
}

type WireEnvelope = z.output<typeof restoreResponse>['envelopes'][number]
type Position = { cursor: string | null; done: number; damaged: number }

/** Each page is one sync operation, so pages are large; a page that is too large to arrive is asked for in halves. */
const PAGE_ENVELOPES = 500
/** A quota may have made room without a word. */
const QUOTA_RETRY_MS = 600_000
const PAGE_TIMEOUT_MS = 120_000

/** Fetches every envelope of a workspace back to this computer, page by page, and goes on where it stopped. */
export class Restores {
  readonly #parts: RestoreParts
  readonly #running = new Map<string, AbortController>()
  readonly #progress = new Map<string, Progress>()
  /** Ends the wait of a restore that a quota or the network holds up. */
  readonly #nudge = new Map<string, AbortController>()

  constructor(parts: RestoreParts) {
    this.#parts = parts
  }

  progress(workspaceId: string): Progress {
    return this.#progress.get(workspaceId) ?? { state: 'idle', done: 0, total: null, detail: null }
  }

  /** Whether everything of this workspace was ever fetched to this folder. */
  wasFinished(workspaceId: string): boolean {
    return this.#parts.settings.get(finishedKey(workspaceId)) !== null
  }

  /** Starts it, or lets one that waits go on at once. */
  start(workspaceId: string): void {
    if (this.#running.has(workspaceId)) {
      this.nudge(workspaceId)
      return
    }
    const abort = new AbortController()
    this.#running.set(workspaceId, abort)
    this.#parts.settings.set(wantedKey(workspaceId), '1')
    void this.#run(workspaceId, abort.signal).finally(() => {
      if (this.#running.get(workspaceId) === abort) this.#running.delete(workspaceId)
    })
  }

  /** The next start begins from the first envelope, also after the console was closed. */
  want(workspaceId: string): void {
    this.stop(workspaceId)
    this.#running.delete(workspaceId)
    this.#parts.settings.set(positionKey(workspaceId), null)
    this.#parts.settings.set(wantedKey(workspaceId), '1')
  }

  /** Goes on with the restores that were under way when the console was closed. */
  resume(workspaceIds: readonly string[]): void {
    for (const workspaceId of workspaceIds) if (this.#parts.settings.get(wantedKey(workspaceId)) !== null) this.start(workspaceId)
  }

  /** Counters changed or the network is back: what waits may try again. */
  nudge(workspaceId: string): void {
    this.#nudge.get(workspaceId)?.abort()
  }

  /** Ends it for now; its position is kept. */
  stop(workspaceId?: string): void {
    for (const [id, abort] of this.#running) if (workspaceId === undefined || id === workspaceId) abort.abort()
  }

  forget(workspaceId: string): void {
    this.stop(workspaceId)
    this.#parts.settings.set(wantedKey(workspaceId), null)
    this.#parts.settings.set(positionKey(workspaceId), null)
    this.#parts.settings.set(finishedKey(workspaceId), null)
  }

  async #run(workspaceId: string, signal: AbortSignal): Promise<void> {
    const { client, random } = this.#parts
    let position = this.#readPosition(workspaceId)
    let limit = PAGE_ENVELOPES
    let failures = 0
    this.#tell(workspaceId, position, 'running', null)
    while (!signal.aborted) {
      const query = { limit, device_id: this.#parts.deviceId(workspaceId), ...(position.cursor === null ? {} : { since: position.cursor }) }
      const answer = await client.send(workspaceId, 'restore', { query, timeoutMs: PAGE_TIMEOUT_MS, signal })
      if (signal.aborted) return
      if (answer.kind === 'ok') {
        failures = 0
        this.#parts.onPage(workspaceId)
        limit = Math.min(PAGE_ENVELOPES, limit * 2)
        const { good, deleted, damaged, release } = checkPage(answer.value.envelopes)
        try {
          if (good.length + deleted.length > 0) await this.#parts.onBatch(workspaceId, { envelopes: good, deleted })
        } catch (error) {
          this.#tell(workspaceId, position, 'failed', `The envelopes could not be stored: ${error instanceof Error ? error.message : String(error)}`)
          return
        } finally {
          release()
        }
        position = { cursor: answer.value.cursor, done: position.done + good.length, damaged: position.damaged + damaged + (answer.leftOut?.count ?? 0) }
        this.#writePosition(workspaceId, position)
        if (!answer.value.more) {
          this.#finish(workspaceId, position)
          return
        }
        this.#tell(workspaceId, position, 'running', null)
        continue
      }
      if (answer.kind === 'error' && answer.error?.meter !== undefined) {
        const words = `${answer.error.message} ${position.done} envelopes are back; the rest follows when there is room.`
        this.#tell(workspaceId, position, 'running', words)
        await this.#wait(workspaceId, answer.retryAfterMs ?? QUOTA_RETRY_MS, signal)
        continue
      }
      if (answer.kind === 'error' && (answer.status === 410 || answer.status === 400) && position.cursor !== null) {
        position = { cursor: null, done: 0, damaged: 0 }
        continue
      }
      const trouble = troubleOf(answer)
      if (answer.kind === 'error' && trouble.state === 'problem') {
        this.#tell(workspaceId, position, 'failed', trouble.detail)
        return
      }
      // A page of large envelopes may be more than the bound on answers, or a bad line, lets through. A network that is
      // gone says nothing about the page: smaller ones would only cost more sync operations.
      if (answer.kind === 'unreachable' && (answer.reason === 'bad_shape' || answer.reason === 'truncated')) limit = Math.max(1, Math.floor(limit / 2))
      this.#tell(workspaceId, position, 'running', trouble.detail)
      await this.#wait(workspaceId, connectDelayMs(failures, trouble.retry?.afterMs ?? null, random), signal)
      failures += 1
    }
  }

  async #wait(workspaceId: string, ms: number, signal: AbortSignal): Promise<void> {
    const nudge = new AbortController()
    this.#nudge.set(workspaceId, nudge)
    await sleep(this.#parts.clock, ms, AbortSignal.any([signal, nudge.signal]))
    this.#nudge.delete(workspaceId)
  }

  #finish(workspaceId: string, position: Position): void {
    const { settings } = this.#parts
    settings.set(wantedKey(workspaceId), null)
    settings.set(positionKey(workspaceId), null)
    settings.set(finishedKey(workspaceId), '1')
    const detail = position.damaged === 0 ? null : `${position.damaged} envelopes did not match their hash and were left out.`
    this.#tell(workspaceId, position, 'done', detail)
  }

  #tell(workspaceId: string, position: Position, state: Progress['state'], detail: string | null): void {
    const stored = this.#parts.documents.list(workspaceId, 'device_counter').reduce((sum, each) => sum + each.stored_envelopes, 0)
    const total = stored === 0 ? null : Math.max(stored, position.done)
    const progress: Progress = { state, done: position.done, total: state === 'done' ? position.done : total, detail }
    this.#progress.set(workspaceId, progress)
    this.#parts.emit({ event: 'restore.progress', payload: { workspaceId, progress } })
  }

  #readPosition(workspaceId: string): Position {
    const text = this.#parts.settings.get(positionKey(workspaceId))
    const match = text === null ? null : /^(\d{1,15}) (\d{1,15}) (.{1,128})$/.exec(text)
    if (!match) return { cursor: null, done: 0, damaged: 0 }
    return { cursor: match[3] ?? null, done: Number(match[1]), damaged: Number(match[2]) }
  }

  #writePosition(workspaceId: string, { cursor, done, damaged }: Position): void {
    this.#parts.settings.set(positionKey(workspaceId), cursor === null ? null : `${done} ${damaged} ${cursor}`)
  }
}

/**
 * Envelopes whose bytes are not what their hash and size say are left out: opening them could only fail. All ciphertexts of a page lie in one
 * piece of memory, which `release` gives back at once.
 */
export function checkPage(envelopes: readonly WireEnvelope[]): { good: RestoredEnvelope[]; deleted: DeletedEnvelope[]; damaged: number; release(): void } {
  const good: RestoredEnvelope[] = []
  const deleted: DeletedEnvelope[] = []
  const memory = Buffer.allocUnsafeSlow(envelopes.reduce((sum, wire) => sum + (isWhole(wire) ? Buffer.byteLength(wire.ciphertext, 'base64') : 0), 0))
  let end = 0
  for (const wire of envelopes) {
    const version = {
      id: wire.id,
      deviceId: wire.device_id,
      memoryRef: wire.memory_ref,
      revision: wire.revision,
      createdAt: Date.parse(wire.created_at),
      storedAt: wire.stored_at === undefined ? null : Date.parse(wire.stored_at),
    }
    if (!isWhole(wire)) {
      deleted.push(version)
      continue
    }
    const ciphertext = memory.subarray(end, end + memory.write(wire.ciphertext, end, 'base64'))
    end += ciphertext.length
    if (ciphertext.length !== wire.size_bytes || createHash('sha256').update(ciphertext).digest('hex') !== wire.sha256) continue
    good.push({
      ...version,
      subKeyId: wire.sub_key_id,
      sizeBytes: wire.size_bytes,
      sha256: wire.sha256,
      ciphertext,
    })
  }
  return { good, deleted, damaged: envelopes.length - good.length - deleted.length, release: () => giveBack(memory) }
}

function isWhole(wire: WireEnvelope): wire is z.output<typeof restoredEnvelope> {
  return typeof wire.deleted_at !== 'string'
}

function wantedKey(workspaceId: string): string {
  return `restore/wanted/${workspaceId}`
}

function finishedKey(workspaceId: string): string {
  return `restore/finished/${workspaceId}`
}

function positionKey(workspaceId: string): string {
  return `restore/position/${workspaceId}`
}
