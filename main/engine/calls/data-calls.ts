import { arch, platform, release } from 'node:os'
import { documentTopics } from '../../../shared/contract/platform/topics.ts'
import { ConsoleFailure } from '../base/failure.ts'
import type { Services } from './services.ts'
import { planRestore, plannedRestore } from '../store/planned-restore.ts'
import { timeStamp } from '../store/files.ts'
import type { Handlers } from '../bridge/handlers.ts'

type Calls = Pick<Handlers, 'data.clearCache' | 'data.diagnostics' | 'backups.restore' | 'backups.planned'>

/** What lies on this computer, apart from the queue itself. */
export function dataCalls(services: Services, { backupFolder, sizes }: { backupFolder: string; sizes: () => Promise<Record<string, number>> }): Calls {
  const { registry, documents, invoices, sync, outbox, backups, clock, options, vault, warnings } = services
  return {
    'data.clearCache': async () => {
      for (const { id } of registry.list()) {
        documents.forget(id)
        await invoices.forget(id)
        services.emit({ event: 'cache.changed', payload: { workspaceId: id, topics: Object.keys(documentTopics) } })
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
      services.emit({ event: 'backups.changed', payload: {} })
      return {}
    },
    'backups.planned': () => ({ name: plannedRestore(backupFolder) }),
  }
}
