import type { ConsoleEvent } from '../../../shared/contract/console.ts'
import type { Clock, Random } from '../base/clock.ts'
import { quotaView } from '../billing/quota-view.ts'
import { createDrainer, type Drainer } from '../outbox/delivery/drainer.ts'
import type { CiphertextReader } from '../outbox/item.ts'
import type { Outbox } from '../outbox/outbox.ts'
import type { PlatformClient } from '../sync/client/platform-client.ts'
import type { Documents } from '../sync/documents/documents.ts'
import type { Sync } from '../sync/sync.ts'
import type { NoteFault } from './faults.ts'

export type DeliveryNeeds = {
  outbox: Outbox
  client: PlatformClient
  reader: CiphertextReader
  documents: Documents
  sync: Sync
  clock: Clock
  random: Random
  emit: (event: ConsoleEvent) => void
  noteFault: NoteFault
  /** Ends the engine and starts it anew. */
  restart: ((reason: string) => void) | undefined
}

/** What takes the queue to the platforms. */
export function composeDelivery({ outbox, client, reader, documents, sync, clock, random, emit, noteFault, restart }: DeliveryNeeds): Drainer {
  return createDrainer({
    outbox,
    client,
    reader,
    quota: quotaView(documents),
    sessions: sync.sessions,
    deviceId: (workspaceId) => sync.deviceId(workspaceId),
    clock,
    random,
    emit,
    onCounters: sync.observeCounters,
    onPaused: (workspaceId) => sync.kick(workspaceId),
    onFault(_, error) {
      noteFault('outbox', error)
      // What it left half done, a start puts right; without one this workspace would send nothing more.
      restart?.('the delivery of a workspace ended with an error')
    },
  })
}
