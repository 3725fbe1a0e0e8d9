import type { ConsoleEvent } from '../../../shared/contract/console.ts'
import { ActivityLog } from '../activity/activity-log.ts'
import type { Clock } from '../base/clock.ts'
import { Warnings } from '../base/warnings.ts'
import { repairQueue } from '../outbox/recovery/queue-repair.ts'
import { createDiskGuard, type DiskGuard } from '../store/disk-space.ts'
import { LocalSettings } from '../store/local-settings.ts'
import { openStores, type Stores } from '../store/stores.ts'

export type StoresNeeds = { dataDir: string; clock: Clock; emit: (event: ConsoleEvent) => void }

export type StoresParts = {
  stores: Stores
  /** Settings of this computer alone. */
  local: LocalSettings
  activity: ActivityLog
  warnings: Warnings
  warn: (kind: Parameters<Warnings['set']>[0]['kind'], text: string) => void
  disk: DiskGuard
}

/** The databases of the data folder, what is read from them before any workspace, and the room on their disk. */
export function composeStores({ dataDir, clock, emit }: StoresNeeds): StoresParts {
  const warnings = new Warnings(emit)
  const warn: StoresParts['warn'] = (kind, text) => warnings.set({ kind, text, at: clock.now() })
  const stores = openStores({ dataDir, clock, repairQueue, warn })
  return {
    stores,
    local: new LocalSettings(stores.outbox),
    activity: new ActivityLog(stores.outbox, clock, (workspaceId) => emit({ event: 'activity.changed', payload: { workspaceId } })),
    warnings,
    warn,
    disk: createDiskGuard({
      dataDir,
      clock,
      changed: (warning) => (warning === null ? warnings.clear('disk_low', 'disk_full') : warnings.set(warning)),
    }),
  }
}
