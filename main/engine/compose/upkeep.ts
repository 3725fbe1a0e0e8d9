import type { ConsoleEvent } from '../../../shared/contract/console.ts'
import type { Clock } from '../base/clock.ts'
import type { Outbox } from '../outbox/outbox.ts'
import { type Backups, createBackups } from '../store/backups.ts'
import type { Stores } from '../store/stores.ts'
import type { EnvelopeStore } from '../vault/envelopes/envelope-store.ts'
import { createUpkeep, type Upkeep } from '../vault/upkeep/upkeep.ts'
import type { Vault } from '../vault/vault.ts'

export type UpkeepNeeds = {
  stores: Stores
  outbox: Outbox
  envelopes: EnvelopeStore
  vault: Vault
  clock: Clock
  emit: (event: ConsoleEvent) => void
  report: (line: string) => void
}

export type UpkeepParts = { backups: Backups; upkeep: Upkeep }

/** What keeps the stores in order and copied while nobody looks. */
export function composeUpkeep({ stores, outbox, envelopes, vault, clock, emit, report }: UpkeepNeeds): UpkeepParts {
  return {
    backups: createBackups({
      databasePath: stores.outbox.name,
      folder: stores.backupFolder,
      clock,
      changeCount: () => Number(stores.outbox.prepare('SELECT total_changes()').pluck().get()),
      made: () => emit({ event: 'backups.changed', payload: {} }),
      failed: (error) => report(`Backup: ${error instanceof Error ? error.message : 'failed'}`),
    }),
    upkeep: createUpkeep({ outbox, envelopes, vault, database: stores.outbox, clock, report, isFullSweep: stores.salvaged }),
  }
}
