import type { EngineOptions } from '../../bridge/messages.ts'
import type { WorkspaceViewOf } from '../billing/workspace-view.ts'
import type { HandlersOf } from '../bridge/handlers.ts'
import type { ImportService } from '../intake/imports.ts'
import type { IntakeServer } from '../intake/server.ts'
import { requireSync } from '../sync/accounts/require-sync.ts'
import type { Backups } from '../store/backups.ts'
import type { DataSizes } from '../store/data-sizes.ts'
import type { DeviceIdentity } from '../sync/accounts/device-identity.ts'
import type { Sync } from '../sync/sync.ts'
import type { Vault } from '../vault/vault.ts'
import type { Warnings } from '../base/warnings.ts'

export type LocalCallParts = {
  view: WorkspaceViewOf
  options: Pick<EngineOptions, 'version' | 'host' | 'dataDir' | 'secretsWithoutKeyring'>
  device: Pick<DeviceIdentity, 'id' | 'nameOf'>
  /** Null while the agents' door is closed. */
  intake: () => Pick<IntakeServer, 'url'> | null
  vault: Pick<Vault, 'status' | 'setPassphrase' | 'unlock' | 'lock' | 'exportBackup' | 'importBackup'>
  imports: ImportService
  backups: Pick<Backups, 'list' | 'create'>
  sync: Pick<Sync, 'startRestore'>
  sizes: () => Promise<DataSizes>
  warnings: Pick<Warnings, 'list'>
}

/** What concerns this computer: its files, keys, imports. */
export function localCalls(
  parts: LocalCallParts,
): HandlersOf<'app'> & HandlersOf<'vault'> & HandlersOf<'import'> & Pick<HandlersOf<'backups'>, 'backups.list' | 'backups.create'> {
  const { view, options, device, intake, vault, imports, backups, sync, sizes, warnings } = parts
  return {
    'app.info': async () => ({
      version: options.version,
      host: options.host,
      dataDir: options.dataDir,
      intakeUrl: intake()?.url ?? null,
      thisDeviceId: device.id,
      thisDeviceName: device.nameOf(device.id),
      sizes: await sizes(),
      warnings: warnings.list(),
    }),

    'vault.status': () => ({ ...vault.status(), withoutKeyring: options.secretsWithoutKeyring === true }),
    'vault.setPassphrase': async ({ passphrase, current }) => {
      await vault.setPassphrase(passphrase, current)
      return {}
    },
    'vault.unlock': async ({ passphrase }) => {
      await vault.unlock(passphrase)
      return {}
    },
    'vault.lock': () => {
      vault.lock()
      return {}
    },
    'vault.exportBackup': ({ passphrase }) => vault.exportBackup(passphrase),
    'vault.importBackup': ({ text, passphrase }) => vault.importBackup(text, passphrase),
    'vault.restore': ({ workspaceId }) => {
      requireSync(view(workspaceId).record, 'restore')
      sync.startRestore(workspaceId)
      return {}
    },

    'import.start': ({ workspaceId, filesTotal }) => {
      requireSync(view(workspaceId).record, 'import')
      return imports.start({ workspaceId, filesTotal })
    },
    'import.chunk': async (chunk) => {
      await imports.chunk(chunk)
      return {}
    },
    'import.finish': (input) => imports.finish(input),
    'import.cancel': (input) => imports.cancel(input),

    'backups.list': () => backups.list().map(({ name, at, sizeBytes }) => ({ name, at, sizeBytes })),
    'backups.create': async () => ({ name: await backups.create() }),
  }
}
