import type { z } from 'zod'
import type { ConsoleEvent } from '../../../../shared/contract/console.ts'
import type { counter, deviceCounter } from '../../../../shared/contract/platform.ts'
import type { Clock, Random } from '../../base/clock.ts'
import type { PlatformClient } from '../../sync/client/platform-client.ts'
import type { CiphertextReader } from '../item.ts'
import type { DeliveryPort, PauseReason } from '../queue/delivery-port.ts'
import type { DrainProgress } from './drain-progress.ts'
import type { QuotaView } from './hold-release.ts'

export type SessionProvider = {
  /** Id of the open session; null: there is none. */
  current(workspaceId: string): string | null
  /** The platform does not know the session that was named. */
  noteLost(workspaceId: string): void
}

export type DrainerOptions = {
  outbox: DeliveryPort
  client: PlatformClient
  reader: CiphertextReader
  quota: QuotaView
  sessions: SessionProvider
  /** As whom this computer pushes; a revoked device comes back with another id. */
  deviceId(workspaceId: string): string
  clock: Clock
  random: Random
  emit(event: ConsoleEvent): void
  /** Counters that came with the answer to a push or a delete; called before `quota` is asked again. */
  onCounters(workspaceId: string, counters: readonly z.output<typeof counter>[], device: z.output<typeof deviceCounter> | null): void
  /** The platform wants the person: nothing more is sent until `resume`. */
  onPaused(workspaceId: string, why: PauseReason): void
  /** The drain of a workspace ended by an error that is not its business (a damaged outbox.db, say). */
  onFault(workspaceId: string, error: unknown): void
  /** So long a lone new envelope waits for company: each push is a sync operation, whatever it carries. Default 150 ms. */
  lingerMs?: number
  /** So long `stop` lets a request finish before it is broken off. Default 1,500 ms. */
  stopGraceMs?: number
}

/** What the drain of one workspace works with. */
export type WorkspaceDrainOptions = DrainerOptions & { workspaceId: string; progress: DrainProgress; changed(): void }
