import type { ConsoleEvent } from '../../../shared/contract/console.ts'
import type { Clock } from '../base/clock.ts'
import type { Outbox } from '../outbox/outbox.ts'
import { type Backups, createBackups } from '../store/backups.ts'
import type { Stores } from '../store/stores.ts'
import type { EnvelopeStore } from '../vault/envelopes/envelope-store.ts'
import { createUpkeep, type Upkeep } from '../vault/upkeep/upkeep.ts'
import type { WorkspaceRegistry } from '../sync/accounts/workspace-registry.ts'
import type { Vault } from '../vault/vault.ts'
import type { NoteFault } from './faults.ts'

export type UpkeepNeeds = {
  stores: Stores
  registry: Pick<WorkspaceRegistry, 'find'>
  outbox: Outbox
  envelopes: EnvelopeStore
  vault: Vault
  clock: Clock
  emit: (event: ConsoleEvent) => void
  warn: (kind: 'salvaged', text: string) => void
  report: (line: string) => void
  noteFault: NoteFault
  /** Whether the journal was compared with the queue. */
  isRecovered: () => boolean
}

export type UpkeepParts = { backups: Backups; upkeep: Upkeep }

/** What keeps the stores in order and copied while nobody looks. */
export function composeUpkeep({ stores, registry, outbox, envelopes, vault, clock, emit, warn, report, noteFault, isRecovered }: UpkeepNeeds): UpkeepParts {
  const queuedAgain = (count: number): void =>
    warn(
      'salvaged',
      `${count} ${count === 1 ? 'write' : 'writes'} that outbox.db had lost ${count === 1 ? 'was' : 'were'} queued again from the store of envelopes.`,
    )
  return {
    backups: createBackups({
      databasePath: stores.outbox.name,
      folder: stores.backupFolder,
      clock,
      changeCount: () => Number(stores.outbox.prepare('SELECT total_changes()').pluck().get()),
      made: () => emit({ event: 'backups.changed', payload: {} }),
      failed: (error) => noteFault('Backup', error),
    }),
    upkeep: createUpkeep({
      outbox,
      envelopes,
      vault,
      database: stores.outbox,
      clock,
      report,
      noteFault,
      hasWorkspace: (workspaceId) => registry.find(workspaceId) !== null,
      queuedAgain,
      isFullSweep: stores.salvaged,
      fullySwept() {
        if (isRecovered()) stores.mended()
      },
    }),
  }
}
