import type { CallOutput, Checkout, Connection, ConsoleEvent } from '../../../shared/contract/console.ts'
import type { Order } from '../../../shared/contract/console/offers.ts'
import type { Counter } from '../../../shared/contract/platform.ts'
import type { Clock, Random } from '../base/clock.ts'
import { ConsoleFailure } from '../base/failure.ts'
import type { Database } from '../store/database.ts'
import { addAccount, signInAgain } from './accounts/accounts.ts'
import { Announcer } from './feed/announcer.ts'
import { CheckoutStore } from './checkouts/checkout-store.ts'
import { Checkouts } from './checkouts/checkouts.ts'
import { Instances } from './accounts/instances.ts'
import type { DeviceIdentity } from './accounts/device-identity.ts'
import { type DeviceRow, listDevices, revokeDevice } from './accounts/devices.ts'
import type { Documents, TopicBody } from './documents/documents.ts'
import type { EgressLog } from './client/egress-log.ts'
import type { HttpPlatformClient, Outcome } from './client/http-platform-client.ts'
import type { HistoryComparison } from './feed/history-comparison.ts'
import { PresentCounts } from './present-counts.ts'
import { LocalSettings } from '../store/local-settings.ts'
import { type RestoredPage, Restores, type Progress } from './restore.ts'
import type { SessionRefusal } from './accounts/session-lease.ts'
import type { Tokens } from './accounts/tokens.ts'
import type { WorkspaceRecord, WorkspaceRegistry } from './accounts/workspace-registry.ts'
import { WorkspaceSync } from './feed/workspace-sync.ts'

export type SyncOptions = {
  /** outbox.db: registry, device identity, local settings, checkouts. */
  outboxDatabase: Database
  registry: WorkspaceRegistry
  documents: Documents
  device: DeviceIdentity
  tokens: Tokens
  client: HttpPlatformClient
  egress: EgressLog
  /** Deals with a platform that went back to an earlier state. */
  histories: HistoryComparison
  clock: Clock
  random: Random
  trustedLoopbackOrigins: readonly string[]
  emit(event: ConsoleEvent): void
  /** Counters of this workspace were read or moved: what fits now may be released. Called at each connect too. */
  onCounters(workspaceId: string): void
  /** Connected, or a session was had at last: what waits for the network may try again. */
  onOnline(workspaceId: string): void
  /** Envelopes that a restore brought back. Resolves when they are durable; must bear a repeat. */
  onRestored(workspaceId: string, page: RestoredPage): Promise<void>
  /** Another data folder has run as the device that this one was there. */
  onForked(workspaceId: string, deviceId: string): void
  /** A page of a restore was answered: one more sync operation of this device. */
  onRestorePage(workspaceId: string): void
  /** A file of this computer could not be read or written; what was under way is tried again. */
  onFault?(error: unknown): void
}

/** Which session a push names. */
export type SessionProvider = {
  current(workspaceId: string): string | null
  /** The platform does not know the session that was named. */
  noteLost(workspaceId: string): void
}

export type AuditInputs = {
  /** What the platform says it has of this device; null: not heard yet. */
  device: TopicBody<'device_counter'> | null
  /** Asked for this moment; else what was heard last, because it cannot be asked. A platform that keeps no such count is told by its last one. */
  isOfNow: boolean
  counters: Counter[]
  asOf: number | null
}

export type Sync = {
  readonly sessions: SessionProvider & { refusal(workspaceId: string): SessionRefusal | null }
  /** Starts a loop for each workspace, and goes on with checkouts and restores. */
  start(): void
  stop(): Promise<void>
  suspend(): void
  resume(): void

  /** @param hasMoved the person says that a platform that is known elsewhere moved to this address. */
  add(url: string, token: string, hasMoved?: boolean): Promise<WorkspaceRecord>
  signIn(workspaceId: string, token: string): Promise<void>
  /** Stops it, forgets token, cache and what this computer noted of it (its own name for it, the last visit). Its queue stays. */
  remove(workspaceId: string): Promise<void>
  connection(workspaceId: string): Connection
  /** Tries again, or reads the changes, at once. */
  kick(workspaceId: string): void
  /** Counters that came with the answer of a push or a delete. */
  observeCounters(workspaceId: string, counters: readonly Counter[], device: TopicBody<'device_counter'> | null): void
  auditInputs(workspaceId: string): Promise<AuditInputs>
  /** Who this computer is to this platform: what pushes and sub-keys name as `device_id`. */
  deviceId(workspaceId: string): string

  listDevices(workspaceId: string): DeviceRow[]
  renameDevice(workspaceId: string, deviceId: string, name: string): void
  revokeDevice(workspaceId: string, deviceId: string): Promise<void>

  startCheckout(workspaceId: string, order: Omit<Order, 'cancel'> & { quoteId?: string | undefined }): Promise<Checkout>
  checkoutStatus(workspaceId: string): Checkout | null
  dismissCheckout(workspaceId: string): void
  portal(workspaceId: string): Promise<{ url: string }>
  /** @throws ConsoleFailure when a page that the platform names may not be opened. */
  pageAddress(url: string): string
  preview(workspaceId: string, order: Order & { tenantId?: string | undefined }): Promise<CallOutput<'billing.preview'>>

  startRestore(workspaceId: string): void
  restoreProgress(workspaceId: string): Progress
  /** Whether everything of this workspace was ever fetched to this folder. */
  wasRestored(workspaceId: string): boolean
}

/** Endpoints that others than the loops call: their answers tell the loops about sign-in and network. */
const CALLED_BY_OTHERS: ReadonlySet<Outcome['endpoint']> = new Set([
  'push',
  'deleteEnvelope',
  'putSetting',
  'putAlert',
  'deleteAlert',
  'restore',
  'createSubKey',
  'createCheckout',
])

/** Old rows of the egress log are summed up when the start is over, then every few hours. */
const ROLL_UP_FIRST_MS = 60_000
const ROLL_UP_NEXT_MS = 1_000
const ROLL_UP_EVERY_MS = 6 * 3_600_000

/** All that goes between this computer and the platforms, apart from the queue: one independent loop a workspace. */
export function createSync(options: SyncOptions): Sync {
  const { outboxDatabase, registry, documents, device, tokens, client, clock, random, emit } = options
  const loops = new Map<string, WorkspaceSync>()
  const announcers = new Map<string, Announcer>()
  const accounts = { client, registry, tokens }
  const settings = new LocalSettings(outboxDatabase)
  const instances = new Instances(outboxDatabase)
  const presentCounts = new PresentCounts(client, clock)
  const checkouts = new Checkouts({
    client,
    registry,
    documents,
    clock,
    emit,
    store: new CheckoutStore(outboxDatabase),
    trustedLoopbackOrigins: options.trustedLoopbackOrigins,
    onDone: (workspaceId) => loops.get(workspaceId)?.kick(),
  })
  const restores = new Restores({
    client,
    documents,
    clock,
    random,
    emit,
    settings,
    onBatch: options.onRestored,
    onPage: options.onRestorePage,
    deviceId,
  })
  let endOutcomes = (): void => undefined
  let cancelRollUp = (): void => undefined
  let started = false

  return {
    sessions: {
      current: (workspaceId) => loops.get(workspaceId)?.session.current ?? null,
      noteLost: (workspaceId) => loops.get(workspaceId)?.sessionLost(),
      refusal: (workspaceId) => loops.get(workspaceId)?.session.refusal ?? null,
    },
    start() {
      started = true
      endOutcomes = client.onOutcome(noteOutcome)
      for (const { id } of registry.list()) startLoop(id)
      checkouts.resume()
      restores.resume(registry.list().map(({ id }) => id))
      cancelRollUp = clock.after(ROLL_UP_FIRST_MS, rollUp)
    },
    async stop() {
      started = false
      endOutcomes()
      cancelRollUp()
      checkouts.stop()
      restores.stop()
      const stopping = [...loops.values()].map((loop) => loop.stop())
      await Promise.all(stopping)
      loops.clear()
    },
    suspend() {
      for (const loop of loops.values()) loop.suspend()
    },
    resume() {
      for (const loop of loops.values()) loop.resume()
    },

    async add(url, token, hasMoved = false) {
      const record = await addAccount(accounts, url, token, hasMoved)
      // A workspace that was known goes on in its loop, with the token and address of now.
      if (loops.has(record.id)) loops.get(record.id)?.kick()
      else if (started) startLoop(record.id)
      emit({ event: 'workspaces.changed', payload: {} })
      return record
    },
    async signIn(workspaceId, token) {
      await signInAgain(accounts, workspaceId, token)
      // A device that was revoked stays so: whoever signs in again on this computer comes back as another one.
      if (loops.get(workspaceId)?.connection.state === 'device_revoked') registry.replaceDevice(workspaceId)
      else registry.setDeviceRegistered(workspaceId, null)
      loops.get(workspaceId)?.kick()
      emit({ event: 'workspaces.changed', payload: {} })
    },
    async remove(workspaceId) {
      if (registry.find(workspaceId) === null) throw new ConsoleFailure('not_found', 'This workspace is not known here.', 'Look at the list again.')
      const loop = loops.get(workspaceId)
      loops.delete(workspaceId)
      await loop?.stop()
      announcers.delete(workspaceId)
      checkouts.dismiss(workspaceId)
      restores.forget(workspaceId)
      registry.remove(workspaceId)
      settings.forget(workspaceId)
      await tokens.forget(workspaceId)
      documents.forget(workspaceId)
      client.forget(workspaceId)
      emit({ event: 'workspaces.changed', payload: {} })
    },
    connection: (workspaceId) =>
      loops.get(workspaceId)?.connection ?? {
        state: 'connecting',
        detail: null,
        asOf: documents.asOf(workspaceId),
        isAgeUnknown: documents.asOfInFuture(workspaceId) !== null,
        live: 'off',
        clockOffsetMs: null,
        retryAt: null,
      },
    kick: (workspaceId) => {
      loops.get(workspaceId)?.kick()
      restores.nudge(workspaceId)
    },
    observeCounters(workspaceId, counters, deviceCounter) {
      const changed = documents.observeCounters(workspaceId, counters, deviceCounter)
      if (changed.size === 0) return
      announcers.get(workspaceId)?.cacheChanged(changed)
      if (!changed.has('counter')) return
      loops.get(workspaceId)?.countersMoved()
      options.onCounters(workspaceId)
    },
    async auditInputs(workspaceId) {
      const known = documents.read(workspaceId, 'device_counter', deviceId(workspaceId))
      const counters = documents.list(workspaceId, 'counter')
      const asOf = documents.asOf(workspaceId)
      const answer = await presentCounts.ask(workspaceId, deviceId(workspaceId))
      if (answer.kind === 'ok') return { device: answer.value, isOfNow: true, counters, asOf: clock.now() }
      return { device: known, isOfNow: answer.kind === 'error' && (answer.status === 404 || answer.status === 405 || answer.status === 501), counters, asOf }
    },

    deviceId,

    listDevices: (workspaceId) => listDevices({ client, documents, device, deviceId }, workspaceId),
    renameDevice(workspaceId, id, name) {
      device.rename(id, name)
      announcers.get(workspaceId)?.cacheChanged(['device'])
    },
    async revokeDevice(workspaceId, id) {
      await revokeDevice({ client, documents }, workspaceId, id)
      loops.get(workspaceId)?.kick()
    },

    startCheckout: (workspaceId, order) => checkouts.start(workspaceId, order),
    checkoutStatus: (workspaceId) => checkouts.status(workspaceId),
    dismissCheckout: (workspaceId) => checkouts.dismiss(workspaceId),
    portal: (workspaceId) => checkouts.portal(workspaceId),
    preview: (workspaceId, order) => checkouts.preview(workspaceId, order),
    pageAddress: (url) => checkouts.pageAddress(url),

    startRestore: (workspaceId) => restores.start(workspaceId),
    restoreProgress: (workspaceId) => restores.progress(workspaceId),
    wasRestored: (workspaceId) => restores.wasFinished(workspaceId),
  }

  function noteFault(error: unknown): void {
    options.onFault?.(error)
  }

  function deviceId(workspaceId: string): string {
    return registry.find(workspaceId)?.deviceId ?? device.id
  }

  /**
   * The copy or the original, whichever is noticed. In this order: a crash in between leaves the old id, and it is noticed again. Writes go on
   * meanwhile: what is written before the other versions are here becomes a head of its own.
   */
  function becomeAnotherDevice(workspaceId: string): void {
    restores.want(workspaceId)
    options.onForked(workspaceId, deviceId(workspaceId))
    registry.replaceDevice(workspaceId)
    restores.start(workspaceId)
    emit({ event: 'workspaces.changed', payload: {} })
  }

  /** A few days at a time, so that no other work waits long for it. */
  function rollUp(): void {
    let more = false
    try {
      more = options.egress.rollUp(1) > 0
    } catch (error) {
      // A full disk, say: the rows are still there at the next time.
      noteFault(error)
    }
    cancelRollUp = clock.after(more ? ROLL_UP_NEXT_MS : ROLL_UP_EVERY_MS, rollUp)
  }

  function startLoop(workspaceId: string): void {
    const announcer = new Announcer(workspaceId, clock, emit)
    announcers.set(workspaceId, announcer)
    const loop = new WorkspaceSync({
      workspaceId,
      client,
      registry,
      documents,
      announcer,
      histories: options.histories,
      clock,
      random,
      deviceId: () => deviceId(workspaceId),
      instances,
      onForked: () => becomeAnotherDevice(workspaceId),
      onCounters() {
        options.onCounters(workspaceId)
        restores.nudge(workspaceId)
      },
      onOnline: () => options.onOnline(workspaceId),
      onChanged(topics) {
        if (topics.has('checkout')) checkouts.noteChanges(workspaceId)
      },
      onFacts: () => emit({ event: 'workspaces.changed', payload: {} }),
      onFault: noteFault,
    })
    loops.set(workspaceId, loop)
    loop.start()
  }

  /** A push that gets through, or is told that nobody is signed in, knows more than a loop that waits. */
  function noteOutcome({ workspaceId, endpoint, answer }: Outcome): void {
    if (answer.kind === 'ok' && answer.leftOut !== undefined && registry.find(workspaceId) !== null)
      documents.setAside.addAnswer(workspaceId, endpoint, answer.leftOut)
    const loop = loops.get(workspaceId)
    if (loop === undefined || !CALLED_BY_OTHERS.has(endpoint)) return
    const online = loop.connection.state === 'online'
    // Reading goes on with a revoked device; only its session is closed. So that is what has to be asked about.
    if (online && answer.kind === 'error' && answer.error?.code === 'device_revoked') loop.sessionLost()
    else if ((online && answer.kind === 'error' && answer.status === 401) || (!online && answer.kind === 'ok')) loop.kick()
  }
}
