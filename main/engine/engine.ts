import { randomBytes, randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { hostname } from 'node:os'
import { v7 as uuidV7 } from 'uuid'
import type { EngineCallName, ConsoleEvent, Result } from '../../shared/contract/console.ts'
import type { EgressNote, EngineOptions, SecretStore } from '../bridge/messages.ts'
import { ActivityLog } from './activity/activity-log.ts'
import { CostDays } from './billing/costs/cost-days.ts'
import { InvoiceFiles } from './billing/invoices/invoice-files.ts'
import { Invoices } from './billing/invoices/invoices.ts'
import { UsageHistory } from './billing/usage/usage-history.ts'
import { usageTopicTables } from './billing/usage/usage-tables.ts'
import { Visits } from './billing/visits.ts'
import { Ledger } from './billing/wallet/ledger.ts'
import { watchActivity } from './activity/activity-watch.ts'
import { AuditLog } from './billing/audit-log/audit-log.ts'
import { alertCalls } from './calls/alert-calls.ts'
import { auditCalls } from './calls/audit-calls.ts'
import { cheapestPlanCalls } from './calls/cheapest-plan-calls.ts'
import { costCalls } from './calls/cost-calls.ts'
import { walletCalls } from './calls/wallet-calls.ts'
import { invoiceCalls } from './calls/invoice-calls.ts'
import { usageCalls } from './calls/usage-calls.ts'
import { billingCalls } from './calls/billing-calls.ts'
import { answerCall, type Handlers } from './bridge/handlers.ts'
import { honestyCalls } from './calls/honesty-calls.ts'
import { identityCalls, revokeSubKey } from './calls/identity-calls.ts'
import { dataCalls } from './calls/data-calls.ts'
import { dataSizes, localCalls } from './calls/local-calls.ts'
import { offerCalls } from './calls/offer-calls.ts'
import { outboxCalls } from './calls/outbox-calls.ts'
import { catalogOf, meterName, overviewCalls } from './calls/overview-calls.ts'
import { settingsCalls } from './calls/settings-calls.ts'
import { workspaceCalls } from './calls/workspace-calls.ts'
import { watchFiredAlerts } from './billing/fired-alerts.ts'
import { whyNot } from './billing/permissions.ts'
import type { Clock, Random } from './base/clock.ts'
import { createDiskGuard } from './store/disk-space.ts'
import { ConsoleFailure } from './base/failure.ts'
import { createDropFolder } from './intake/drop-folder.ts'
import { createImports } from './intake/imports.ts'
import { createMemoryService } from './intake/memories.ts'
import { type IntakeServer, startIntakeServer } from './intake/server.ts'
import { createUpkeep } from './vault/upkeep/upkeep.ts'
import { createMemoryTitles } from './vault/memory-titles.ts'
import { createDrainer } from './outbox/delivery/drainer.ts'
import { createOutbox } from './outbox/outbox.ts'
import { repairQueue } from './outbox/recovery/queue-repair.ts'
import { watchPlanRequests } from './billing/plans/plan-request-watch.ts'
import { quotaView } from './billing/quota-view.ts'
import { adoptRestored } from './vault/envelopes/adopt-restored.ts'
import { requireSync } from './sync/accounts/require-sync.ts'
import type { Services } from './calls/services.ts'
import { localName } from './sync/accounts/workspace-names.ts'
import { createBackups } from './store/backups.ts'
import { openStores } from './store/stores.ts'
import { DeviceIdentity } from './sync/accounts/device-identity.ts'
import { Documents } from './sync/documents/documents.ts'
import { EgressLog } from './sync/client/egress-log.ts'
import { createPlatformClient } from './sync/client/http-platform-client.ts'
import { LocalSettings } from './store/local-settings.ts'
import { type FindProxy, Network } from './sync/client/network.ts'
import { createSync } from './sync/sync.ts'
import { Tokens } from './sync/accounts/tokens.ts'
import { WorkspaceRegistry } from './sync/accounts/workspace-registry.ts'
import { createCiphertextReader } from './vault/envelopes/ciphertext-reader.ts'
import { createEnvelopeStore } from './vault/envelopes/envelope-store.ts'
import { createMover } from './vault/envelopes/mover.ts'
import { createVault } from './vault/vault.ts'
import { Warnings } from './base/warnings.ts'

export type Engine = {
  readonly intakePort: number
  call(name: EngineCallName, input: unknown): Promise<Result<unknown>>
  power(state: 'suspend' | 'resume'): void
  /** The host's own requests (the updater's) in the egress log. @throws when the row cannot be written: then nothing may leave. */
  noteRequest(note: EgressNote): number
  noteAnswer(row: number, status: number | null, durationMs: number): void
  /** Finishes the writes in hand and closes every file. */
  stop(): Promise<void>
}

export type EngineParts = {
  options: EngineOptions
  secrets: SecretStore
  clock: Clock
  random: Random
  emit: (event: ConsoleEvent) => void
  /** One line for the log; never holds a secret or what a person wrote. */
  report: (line: string) => void
  /** The system's proxy for an address, where the host knows it. */
  findProxy?: FindProxy
}

/**
 * Composition: opens the stores, wires the services, answers the bridge. Answers calls as soon as the stores are open;
 * the network, the agents' door and LanceDB come after.
 */
export async function startEngine({ options, secrets, clock, random, emit: send, report, findProxy }: EngineParts): Promise<Engine> {
  const { dataDir } = options
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const watchers: ((event: ConsoleEvent) => void)[] = [send]
  const emit = (event: ConsoleEvent): void => {
    for (const watch of watchers) watch(event)
  }
  const warnings = new Warnings(emit)
  const warn = (kind: Parameters<Warnings['set']>[0]['kind'], text: string): void => warnings.set({ kind, text, at: clock.now() })
  const stores = openStores({ dataDir, clock, repairQueue, warn })

  const local = new LocalSettings(stores.outbox)
  const registry = new WorkspaceRegistry(stores.outbox, clock)
  /** As this computer calls it. */
  const workspaceName = (workspaceId: string): string => localName(local, workspaceId) ?? registry.find(workspaceId)?.name ?? ''
  const auditLog = new AuditLog({ database: stores.cache, clock, emit, report })
  const costDays = new CostDays(stores.cache)
  const ledger = new Ledger(stores.cache)
  const documents = new Documents(stores.cache, clock, [
    costDays.topicTable(),
    ledger.topicTable(),
    ...usageTopicTables(stores.cache),
    ...auditLog.topicTables(),
  ])
  const egress = new EgressLog(stores.egress, clock)
  const device = new DeviceIdentity(stores.outbox, clock, hostname())
  const tokens = new Tokens(secrets)
  const network = new Network(process.env, [], findProxy ?? null)
  const client = createPlatformClient({ workspaces: registry, tokens, egress, network, clock, versionLabel: `Tidemark/${options.version}` })
  const outbox = createOutbox({ database: stores.outbox, clock })
  const envelopes = createEnvelopeStore({ dataDir, clock, warn: (text) => warn('salvaged', text) })
  const reader = createCiphertextReader(outbox.stage, envelopes)
  const undelivered = (): number =>
    registry.list().reduce((sum, { id }) => {
      const { pending, sending, waiting, held, rejected } = outbox.tally(id)
      return sum + pending.count + sending.count + waiting.count + held.count + rejected.count
    }, 0)
  const vault = createVault({
    secrets,
    db: stores.outbox,
    clock,
    randomBytes: (size) => randomBytes(size),
    emit: (status) => emit({ event: 'vault.changed', payload: status }),
    hasEnvelopes: () => envelopes.exists() || outbox.stage.waitingCount() > 0,
    undeliveredCount: undelivered,
    addressOf: (workspaceId) => {
      const record = registry.find(workspaceId)
      return record === null ? null : { platformId: record.platformId, platformUrl: record.url }
    },
    workspaceAt: ({ platformId, platformUrl }) => registry.findAccount(platformId, platformUrl)?.id ?? null,
  })
  const titles = createMemoryTitles({ outbox, envelopes, vault })
  const disk = createDiskGuard({
    dataDir,
    clock,
    changed: (warning) => (warning === null ? warnings.clear('disk_low', 'disk_full') : warnings.set(warning)),
  })
  const mover = createMover({
    stage: outbox.stage,
    store: envelopes,
    clock,
    failed: (error) => {
      if (!disk.noteWriteError(error)) report(`Envelopes could not be moved: ${error instanceof Error ? error.message : 'unknown error'}`)
    },
    roomFor: (sizeBytes) => disk.hasRoomFor(sizeBytes),
  })
  const memories = createMemoryService({
    outbox,
    vault,
    ciphertexts: reader,
    maxEnvelopeBytes: (workspaceId) => registry.find(workspaceId)?.maxEnvelopeBytes ?? null,
    requireTaken: (workspaceId) => requireSync(registry.find(workspaceId), 'write'),
    disk,
    clock,
    noteWrite: vault.subKeys.noteWrite,
  })
  const activity = new ActivityLog(stores.outbox, clock)
  const invoices = new Invoices({ documents, client, files: new InvoiceFiles(dataDir) })
  const imports = createImports({
    memories,
    clock,
    newId: randomUUID,
    progress: (payload) => emit({ event: 'import.progress', payload }),
    ended: (workspaceId, text) => activity.add(workspaceId, 'import', text),
  })
  const sync = createSync({
    outboxDatabase: stores.outbox,
    registry,
    documents,
    device,
    tokens,
    client,
    egress,
    clock,
    random,
    trustedLoopbackOrigins: options.trustedLoopbackOrigins,
    emit,
    onCounters: (workspaceId) => drainer.countersChanged(workspaceId),
    onOnline(workspaceId) {
      drainer.start(workspaceId)
      drainer.resume(workspaceId)
      drainer.wake(workspaceId)
      void vault.subKeys.settle(workspaceId, revokeSubKey({ client })).catch(() => undefined)
    },
    onRestorePage: (workspaceId) => outbox.noteRestorePage(workspaceId),
    onRestored: (workspaceId, restored) => adoptRestored({ outbox, envelopes }, workspaceId, restored),
  })
  const drainer = createDrainer({
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
    onFault: (_, error) => report(`outbox: ${nameOf(error)}`),
  })
  const backups = createBackups({
    databasePath: stores.outbox.name,
    folder: stores.backupFolder,
    clock,
    failed: (error) => report(`Backup: ${error instanceof Error ? error.message : 'failed'}`),
  })
  const upkeep = createUpkeep({ outbox, envelopes, vault, database: stores.outbox, clock, report, isFullSweep: stores.salvaged })
  watchers.push(
    watchActivity(activity, {
      planName: (workspaceId) => documents.read(workspaceId, 'plan')?.plan.name ?? null,
      meterName: (workspaceId, meter) => meterName(catalogOf({ documents }, workspaceId), meter),
      heldBy: (workspaceId) => outbox.heldByMeter(workspaceId)[0]?.meter ?? null,
    }),
    (event) => watchClock(event, warn, warnings),
    (event) => auditLog.watch(event),
    (event) => void invoices.watch(event).catch((error: unknown) => report(`invoices: ${nameOf(error)}`)),
    watchPlanRequests({
      documents,
      workspaceIds: () => registry.list().map(({ id }) => id),
      catalogOf: (workspaceId) => catalogOf({ documents }, workspaceId),
      nameOf: workspaceName,
      mayDecide: (workspaceId) => whyNot({ documents, registry }, workspaceId, 'update_plan') === null,
      emit,
    }),
    watchFiredAlerts({
      documents,
      local,
      clock,
      catalogOf: (workspaceId) => catalogOf({ documents }, workspaceId),
      nameOf: workspaceName,
      emit,
    }),
  )
  outbox.subscribe((_, news) => {
    if (news === 'enqueued') mover.notify(1)
  })

  let intake: IntakeServer | null = null
  const services: Services = {
    options,
    clock,
    secrets,
    emit,
    registry,
    documents,
    local,
    usageHistory: new UsageHistory(stores.cache),
    visits: new Visits(local, clock),
    costDays,
    ledger,
    invoices,
    egress,
    device,
    client,
    sync,
    outbox,
    drainer,
    reader,
    titles,
    envelopes,
    vault,
    imports,
    activity,
    auditLog,
    warnings,
    backups,
    intake: () => intake,
  }
  const handlers: Handlers = {
    ...workspaceCalls(services),
    ...overviewCalls(services),
    ...outboxCalls(services),
    ...alertCalls(services),
    ...auditCalls(services),
    ...costCalls(services),
    ...walletCalls(services),
    ...invoiceCalls(services),
    ...usageCalls(services),
    ...billingCalls(services),
    ...cheapestPlanCalls(services),
    ...offerCalls(services),
    ...honestyCalls(services),
    ...identityCalls(services),
    ...settingsCalls(services),
    ...localCalls(services),
    ...dataCalls(services, { backupFolder: stores.backupFolder, sizes: () => dataSizes(services) }),
  }

  await vault.initialise()
  await disk.start()
  intake = await startIntakeServer({
    dataDir,
    port: options.intakePort,
    memories,
    authenticate: vault.subKeys.authenticate,
    newMemoryId: () => uuidV7(),
    unexpected: (error) => report(`intake: ${nameOf(error)}`),
  })
  const dropFolder = createDropFolder({
    dataDir,
    clock,
    memories,
    agentOf: (folderName) => agentOf(services, folderName),
    warn: (message) => report(message),
  })
  await dropFolder.start()
  mover.start()
  sync.start()
  backups.start()
  upkeep.start()
  auditLog.start(registry.list().map(({ id }) => id))
  void addFirstWorkspaces(services, report)

  return {
    intakePort: intake.port,
    call: (name, input) => answerCall(handlers, name, input, report),
    power: (state) => (state === 'suspend' ? sync.suspend() : sync.resume()),
    noteRequest: ({ path, ...note }) => egress.begin({ ...note, path, route: path, workspaceId: null }),
    noteAnswer: (row, status, durationMs) => egress.complete(row, status, durationMs),
    async stop() {
      await intake?.stop()
      await dropFolder.stop()
      imports.stop()
      await upkeep.stop()
      await auditLog.stop()
      await drainer.stop()
      await sync.stop()
      await mover.stop()
      await backups.stop()
      disk.stop()
      vault.subKeys.saveLastWrites()
      outbox.close()
      await envelopes.close()
      await network.close()
      stores.close()
    },
  }
}

/** The sandbox's accounts, or the one that was named at the start: added once, then known like any other. */
async function addFirstWorkspaces({ options, sync, registry, vault }: Services, report: (line: string) => void): Promise<void> {
  for (const { url, token } of options.firstWorkspaces) {
    try {
      const record = await sync.add(url, token)
      vault.subKeys.adopt(record.id, record.platformId, record.url)
    } catch (error) {
      // Known from an earlier start, it works offline; a first start without the platform says so.
      if (registry.list().length === 0) report(`The platform did not answer: ${error instanceof ConsoleFailure ? error.message : 'unknown error'}`)
    }
  }
}

function agentOf({ vault, registry }: Services, folderName: string): { subKeyId: string; workspaceId: string } | null {
  const keys = registry
    .list()
    .flatMap(({ id }) => vault.subKeys.list(id))
    .filter(({ revokedAt }) => revokedAt === null)
  const byId = keys.find(({ id }) => id === folderName)
  const byName = keys.filter(({ name }) => name === folderName)
  const found = byId ?? (byName.length === 1 ? byName[0] : undefined)
  return found === undefined ? null : { subKeyId: found.id, workspaceId: found.workspaceId }
}

/** Name and code of an error: its message may hold what a person wrote. */
function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error
  return 'code' in error && typeof error.code === 'string' ? `${error.name} ${error.code}` : error.name
}

/** Two minutes (protocol: "Errors", clock). */
const CLOCK_WARNING_MS = 120_000

function watchClock(event: ConsoleEvent, warn: (kind: 'clock', text: string) => void, warnings: Warnings): void {
  if (event.event !== 'connection.changed') return
  const { clockOffsetMs } = event.payload.connection
  if (clockOffsetMs === null) return
  const known = warnings.list().some(({ kind }) => kind === 'clock')
  if (Math.abs(clockOffsetMs) <= CLOCK_WARNING_MS) {
    if (known) warnings.clear('clock')
  } else if (!known) {
    const minutes = Math.round(Math.abs(clockOffsetMs) / 60_000)
    warn(
      'clock',
      `The clock of this computer is ${minutes} minutes ${clockOffsetMs > 0 ? 'behind' : 'ahead of'} the platform’s. Times shown here may be wrong; nothing is lost by it.`,
    )
  }
}
