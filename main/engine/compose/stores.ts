import type { ConsoleEvent } from '../../../shared/contract/console.ts'
import { ActivityLog } from '../activity/activity-log.ts'
import type { Clock } from '../base/clock.ts'
import { Warnings } from '../base/warnings.ts'
import { repairQueue } from '../outbox/recovery/queue-repair.ts'
import { createDiskGuard, type DiskGuard } from '../store/disk-space.ts'
import { createIntegrityCheck, type IntegrityCheck } from '../store/integrity-check.ts'
import { LocalSettings } from '../store/local-settings.ts'
import { openStores, type Stores } from '../store/stores.ts'
import { createNoteFault, type NoteFault } from './faults.ts'

export type StoresNeeds = {
  dataDir: string
  clock: Clock
  emit: (event: ConsoleEvent) => void
  report: (line: string) => void
  /** Ends the engine and starts it anew; undefined: whoever runs it does not do that. */
  restart: ((reason: string) => void) | undefined
}

export type StoresParts = {
  stores: Stores
  /** Settings of this computer alone. */
  local: LocalSettings
  activity: ActivityLog
  warnings: Warnings
  warn: (kind: Parameters<Warnings['set']>[0]['kind'], text: string) => void
  disk: DiskGuard
  integrity: IntegrityCheck
  noteFault: NoteFault
}

/** The databases of the data folder, what is read from them before any workspace, and the room on their disk. */
export function composeStores({ dataDir, clock, emit, report, restart }: StoresNeeds): StoresParts {
  const warnings = new Warnings(emit)
  const warn: StoresParts['warn'] = (kind, text) => {
    const before = warnings.list().find((warning) => warning.kind === kind)?.text ?? ''
    // What was mended before is no less true because of what is mended now.
    const words = kind !== 'salvaged' || before === '' || before.includes(text) ? text : `${before} ${text}`
    warnings.set({ kind, text: words, at: clock.now() })
  }
  const stores = openStores({ dataDir, clock, repairQueue, warn })
  const disk = createDiskGuard({
    dataDir,
    clock,
    changed: (warning) => (warning === null ? warnings.clear('disk_low', 'disk_full') : warnings.set(warning)),
  })
  const integrity = createIntegrityCheck({
    paths: [stores.outbox.name, stores.cache.name, stores.egress.name],
    clock,
    found(names) {
      const files = names.join(' and ')
      warn('salvaged', `${files} was found damaged while in use. It is mended when the console starts next.`)
      report(`${files}: damaged pages were found`)
      restart?.(`${files} has to be mended`)
    },
  })
  const noteFault = createNoteFault({ disk, integrity, report })
  return {
    stores,
    local: new LocalSettings(stores.outbox),
    activity: new ActivityLog(stores.outbox, clock, {
      changed: (workspaceId) => emit({ event: 'activity.changed', payload: { workspaceId } }),
      failed: (error) => noteFault('activity', error),
    }),
    warnings,
    warn,
    disk,
    integrity,
    noteFault,
  }
}
