import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { v7 as uuidV7 } from 'uuid'
import { systemClock } from '../../../main/engine/base/clock.ts'
import { createDiskGuard, type DiskGuard, type StoreWarning } from '../../../main/engine/store/disk-space.ts'
import { createMemoryService, type MemoryService } from '../../../main/engine/intake/memories.ts'
import { type IntakeLimits, type IntakeServer, startIntakeServer } from '../../../main/engine/intake/server.ts'
import { createOutbox, type Outbox } from '../../../main/engine/outbox/outbox.ts'
import { type Database, openDatabase } from '../../../main/engine/store/database.ts'
import { migrations } from '../../../main/engine/store/migrations.ts'
import { createCiphertextReader, type HoldingReader } from '../../../main/engine/vault/envelopes/ciphertext-reader.ts'
import { createEnvelopeStore, type EnvelopeStore } from '../../../main/engine/vault/envelopes/envelope-store.ts'
import { createMover, type Mover } from '../../../main/engine/vault/envelopes/mover.ts'
import { createVault, type Vault } from '../../../main/engine/vault/vault.ts'
import { memorySecrets } from '../memory-secrets.ts'

export const DEVICE = '018f0000-0000-7000-8000-0000000000d1'

export type RealConsole = {
  database: Database
  outbox: Outbox
  vault: Vault
  store: EnvelopeStore
  mover: Mover
  disk: DiskGuard
  warnings: (StoreWarning | null)[]
  memories: MemoryService
  reader: HoldingReader
  server: IntakeServer
  /** Errors behind a 500. */
  unexpected: unknown[]
  /** A new sub-key's id and secret. */
  agent(workspaceId: string, name: string): Promise<{ id: string; secret: string }>
  close(): Promise<void>
}

/** The intake over the real outbox, vault and LanceDB store of one data folder; no platform. */
export async function openRealConsole(
  dataDir: string,
  secrets: Map<string, string>,
  options: { reserveBytes?: number; limits?: Partial<IntakeLimits> } = {},
): Promise<RealConsole> {
  const database = openDatabase({ path: join(dataDir, 'outbox.db'), migrations: migrations.outbox, synchronous: 'full' })
  const outbox = createOutbox({ database, clock: systemClock })
  const vault = createVault({
    secrets: memorySecrets(secrets),
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
  const store = createEnvelopeStore({ dataDir, clock: systemClock, warn: () => {} })
  const mover = createMover({ stage: outbox.stage, store, clock: systemClock, failed: () => {}, roomFor: () => true })
  const warnings: (StoreWarning | null)[] = []
  const disk = createDiskGuard({
    dataDir,
    clock: systemClock,
    changed: (warning) => warnings.push(warning),
    ...(options.reserveBytes === undefined ? {} : { reserveBytes: options.reserveBytes }),
  })
  await disk.start()
  const reader = createCiphertextReader(outbox.stage, store)
  const memories = createMemoryService({
    outbox,
    vault,
    ciphertexts: reader,
    maxEnvelopeBytes: () => null,
    deviceId: () => DEVICE,
    disk,
    clock: systemClock,
    noteWrite: vault.subKeys.noteWrite,
  })
  const unexpected: unknown[] = []
  const server = await startIntakeServer({
    dataDir,
    port: 0,
    memories,
    authenticate: vault.subKeys.authenticate,
    newMemoryId: () => uuidV7(),
    unexpected: (error) => unexpected.push(error),
    ...(options.limits === undefined ? {} : { limits: options.limits }),
  })
  return {
    database,
    outbox,
    vault,
    store,
    mover,
    disk,
    warnings,
    memories,
    reader,
    server,
    unexpected,
    async agent(workspaceId, name) {
      const { subKey, secret } = await vault.subKeys.create(workspaceId, name, async () => ({ kind: 'ok', status: 201, value: {} }))
      return { id: subKey.id, secret }
    },
    async close() {
      await server.stop()
      disk.stop()
      await mover.stop()
      await store.close()
      database.close()
    },
  }
}
