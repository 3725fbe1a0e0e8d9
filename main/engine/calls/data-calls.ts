import { arch, platform, release } from 'node:os'
import { documentTopics } from '../../../shared/contract/platform/topics.ts'
import type { ConsoleEvent } from '../../../shared/contract/console.ts'
import type { EngineOptions } from '../../bridge/messages.ts'
import type { Invoices } from '../billing/invoices/invoices.ts'
import type { Handlers } from '../bridge/handlers.ts'
import type { Clock } from '../base/clock.ts'
import { ConsoleFailure } from '../base/failure.ts'
import type { Outbox } from '../outbox/outbox.ts'
import type { Backups } from '../store/backups.ts'
import type { DataSizes } from '../store/data-sizes.ts'
import { planRestore, plannedRestore } from '../store/planned-restore.ts'
import { timeStamp } from '../store/files.ts'
import type { Documents } from '../sync/documents/documents.ts'
import type { Sync } from '../sync/sync.ts'
import type { WorkspaceRegistry } from '../sync/accounts/workspace-registry.ts'
import type { Vault } from '../vault/vault.ts'
import type { Warnings } from '../base/warnings.ts'

type Calls = Pick<Handlers, 'data.clearCache' | 'data.diagnostics' | 'backups.restore' | 'backups.planned'>

export type DataCallParts = {
  options: Pick<EngineOptions, 'version' | 'host'>
  registry: Pick<WorkspaceRegistry, 'list'>
  documents: Pick<Documents, 'forget'>
  invoices: Pick<Invoices, 'forget'>
  sync: Pick<Sync, 'kick' | 'connection'>
  outbox: Pick<Outbox, 'tally'>
  backups: Pick<Backups, 'list'>
  backupFolder: string
  sizes: () => Promise<DataSizes>
  vault: Pick<Vault, 'state'>
  warnings: Pick<Warnings, 'list'>
  clock: Pick<Clock, 'now'>
  emit: (event: ConsoleEvent) => void
}

/** What lies on this computer, apart from the queue itself. */
export function dataCalls(parts: DataCallParts): Calls {
  const { options, registry, documents, invoices, sync, outbox, backups, backupFolder, sizes, vault, warnings, clock, emit } = parts
  return {
    'data.clearCache': async () => {
      for (const { id } of registry.list()) {
        documents.forget(id)
        await invoices.forget(id)
        emit({ event: 'cache.changed', payload: { workspaceId: id, topics: Object.keys(documentTopics) } })
        sync.kick(id)
      }
      return {}
    },
    'data.diagnostics': async () => {
      const now = clock.now()
      const workspaces = registry.list().map((record) => {
        const { state, live, asOf, clockOffsetMs } = sync.connection(record.id)
        const tally = Object.fromEntries(Object.entries(outbox.tally(record.id)).map(([name, { count, bytes }]) => [name, `${count} (${bytes} bytes)`]))
        return { id: record.id, catalog: record.catalog, deployment: record.deployment, role: record.role, state, live, asOf, clockOffsetMs, queue: tally }
      })
      const facts = {
        product: `Tidemark ${options.version}`,
        writtenAt: new Date(now).toISOString(),
        host: options.host,
        system: `${platform()} ${release()} ${arch()}`,
        node: process.version,
        vault: vault.state(),
        sizesBytes: await sizes(),
        warnings: warnings.list().map(({ kind, at }) => ({ kind, at: new Date(at).toISOString() })),
        workspaces,
      }
      return { fileName: `tidemark-diagnostics-${timeStamp(now)}.json`, text: `${JSON.stringify(facts, null, 2)}\n` }
    },
    'backups.restore': ({ name }) => {
      if (name !== null && !backups.list().some((copy) => copy.name === name))
        throw new ConsoleFailure('not_found', 'This copy is not there any more.', 'Choose another one.')
      planRestore(backupFolder, name)
      emit({ event: 'backups.changed', payload: {} })
      return {}
    },
    'backups.planned': () => ({ name: plannedRestore(backupFolder) }),
  }
}
