/**
 * Memories as agents and the import know them: written, read and removed by id. Below it lie the vault, which seals
 * them, and the outbox, whose commit makes them durable. Nothing here waits for a platform.
 */
import { MAX_ENVELOPE_BYTES } from '../../../shared/contract/platform.ts'
import type { Clock } from '../base/clock.ts'
import type { DiskGuard } from '../store/disk-space.ts'
import { ConsoleFailure } from '../base/failure.ts'
import type { Enqueued, EnqueueOutcome, EnvelopeDraft } from '../outbox/queue/enqueuer.ts'
import type { CiphertextReader } from '../outbox/item.ts'
import type { Outbox } from '../outbox/outbox.ts'
import { UnreadableMemoryError, VaultLockedError } from '../vault/errors.ts'
import type { Vault } from '../vault/vault.ts'
import { createGroupCommit } from './group-commit.ts'
import { requireContentType, requireMemoryId } from './memory-checks.ts'

/** A sub-key's own memories; `subKeyId` null: what this console imported itself. */
type Owner = { workspaceId: string; subKeyId: string | null }
export type MemoryAddress = Owner & { memoryId: string }
export type MemoryContent = { memoryId: string; contentType: string; bytes: Uint8Array }
/** `replaces`: ids of versions that the agent knows beside the one that is read. */
export type MemoryToWrite = MemoryContent & { replaces?: readonly string[] }
export type MemoryWrite = Owner & MemoryToWrite
export type WrittenMemory = { memoryId: string; revision: number; envelopeId: string; sizeBytes: number }
/** `otherVersions`: ids of what could be read in its place, the later ones first. */
export type ReadMemory = MemoryContent & { revision: number; envelopeId: string; otherVersions: string[] }

export type MemoryService = {
  /** @throws ConsoleFailure `vault_locked`, `disk_full`: what can be known before a body is read. */
  requireReady(sizeBytes: number): void
  /** Most bytes that one memory of this workspace may have, whatever its id. */
  maxContentBytes(workspaceId: string): number
  /**
   * Resolves when the ciphertext is durable.
   * @throws ConsoleFailure `not_offered`, `invalid_memory_id`, `invalid_content_type`, `unknown_version`, `envelope_too_large`, `vault_locked`, `disk_full`
   */
  write(memory: MemoryWrite): Promise<WrittenMemory>
  /**
   * One outcome per memory, in order; those that are stored become durable together.
   * @throws ConsoleFailure `not_offered`, `vault_locked`, `disk_full`; then none of them is stored.
   */
  writeMany(input: Owner & { memories: readonly MemoryToWrite[] }): Promise<(WrittenMemory | ConsoleFailure)[]>
  /** The version that is read, or the one that is named; null when this sub-key has no such memory or version here. @throws ConsoleFailure `vault_locked` */
  read(address: MemoryAddress & { version?: string | null }): Promise<ReadMemory | null>
  /** Counts of what was withdrawn unsent and of the deletes queued; null when there is no such memory. @throws ConsoleFailure `vault_locked`, `disk_full` */
  remove(address: MemoryAddress): Promise<{ withdrawn: number; queued: number } | null>
}

/** What the vault does for memories. All but `state` and `sealedSize` throw ConsoleFailure `vault_locked` without a key. */
export type MemoryVault = Pick<Vault, 'state' | 'memoryRef' | 'sealedSize' | 'seal' | 'open'>

/** What the outbox does for memories. */
export type MemoryOutbox = Pick<Outbox, 'enqueueEnvelopes' | 'enqueueMemoryDelete' | 'memory' | 'version'>

export type MemoryServiceOptions = {
  outbox: MemoryOutbox
  vault: MemoryVault
  /** From the SQLite stage or LanceDB. */
  ciphertexts: CiphertextReader
  /** `max_envelope_bytes` of the workspace's platform; null while it is not known. */
  maxEnvelopeBytes: (workspaceId: string) => number | null
  /** Who this computer is to the workspace's platform. */
  deviceId: (workspaceId: string) => string
  /** @throws ConsoleFailure `not_offered` where the workspace's platform takes no envelopes. */
  requireTaken?: (workspaceId: string) => void
  disk: Pick<DiskGuard, 'hasRoomFor' | 'noteWritten' | 'noteWriteError'>
  clock: Pick<Clock, 'now'>
  /** An agent wrote; for "last write" on the sub-keys page. */
  noteWrite: (subKeyId: string, at: number) => void
  /** Runs work in the next turn of the event loop. */
  nextTurn?: (work: () => void) => void
}

/** More than sealing can ever add: header, tags, the versions that it replaces, and an id and a content type of the greatest length. */
const SEALING_MAX_BYTES = 16 * 1024

/** The room that is left for ids of replaced versions; more are rare, and then the platform's word on the size counts. */
const REPLACED_ROOM = 16

export function createMemoryService(options: MemoryServiceOptions): MemoryService {
  const { outbox, vault, disk, clock, nextTurn = setImmediate } = options
  const commit = createGroupCommit({ enqueue: (drafts) => outbox.enqueueEnvelopes(drafts), nextTurn })

  function requireUnlocked(): void {
    if (vault.state() !== 'unlocked') throw new VaultLockedError()
  }

  function requireReady(sizeBytes: number): void {
    requireUnlocked()
    if (!disk.hasRoomFor(sizeBytes)) throw diskFull()
  }

  const maxEnvelopeBytes = (workspaceId: string): number => options.maxEnvelopeBytes(workspaceId) ?? MAX_ENVELOPE_BYTES

  function requireAllowed(workspaceId: string, { memoryId, contentType, bytes }: MemoryContent): void {
    requireMemoryId(memoryId)
    requireContentType(contentType)
    const limitBytes = maxEnvelopeBytes(workspaceId)
    // Nearly every memory is far below the limit; its exact sealed size costs as much as all the other checks.
    if (bytes.byteLength + SEALING_MAX_BYTES <= limitBytes) return
    const sealedBytes = vault.sealedSize(bytes.byteLength, memoryId, contentType, REPLACED_ROOM)
    if (sealedBytes <= limitBytes) return
    throw new ConsoleFailure(
      'envelope_too_large',
      `Sealed, this memory has ${sealedBytes} bytes; the platform takes ${limitBytes} at most.`,
      'Split it into smaller memories.',
    )
  }

  function draft({ workspaceId, subKeyId }: Owner, { memoryId, contentType, bytes, replaces = [] }: MemoryToWrite): EnvelopeDraft {
    const memoryRef = vault.memoryRef(subKeyId, memoryId)
    return {
      workspaceId,
      subKeyId,
      memoryRef,
      createdAt: clock.now(),
      replaces,
      seal: ({ id, revision, replaces: replaced }) =>
        vault.seal({
          envelopeId: id,
          memoryRef,
          revision,
          subKeyId,
          memoryId,
          contentType,
          bytes,
          deviceId: options.deviceId(workspaceId),
          replaces: replaced,
        }),
    }
  }

  function prepare(owner: Owner, memory: MemoryToWrite): EnvelopeDraft | ConsoleFailure {
    try {
      requireAllowed(owner.workspaceId, memory)
      return draft(owner, memory)
    } catch (error) {
      if (error instanceof ConsoleFailure) return error
      throw error
    }
  }

  /** A full disk becomes the failure that agents know, and the guard hears of it. */
  function asFailure(error: unknown): unknown {
    return disk.noteWriteError(error) ? diskFull() : error
  }

  function durably<T>(work: () => T): T {
    try {
      return work()
    } catch (error) {
      throw asFailure(error)
    }
  }

  async function commitOf(drafts: readonly EnvelopeDraft[], contentBytes: number): Promise<EnqueueOutcome[]> {
    try {
      return await commit(drafts, contentBytes)
    } catch (error) {
      throw asFailure(error)
    }
  }

  function noteWritten({ subKeyId }: Owner, sizeBytes: number): void {
    disk.noteWritten(sizeBytes)
    if (subKeyId !== null) options.noteWrite(subKeyId, clock.now())
  }

  return {
    requireReady,

    maxContentBytes: (workspaceId) => Math.max(0, maxEnvelopeBytes(workspaceId) - vault.sealedSize(0, '', '', REPLACED_ROOM)),

    async write(memory) {
      options.requireTaken?.(memory.workspaceId)
      requireReady(memory.bytes.byteLength)
      requireAllowed(memory.workspaceId, memory)
      try {
        const [outcome = missing()] = await commit([draft(memory, memory)], memory.bytes.byteLength)
        if (!outcome.ok) throw outcome.error
        noteWritten(memory, outcome.value.sizeBytes)
        return written(memory.memoryId, outcome.value)
      } catch (error) {
        throw asFailure(error)
      }
    },

    async writeMany({ memories, ...owner }) {
      options.requireTaken?.(owner.workspaceId)
      const contentBytes = memories.reduce((sum, memory) => sum + memory.bytes.byteLength, 0)
      requireReady(contentBytes)
      const prepared = memories.map((memory) => prepare(owner, memory))
      const drafts = prepared.flatMap((one) => (one instanceof ConsoleFailure ? [] : [one]))
      const outcomes = (drafts.length === 0 ? [] : await commitOf(drafts, contentBytes)).values()
      let sizeBytes = 0
      const results = memories.map((memory, index) => {
        const one = prepared[index]
        if (one instanceof ConsoleFailure) return one
        const outcome = outcomes.next().value ?? missing()
        // The others are stored already: an error of one item is its own, whatever it was.
        if (!outcome.ok) return outcome.error instanceof ConsoleFailure ? outcome.error : internalError()
        sizeBytes += outcome.value.sizeBytes
        return written(memory.memoryId, outcome.value)
      })
      if (sizeBytes > 0) noteWritten(owner, sizeBytes)
      return results
    },

    async read({ workspaceId, subKeyId, memoryId, version = null }) {
      requireUnlocked()
      const memoryRef = vault.memoryRef(subKeyId, memoryId)
      const contents = outbox.memory(workspaceId, memoryRef)
      const latest = version === null ? (contents?.read ?? null) : outbox.version(workspaceId, memoryRef, version)
      if (contents === null || latest === null) return null
      const ciphertext = (await options.ciphertexts.read([latest])).get(latest.id)
      // Known, and not to be had: never "there is no such memory", which an agent would answer with a new first revision.
      if (ciphertext === undefined) throw new UnreadableMemoryError(options.ciphertexts.mayComeBack?.() ?? false)
      const opened = vault.open(latest.id, memoryRef, latest.revision, ciphertext)
      const heads = [...(contents.read === null ? [] : [contents.read]), ...contents.others]
      return {
        memoryId: opened.memoryId,
        contentType: opened.contentType,
        bytes: opened.bytes,
        revision: latest.revision,
        envelopeId: latest.id,
        otherVersions: heads.flatMap(({ id }) => (id === latest.id ? [] : id)),
      }
    },

    async remove({ workspaceId, subKeyId, memoryId }) {
      requireUnlocked()
      const memoryRef = vault.memoryRef(subKeyId, memoryId)
      const contents = outbox.memory(workspaceId, memoryRef)
      if (contents === null || (contents.read === null && contents.others.length === 0)) return null
      const { withdrawnCount, deleteCount } = durably(() => outbox.enqueueMemoryDelete(workspaceId, memoryRef))
      return { withdrawn: withdrawnCount, queued: deleteCount }
    },
  }
}

function written(memoryId: string, { id, revision, sizeBytes }: Enqueued): WrittenMemory {
  return { memoryId, revision, envelopeId: id, sizeBytes }
}

function diskFull(): ConsoleFailure {
  return new ConsoleFailure('disk_full', 'The disk of this computer is full. Nothing was stored.', 'Make room on this disk, then send it again.')
}

function internalError(): ConsoleFailure {
  return new ConsoleFailure('internal_error', 'This memory could not be stored.', 'Send it again.')
}

function missing(): never {
  throw new Error('the outbox answered fewer outcomes than it was given drafts')
}
