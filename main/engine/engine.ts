import { mkdirSync } from 'node:fs'
import type { EngineCallName, ConsoleEvent } from '../../shared/contract/console.ts'
import type { EngineOptions, SecretStore, StartNotice } from '../bridge/messages.ts'
import { pathProblem } from '../bridge/private-folder.ts'
import type { Clock, Random } from './base/clock.ts'
import { answerCall, type Handlers } from './bridge/handlers.ts'
import { type AccountsParts, composeAccounts } from './compose/accounts.ts'
import { type BillingParts, composeBilling } from './compose/billing.ts'
import { composeDelivery } from './compose/delivery.ts'
import { composeHandlers } from './compose/handlers.ts'
import { type IntakeParts, composeIntake } from './compose/intake.ts'
import { composeStores } from './compose/stores.ts'
import { composeFirstWorkspaces, composeSync } from './compose/sync.ts'
import { createWorkspaceViews } from './billing/workspace-view.ts'
import { createSubKeyRequests } from './vault/keys/sub-key-requests.ts'
import { type UpkeepParts, composeUpkeep } from './compose/upkeep.ts'
import { composeUsageFiles } from './compose/usage-files.ts'
import type { UsageFiles } from './billing/usage-file/usage-files.ts'
import { type VaultParts, composeVault } from './compose/vault.ts'
import { watchLostKey } from './compose/lost-key.ts'
import { composeWatchers } from './compose/watchers.ts'
import type { Drainer } from './outbox/delivery/drainer.ts'
import { createOutbox, type Outbox } from './outbox/outbox.ts'
import { removeStalePortFile } from './intake/port-file.ts'
import { type Journal, openJournal } from './journal/journal.ts'
import type { NoteFault } from './compose/faults.ts'
import { type DiskGuard, isDiskFullError } from './store/disk-space.ts'
import type { IntegrityCheck } from './store/integrity-check.ts'
import { createStartReserve, spendStartReserve, type StartReserve } from './store/start-reserve.ts'
import type { Stores } from './store/stores.ts'
import { setWrongKindsAside } from './store/wrong-kinds.ts'
import type { Engine } from './running-engine.ts'
import { startWaitingEngine } from './waiting-engine.ts'
import type { FirstWorkspaces } from './sync/accounts/first-workspaces.ts'
import type { FindProxy } from './sync/client/network.ts'
import { type LeftOutNotice, tellLeftOut } from './sync/documents/left-out-notice.ts'
import type { Sync } from './sync/sync.ts'

export type { Engine }

export type EngineParts = {
  options: EngineOptions
  secrets: SecretStore
  clock: Clock
  random: Random
  emit: (event: ConsoleEvent) => void
  /** One line for the log; never holds a secret or what a person wrote. */
  report: (line: string) => void
  /** Ends this engine and starts another one: a database has to be mended before it is used on. Not given: nobody does that. */
  restart?: (reason: string) => void
  /** The system's proxy for an address, where the host knows it. */
  findProxy?: FindProxy
}

/**
 * Starts the engine. On a disk without a free byte it gives up what was reserved for that; where that is not enough, it waits for room.
 */
export async function startEngine(parts: EngineParts): Promise<Engine> {
  const { options, clock, report } = parts
  try {
    return await startWhole(parts)
  } catch (error) {
    if (!isDiskFullError(error)) throw error
  }
  try {
    if (spendStartReserve(options.dataDir)) return await startWhole(parts)
  } catch (error) {
    if (!isDiskFullError(error)) throw error
  }
  const start = (intakePort: number): Promise<Engine> => startWhole({ ...parts, options: { ...options, intakePort } })
  return startWaitingEngine({ port: options.intakePort, clock, report, start })
}

/**
 * Starts the engine. It answers calls as soon as the stores are open; the network, the agents' door and LanceDB come after. What is stopped
 * first feeds what is stopped after it.
 */
async function startWhole(parts: EngineParts): Promise<Engine> {
  const {
    stores,
    accounts,
    billing,
    outbox,
    sealed,
    intake,
    usageFiles,
    sync,
    drainer,
    disk,
    integrity,
    noteFault,
    backups,
    upkeep,
    reserve,
    noteLostKey,
    leftOutNotice,
    firstWorkspaces,
    handlers,
  } = composed(parts, await openJournal({ dataDir: parts.options.dataDir, clock: parts.clock }))
  const { registry, egress, network, bigAnswers } = accounts
  const { vault, envelopes, mover, mender, journal, fronts } = sealed
  const { auditLog } = billing

  let port: number
  try {
    // Before anything is queued: what comes then gets a place after everything that was acknowledged before.
    await journal.recover()
    await vault.initialise()
    if (vault.state() === 'empty') noteLostKey()
    await upkeep.recover()
    await disk.start()
    port = (await intake.start()).port
    reserve.start()
    mover.start()
    journal.keeper.start()
    mender.start()
    sync.start()
    backups.start()
    upkeep.start()
    integrity.start()
    auditLog.start(registry.list().map(({ id }) => id))
  } catch (error) {
    // No agent may go on looking at a door that leads nowhere.
    await stop()
    throw error
  }
  void firstWorkspaces.start().then(() => backups.noteChange())

  return {
    intakePort: port,
    async call(name, input) {
      const result = await answerCall(handlers, name, input, noteFault)
      if (result.ok && COPIED_SOON_AFTER.has(name)) backups.noteChange()
      return result
    },
    power: (state) => (state === 'suspend' ? sync.suspend() : sync.resume()),
    noteLeftOut: (name, leftOut) => leftOutNotice.notePage(name, leftOut),
    noteRequest: ({ path, ...note }) => egress.begin({ ...note, path, route: path, workspaceId: null }),
    noteAnswer: (row, status, durationMs) => egress.complete(row, status, durationMs),
    stop,
  }

  async function stop(): Promise<void> {
    const steps: [string, () => Promise<void> | void][] = [
      ['first workspaces', () => firstWorkspaces.stop()],
      ['intake', () => intake.stop()],
      ['usage files', () => usageFiles.stop()],
      ['upkeep', () => upkeep.stop()],
      ['audit log', () => auditLog.stop()],
      ['outbox', () => drainer.stop()],
      ['sync', () => sync.stop()],
      ['fronts', () => fronts.stop()],
      ['mender', () => mender.stop()],
      ['mover', () => mover.stop()],
      ['journal', () => journal.keeper.stop()],
      ['backups', () => backups.stop()],
      ['reserve', () => reserve.stop()],
      ['integrity', () => integrity.stop()],
      ['disk', () => disk.stop()],
      ['last writes', () => vault.subKeys.saveLastWrites()],
      ['queue', () => outbox.close()],
      ['envelopes', () => envelopes.close()],
      ['network', () => network.close()],
      ['big answers', () => bigAnswers.close()],
      ['stores', () => stores.close()],
    ]
    for (const [what, step] of steps) {
      try {
        await step()
      } catch (error) {
        // A full disk or a damaged page must not keep the rest from ending in order.
        noteFault(`stopping (${what})`, error)
      }
    }
  }
}

/** What was opened is closed again when the rest cannot be wired. */
function composed(parts: EngineParts, journal: Journal): EngineAreas {
  let opened: Stores | null = null
  try {
    return composeEngine(parts, journal, (stores) => {
      opened = stores
    })
  } catch (error) {
    const { close } = opened ?? { close: () => undefined }
    close()
    throw error
  }
}

/** What these change is little, and without it nothing else of outbox.db finds its account or its agent. */
const COPIED_SOON_AFTER: ReadonlySet<EngineCallName> = new Set([
  'workspaces.add',
  'workspaces.signIn',
  'workspaces.remove',
  'workspaces.rename',
  'subKeys.create',
  'subKeys.rename',
  'subKeys.revoke',
  'vault.importBackup',
] satisfies EngineCallName[])

/** One warning of each kind is shown: what is of the same kind is said in one. */
function joined(notices: readonly StartNotice[]): StartNotice[] {
  const kinds = [...new Set(notices.map(({ kind }) => kind))]
  return kinds.map((kind) => ({
    kind,
    text: notices
      .filter((notice) => notice.kind === kind)
      .map(({ text }) => text)
      .join(' '),
  }))
}

type EngineAreas = UpkeepParts & {
  stores: Stores
  accounts: AccountsParts
  billing: BillingParts
  outbox: Outbox
  sealed: VaultParts
  intake: IntakeParts
  usageFiles: UsageFiles
  sync: Sync
  drainer: Drainer
  disk: DiskGuard
  /** There are envelopes here and no key. Told until there is one. */
  noteLostKey: () => void
  leftOutNotice: LeftOutNotice
  firstWorkspaces: FirstWorkspaces
  integrity: IntegrityCheck
  noteFault: NoteFault
  reserve: StartReserve
  handlers: Handlers
}

/** What everything else stands on: who listens, the stores, the accounts, what is read of them, the queue and the sealed envelopes. */
function composeFoundation(
  { options, secrets, clock, emit: send, report, restart, findProxy }: EngineParts,
  journal: Journal,
  opened: (stores: Stores) => void,
) {
  const { dataDir, version } = options
  const problem = pathProblem(dataDir)
  if (problem !== null) throw new Error(problem)
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const watchers: ((event: ConsoleEvent) => void)[] = [send]
  const emit = (event: ConsoleEvent): void => {
    for (const watch of watchers) {
      try {
        watch(event)
      } catch (error) {
        // Whoever tells what happened has done it already; a listener's trouble is the listener's own.
        noteFault(event.event, error)
      }
    }
  }
  const notices = [...(options.notices ?? []), ...setWrongKindsAside(dataDir).map((text): StartNotice => ({ kind: 'folder', text }))]
  removeStalePortFile(dataDir)
  const opening = composeStores({ dataDir, clock, emit, report, restart })
  const { stores, local, warnings, warn, disk, noteFault } = opening
  opened(stores)
  for (const { kind, text } of joined(notices)) {
    warn(kind, text)
    report(text)
  }
  const accounts = composeAccounts({ stores, local, secrets, clock, version, findProxy })
  const { registry } = accounts
  const billing = composeBilling({ dataDir, stores, local, client: accounts.client, clock, emit, report })
  const outbox = createOutbox({ database: stores.outbox, clock, clockOffsetMs: (workspaceId) => accounts.client.clockOffsetMs(workspaceId) })
  const sealed = composeVault({ dataDir, stores, secrets, registry, outbox, disk, clock, emit, warn, report, noteFault, journal, warnings, local })
  return { ...opening, watchers, emit, accounts, billing, outbox, sealed }
}

/** Opens the stores and wires the areas, each from those before it. Nothing runs yet. */
function composeEngine(parts: EngineParts, journal: Journal, opened: (stores: Stores) => void): EngineAreas {
  const { options, clock, random, report, restart } = parts
  const { dataDir, intakePort, trustedLoopbackOrigins } = options
  const foundation = composeFoundation(parts, journal, opened)
  const { watchers, emit, stores, local, activity, warnings, warn, disk, integrity, noteFault, accounts, billing, outbox, sealed } = foundation
  const { registry, workspaceName, client, egress, device } = accounts
  const { documents } = billing
  const { vault, envelopes, reader } = sealed
  const intake = composeIntake({
    ...foundation,
    ...sealed,
    deviceId: (workspaceId) => registry.find(workspaceId)?.deviceId ?? device.id,
    dataDir,
    port: intakePort,
    random,
    registry,
    clock,
    report,
  })
  const subKeyRequests = createSubKeyRequests(client, (workspaceId) => sync.deviceId(workspaceId))
  const sync = composeSync({
    ...accounts,
    ...{ local, activity, warn, stores, documents, outbox, envelopes, vault, reader, subKeyRequests, trustedLoopbackOrigins, clock, random, emit, noteFault },
    drainer: () => drainer,
  })
  const drainer = composeDelivery({ outbox, client, reader, documents, sync, clock, random, emit, noteFault, restart })
  const views = createWorkspaceViews({ registry, documents, clock, clockOffsetMs: (workspaceId) => sync.connection(workspaceId).clockOffsetMs })
  const { isRecovered } = sealed.journal
  const { backups, upkeep } = composeUpkeep({ stores, registry, outbox, envelopes, vault, clock, emit, warn, report, noteFault, isRecovered })
  const leftOutNotice = tellLeftOut({
    setAside: documents.setAside,
    warnings,
    clock,
    workspaces: () => registry.list().map(({ id }) => id),
    nameOf: workspaceName,
  })
  watchers.push(...composeWatchers({ registry, workspaceName, views, ...billing, activity, local, warnings, outbox, clock, emit, report }))
  watchers.push(({ event }) => {
    if (event === 'workspaces.changed') upkeep.accountsChanged()
  })
  outbox.subscribe((_, news) => {
    sealed.journal.keeper.notify()
    if (news !== 'enqueued') return
    sealed.mover.notify(1)
    backups.noteWrite()
  })
  const lostKey = watchLostKey({ warnings, warn, report })
  watchers.push(lostKey.watch)
  const firstWorkspaces = composeFirstWorkspaces({
    ...{ firstWorkspaces: options.firstWorkspaces, sync, registry, vault, clock, emit, report },
    added: () => backups.noteChange(),
  })
  const usageFiles = composeUsageFiles({ client, view: views.view, sync, activity, clock })
  const handlers = composeHandlers({
    awaited: () => firstWorkspaces.awaited(),
    ...{ options, clock, emit, local, activity, warnings, registry, egress, device, client, ...billing, outbox, reader, envelopes, vault },
    ...{ sync, drainer, backups, subKeyRequests, titles: sealed.titles, imports: intake.imports, intake: intake.intake, usageFiles },
    view: views.view,
    backupFolder: stores.backupFolder,
  })
  const reserve = createStartReserve({ dataDir, disk, clock })
  return {
    ...{ stores, accounts, billing, outbox, sealed, intake, usageFiles, sync, drainer, disk, integrity, noteFault, backups, upkeep, reserve },
    ...{ noteLostKey: lostKey.note, leftOutNotice, firstWorkspaces, handlers },
  }
}
