import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { CallOutput } from '../../../shared/contract/console.ts'
import { requireSync } from '../sync/accounts/require-sync.ts'
import type { Services } from './services.ts'
import type { HandlersOf } from '../bridge/handlers.ts'
import { recordOf } from './workspace-calls.ts'

/** What concerns this computer: its files, keys, imports. */
export function localCalls(
  services: Services,
): HandlersOf<'app'> & HandlersOf<'vault'> & HandlersOf<'import'> & Pick<HandlersOf<'backups'>, 'backups.list' | 'backups.create'> {
  const { options, device, intake, vault, imports, backups, sync, warnings } = services
  return {
    'app.info': async () => ({
      version: options.version,
      host: options.host,
      dataDir: options.dataDir,
      intakeUrl: intake()?.url ?? null,
      thisDeviceId: device.id,
      thisDeviceName: device.nameOf(device.id),
      sizes: await dataSizes(services),
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
      requireSync(recordOf(services, workspaceId), 'restore')
      sync.startRestore(workspaceId)
      return {}
    },

    'import.start': ({ workspaceId, filesTotal }) => {
      requireSync(recordOf(services, workspaceId), 'import')
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

export async function dataSizes({ options: { dataDir }, envelopes }: Pick<Services, 'options' | 'envelopes'>): Promise<CallOutput<'app.info'>['sizes']> {
  return {
    cacheBytes: databaseBytes(dataDir, 'cache.db'),
    outboxBytes: databaseBytes(dataDir, 'outbox.db'),
    envelopesBytes: envelopes.exists() ? await envelopes.diskBytes() : 0,
    egressBytes: databaseBytes(dataDir, 'egress.db'),
  }
}

/** The database with its write-ahead log; 0 where there is no file. */
function databaseBytes(dataDir: string, name: string): number {
  return [name, `${name}-wal`].reduce((sum, file) => sum + (statSync(join(dataDir, file), { throwIfNoEntry: false })?.size ?? 0), 0)
}
