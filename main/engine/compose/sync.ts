import type { ConsoleEvent } from '../../../shared/contract/console.ts'
import type { EngineOptions } from '../../bridge/messages.ts'
import type { Clock, Random } from '../base/clock.ts'
import { ConsoleFailure } from '../base/failure.ts'
import type { Drainer } from '../outbox/delivery/drainer.ts'
import type { Outbox } from '../outbox/outbox.ts'
import type { Stores } from '../store/stores.ts'
import type { Documents } from '../sync/documents/documents.ts'
import { createSync, type Sync } from '../sync/sync.ts'
import { adoptRestored } from '../vault/envelopes/adopt-restored.ts'
import type { EnvelopeStore } from '../vault/envelopes/envelope-store.ts'
import type { SubKeyRequests } from '../vault/keys/sub-key-requests.ts'
import type { Vault } from '../vault/vault.ts'
import type { AccountsParts } from './accounts.ts'
import type { NoteFault } from './faults.ts'

export type SyncNeeds = Pick<AccountsParts, 'registry' | 'device' | 'tokens' | 'client' | 'egress'> & {
  stores: Pick<Stores, 'outbox'>
  documents: Documents
  outbox: Outbox
  envelopes: EnvelopeStore
  vault: Vault
  subKeyRequests: SubKeyRequests
  /** Asked only once sync has started: the drainer needs sync, too, and is made after it. */
  drainer: () => Drainer
  trustedLoopbackOrigins: readonly string[]
  clock: Clock
  random: Random
  emit: (event: ConsoleEvent) => void
  noteFault: NoteFault
}

/** The loops that read from the platforms, and what their news sets off in queue and vault. */
export function composeSync(needs: SyncNeeds): Sync {
  const {
    stores,
    registry,
    documents,
    device,
    tokens,
    client,
    egress,
    outbox,
    envelopes,
    vault,
    subKeyRequests,
    drainer,
    trustedLoopbackOrigins,
    clock,
    random,
    emit,
    noteFault,
  } = needs
  return createSync({
    outboxDatabase: stores.outbox,
    registry,
    documents,
    device,
    tokens,
    client,
    egress,
    clock,
    random,
    trustedLoopbackOrigins,
    emit,
    onCounters: (workspaceId) => drainer().countersChanged(workspaceId),
    onOnline(workspaceId) {
      drainer().start(workspaceId)
      drainer().resume(workspaceId)
      drainer().wake(workspaceId)
      void vault.subKeys.settle(workspaceId, subKeyRequests.revoke).catch(() => undefined)
    },
    onRestorePage: (workspaceId) => outbox.noteRestorePage(workspaceId),
    onFault: (error) => noteFault('sync', error),
    onRestored: (workspaceId, restored) => adoptRestored({ outbox, envelopes }, workspaceId, restored),
  })
}

export type FirstWorkspacesNeeds = Pick<AccountsParts, 'registry'> &
  Pick<EngineOptions, 'firstWorkspaces'> & { sync: Sync; vault: Vault; report: (line: string) => void }

/** The sandbox's accounts, or the one that was named at the start: added once, then known like any other. */
export async function addFirstWorkspaces({ firstWorkspaces, sync, registry, vault, report }: FirstWorkspacesNeeds): Promise<void> {
  for (const { url, token } of firstWorkspaces) {
    try {
      const record = await sync.add(url, token)
      vault.subKeys.adopt(record.id, record.platformId, record.url)
    } catch (error) {
      // Known from an earlier start, it works offline; a first start without the platform says so.
      if (registry.list().length === 0) report(`The platform did not answer: ${error instanceof ConsoleFailure ? error.message : 'unknown error'}`)
    }
  }
}
