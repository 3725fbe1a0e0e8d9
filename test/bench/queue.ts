/** The engine's queue, vault and memory service on a data folder, in this thread and without a platform. */
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { openSecretFile } from '../../main/web/secret-file.ts'
import { systemClock } from '../../main/engine/base/clock.ts'
import { createMemoryService, type MemoryService } from '../../main/engine/intake/memories.ts'
import { createOutbox, type Outbox } from '../../main/engine/outbox/outbox.ts'
import { type Database, openDatabase } from '../../main/engine/store/database.ts'
import { migrations } from '../../main/engine/store/migrations.ts'
import { createCiphertextReader } from '../../main/engine/vault/envelopes/ciphertext-reader.ts'
import { createEnvelopeStore, type EnvelopeStore } from '../../main/engine/vault/envelopes/envelope-store.ts'
import { createMover, type Mover } from '../../main/engine/vault/envelopes/mover.ts'
import { createVault, type Vault } from '../../main/engine/vault/vault.ts'
import { CIPHERTEXT_BYTES } from './raw-sqlite.ts'

export type Queue = {
  database: Database
  outbox: Outbox
  vault: Vault
  store: EnvelopeStore
  mover: Mover
  memories: MemoryService
  close(): Promise<void>
}

export async function openQueue(dataDir: string): Promise<Queue> {
  const database = openDatabase({ path: join(dataDir, 'outbox.db'), migrations: migrations.outbox, synchronous: 'full', returnsSpace: true })
  const outbox = createOutbox({ database, clock: systemClock })
  const vault = createVault({
    secrets: openSecretFile(join(dataDir, 'secrets.json'), () => undefined),
    db: database,
    clock: systemClock,
    randomBytes,
    emit: () => {},
    hasEnvelopes: () => false,
    undeliveredCount: () => 0,
    addressOf: () => null,
    workspaceAt: () => null,
  })
  await vault.initialise()
  const store = createEnvelopeStore({ dataDir, clock: systemClock, warn: (text) => console.warn(text) })
  const mover = createMover({
    stage: outbox.stage,
    store,
    clock: systemClock,
    failed: (error) => console.warn(error),
    roomFor: () => true,
  })
  const memories = createMemoryService({
    outbox,
    vault,
    ciphertexts: createCiphertextReader(outbox.stage, store),
    maxEnvelopeBytes: () => null,
    deviceId: () => '018f0000-0000-7000-8000-0000000000d1',
    disk: { hasRoomFor: () => true, noteWritten: () => {}, noteWriteError: () => false },
    clock: systemClock,
    noteWrite: vault.subKeys.noteWrite,
  })
  return {
    database,
    outbox,
    vault,
    store,
    mover,
    memories,
    async close() {
      await mover.stop()
      outbox.close()
      await store.close()
      database.close()
    },
  }
}

/** A sub-key as an agent has it; no platform is asked. */
export async function makeAgent({ vault }: Pick<Queue, 'vault'>, workspaceId: string, name: string): Promise<string> {
  const { subKey } = await vault.subKeys.create(workspaceId, name, async () => ({ kind: 'ok', status: 201, value: {} }))
  return subKey.id
}

export const CONTENT_TYPE = 'text/plain'
const ID_DIGITS = 12

/** Ids of one length, so that every envelope has the same size. */
export function memoryName(no: number): string {
  return `memory-${String(no).padStart(ID_DIGITS, '0')}`
}

/** Cleartext that is sealed to exactly 512 bytes. */
export function contentBytes(vault: Pick<Vault, 'sealedSize'>): Buffer {
  const probe = vault.sealedSize(100, memoryName(0), CONTENT_TYPE) - 100
  const text = Buffer.alloc(CIPHERTEXT_BYTES - probe, 'The tide leaves a line. ')
  if (vault.sealedSize(text.length, memoryName(0), CONTENT_TYPE) !== CIPHERTEXT_BYTES) throw new Error('the content does not seal to 512 bytes')
  return text
}
