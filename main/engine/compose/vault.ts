import { randomBytes } from 'node:crypto'
import type { ConsoleEvent } from '../../../shared/contract/console.ts'
import type { SecretStore } from '../../bridge/messages.ts'
import type { Clock } from '../base/clock.ts'
import type { Warnings } from '../base/warnings.ts'
import type { Journal } from '../journal/journal.ts'
import type { Outbox } from '../outbox/outbox.ts'
import { type DiskGuard, isDiskFullError } from '../store/disk-space.ts'
import type { NoteFault } from './faults.ts'
import type { LocalSettings } from '../store/local-settings.ts'
import type { Stores } from '../store/stores.ts'
import type { WorkspaceRegistry } from '../sync/accounts/workspace-registry.ts'
import { createCiphertextReader, type HoldingReader } from '../vault/envelopes/ciphertext-reader.ts'
import { createEnvelopeStore, type EnvelopeStore } from '../vault/envelopes/envelope-store.ts'
import { createFrontReader, type FrontReader } from '../vault/envelopes/version-fronts.ts'
import { createMover, type Mover } from '../vault/envelopes/mover.ts'
import { refillFromJournal } from '../vault/envelopes/refill.ts'
import { createStoreMender, type StoreMender } from '../vault/envelopes/store-mender.ts'
import { createMemoryTitles, type MemoryTitles } from '../vault/memory-titles.ts'
import { createVault, type Vault } from '../vault/vault.ts'
import { composeJournal, type JournalParts } from './journal.ts'

export type VaultNeeds = {
  dataDir: string
  stores: Stores
  secrets: SecretStore
  registry: WorkspaceRegistry
  outbox: Outbox
  disk: DiskGuard
  clock: Clock
  emit: (event: ConsoleEvent) => void
  warn: (kind: 'salvaged', text: string) => void
  report: (line: string) => void
  noteFault: NoteFault
  journal: Journal
  warnings: Warnings
  local: LocalSettings
}

export type VaultParts = {
  vault: Vault
  envelopes: EnvelopeStore
  reader: HoldingReader
  titles: MemoryTitles
  mover: Mover
  mender: StoreMender
  fronts: FrontReader
  journal: JournalParts
}

/** Keys, and the envelopes that they seal: in the queue's database first, carried over to the store by the mover. */
export function composeVault({
  dataDir,
  stores,
  secrets,
  registry,
  outbox,
  disk,
  clock,
  emit,
  warn,
  report,
  noteFault,
  journal,
  warnings,
  local,
}: VaultNeeds): VaultParts {
  const envelopes = createEnvelopeStore({ dataDir, clock, after: (ms, work) => clock.after(ms, work), warn: (text) => warn('salvaged', text) })
  const roomFor = (sizeBytes: number): boolean => disk.hasRoomFor(sizeBytes)
  const vault: Vault = createVault({
    secrets,
    db: stores.outbox,
    clock,
    randomBytes: (size) => randomBytes(size),
    emit(status) {
      emit({ event: 'vault.changed', payload: status })
      if (status.state === 'unlocked') fronts.readAgain()
    },
    // What they wrote may lie at the platform alone by now.
    hasEnvelopes: () => envelopes.exists() || outbox.stage.waitingCount() > 0 || registry.list().some(({ id }) => vault.subKeys.list(id).length > 0),
    undeliveredCount: () => undeliveredCount({ registry, outbox }),
    addressOf: (workspaceId) => {
      const record = registry.find(workspaceId)
      return record === null ? null : { platformId: record.platformId, platformUrl: record.url }
    },
    workspaceAt: ({ platformId, platformUrl }) => registry.findAccount(platformId, platformUrl)?.id ?? null,
  })
  const reader = createCiphertextReader(outbox.stage, envelopes, journal)
  const fronts = createFrontReader({ outbox, vault, reader, failed: (error) => noteFault('Versions could not be read', error) })
  const mover = createMover({
    stage: outbox.stage,
    store: envelopes,
    clock,
    failed(error) {
      noteFault('Envelopes could not be moved', error)
      if (isDiskFullError(error)) return
      warnings.set({
        kind: 'envelopes_unwritable',
        at: clock.now(),
        text: 'The store of envelopes (folder envelopes.lance) cannot be written. Agents can still write and nothing is lost: until it works again outbox.db and the journal hold what they write. Check the disk and the rights of the data folder; it is tried again by itself.',
      })
    },
    succeeded: () => warnings.clear('envelopes_unwritable'),
    dropped: () => journaling.keeper.wantRest(),
    roomFor,
    journal: { through: () => journaling.keeper.through(), owed: outbox.undelivered.amongUndelivered },
  })
  const refill = (): Promise<void> => refillFromJournal({ journal, store: envelopes, amongUndelivered: outbox.undelivered.amongUndelivered })
  const journaling = composeJournal({ journal, stores, local, registry, outbox, reader, mover: () => mover, refill, disk, warnings, clock, report })
  const mender = createStoreMender({
    store: envelopes,
    clock,
    roomFor,
    refill,
    failed: (error) => noteFault('The store of envelopes could not be mended', error),
  })
  return { vault, envelopes, mender, reader, fronts, titles: createMemoryTitles({ outbox, envelopes, vault }), mover, journal: journaling }
}

function undeliveredCount({ registry, outbox }: Pick<VaultNeeds, 'registry' | 'outbox'>): number {
  return registry.list().reduce((sum, { id }) => {
    const { pending, sending, waiting, held, rejected } = outbox.tally(id)
    return sum + pending.count + sending.count + waiting.count + held.count + rejected.count
  }, 0)
}
