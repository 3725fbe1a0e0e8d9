import { mkdirSync } from 'node:fs'
import type { CallName, EngineCallName, ConsoleEvent, Result } from '../../shared/contract/console.ts'
import type { LeftOut } from '../../shared/contract/lenient.ts'
import type { EgressNote, EngineOptions, SecretStore, StartNotice } from '../bridge/messages.ts'
import { pathProblem } from '../bridge/private-folder.ts'
import type { Clock, Random } from './base/clock.ts'
import { answerCall, type Handlers } from './bridge/handlers.ts'
import { type AccountsParts, composeAccounts } from './compose/accounts.ts'
import { type BillingParts, composeBilling } from './compose/billing.ts'
import { composeDelivery } from './compose/delivery.ts'
import { composeHandlers } from './compose/handlers.ts'
import { type IntakeParts, composeIntake } from './compose/intake.ts'
import { composeStores } from './compose/stores.ts'
import { addFirstWorkspaces, composeSync } from './compose/sync.ts'
import { createWorkspaceViews } from './billing/workspace-view.ts'
import { createSubKeyRequests } from './vault/keys/sub-key-requests.ts'
import { type UpkeepParts, composeUpkeep } from './compose/upkeep.ts'
import { type VaultParts, composeVault } from './compose/vault.ts'
import { composeWatchers } from './compose/watchers.ts'
import type { Drainer } from './outbox/delivery/drainer.ts'
import { createOutbox, type Outbox } from './outbox/outbox.ts'
import { removeStalePortFile } from './intake/port-file.ts'
import { type Journal, openJournal } from './journal/journal.ts'
import type { DiskGuard } from './store/disk-space.ts'
import type { Stores } from './store/stores.ts'
import { setWrongKindsAside } from './store/wrong-kinds.ts'
import type { FindProxy } from './sync/client/network.ts'
import { type LeftOutNotice, tellLeftOut } from './sync/documents/left-out-notice.ts'
import type { Sync } from './sync/sync.ts'

export type Engine = {
  readonly intakePort: number
  call(name: EngineCallName, input: unknown): Promise<Result<unknown>>
  power(state: 'suspend' | 'resume'): void
  /** A page was shown without some odd items; null: it is whole again. */
  noteLeftOut(name: CallName, leftOut: LeftOut | null): void
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
 * Starts the engine. It answers calls as soon as the stores are open; the network, the agents' door and LanceDB come after. What is stopped
 * first feeds what is stopped after it.
 */
export async function startEngine(parts: EngineParts): Promise<Engine> {
  const { stores, accounts, billing, outbox, sealed, intake, sync, drainer, disk, backups, upkeep, noteLostKey, leftOutNotice, handlers } = composeEngine(
    parts,
    await openJournal({ dataDir: parts.options.dataDir, clock: parts.clock }),
  )
  const { options, report } = parts
  const { registry, egress, network, bigAnswers } = accounts
  const { vault, envelopes, mover, journal } = sealed
  const { auditLog } = billing

  // Before anything is queued: what comes then gets a place after everything that was acknowledged before.
  await journal.recover()
  await vault.initialise()
  if (vault.state() === 'empty') noteLostKey()
  await disk.start()
  const { port } = await intake.start()
  try {
    mover.start()
    journal.keeper.start()
    sync.start()
    backups.start()
    upkeep.start()
    auditLog.start(registry.list().map(({ id }) => id))
  } catch (error) {
    // No agent may go on looking at a door that leads nowhere.
    await intake.stop()
    throw error
  }
  void addFirstWorkspaces({ firstWorkspaces: options.firstWorkspaces, sync, registry, vault, report }).then(() => backups.noteChange())

  return {
    intakePort: port,
    async call(name, input) {
      const result = await answerCall(handlers, name, input, report)
      if (result.ok && COPIED_SOON_AFTER.has(name)) backups.noteChange()
      return result
    },
    power: (state) => (state === 'suspend' ? sync.suspend() : sync.resume()),
    noteLeftOut: (name, leftOut) => leftOutNotice.notePage(name, leftOut),
    noteRequest: ({ path, ...note }) => egress.begin({ ...note, path, route: path, workspaceId: null }),
    noteAnswer: (row, status, durationMs) => egress.complete(row, status, durationMs),
    async stop() {
      await intake.stop()
      await upkeep.stop()
      await auditLog.stop()
      await drainer.stop()
      await sync.stop()
      await mover.stop()
      await journal.keeper.stop()
      await backups.stop()
      disk.stop()
      vault.subKeys.saveLastWrites()
      outbox.close()
      await envelopes.close()
      await network.close()
      await bigAnswers.close()
      stores.close()
    },
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

const LOST_KEY =
  'The key of this computer is gone, and with it the way to open what is stored here. Nothing was deleted: only your key backup opens it again, import it under Settings. Until then the vault is locked and agents are told to wait; review and delivery go on.'

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
  sync: Sync
  drainer: Drainer
  disk: DiskGuard
  /** There are envelopes here and no key. Told until there is one. */
  noteLostKey: () => void
  leftOutNotice: LeftOutNotice
  handlers: Handlers
}

/** Opens the stores and wires the areas, each from those before it. Nothing runs yet. */
function composeEngine({ options, secrets, clock, random, emit: send, report, findProxy }: EngineParts, journal: Journal): EngineAreas {
  const { dataDir, version, intakePort, trustedLoopbackOrigins } = options
  const problem = pathProblem(dataDir)
  if (problem !== null) throw new Error(problem)
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const watchers: ((event: ConsoleEvent) => void)[] = [send]
  const emit = (event: ConsoleEvent): void => {
    for (const watch of watchers) watch(event)
  }
  const notices = [...(options.notices ?? []), ...setWrongKindsAside(dataDir).map((text): StartNotice => ({ kind: 'folder', text }))]
  removeStalePortFile(dataDir)
  const { stores, local, activity, warnings, warn, disk } = composeStores({ dataDir, clock, emit })
  for (const { kind, text } of joined(notices)) {
    warn(kind, text)
    report(text)
  }
  const accounts = composeAccounts({ stores, local, secrets, clock, version, findProxy })
  const { registry, workspaceName, client, egress, device } = accounts
  const billing = composeBilling({ dataDir, stores, local, client, clock, emit, report })
  const { documents } = billing
  const outbox = createOutbox({ database: stores.outbox, clock })
  const sealed = composeVault({ dataDir, stores, secrets, registry, outbox, disk, clock, emit, warn, report, journal, warnings, local })
  const { vault, envelopes, reader } = sealed
  const intake = composeIntake({ dataDir, port: intakePort, local, random, outbox, vault, reader, registry, disk, activity, clock, emit, warn, report })
  const subKeyRequests = createSubKeyRequests(client, (workspaceId) => sync.deviceId(workspaceId))
  const sync = composeSync({
    ...accounts,
    stores,
    documents,
    outbox,
    envelopes,
    vault,
    subKeyRequests,
    drainer: () => drainer,
    trustedLoopbackOrigins,
    clock,
    random,
    emit,
  })
  const drainer = composeDelivery({ outbox, client, reader, documents, sync, clock, random, emit, report })
  const views = createWorkspaceViews({ registry, documents, clock, clockOffsetMs: (workspaceId) => sync.connection(workspaceId).clockOffsetMs })
  const { backups, upkeep } = composeUpkeep({ stores, outbox, envelopes, vault, clock, emit, report })
  const leftOutNotice = tellLeftOut({
    setAside: documents.setAside,
    warnings,
    clock,
    workspaces: () => registry.list().map(({ id }) => id),
    nameOf: workspaceName,
  })
  watchers.push(...composeWatchers({ registry, workspaceName, views, ...billing, activity, local, warnings, outbox, clock, emit, report }))
  outbox.subscribe((_, news) => {
    sealed.journal.keeper.notify()
    if (news !== 'enqueued') return
    sealed.mover.notify(1)
    backups.noteWrite()
  })
  let isKeyLost = false
  function noteLostKey(): void {
    isKeyLost = true
    warn('secrets', LOST_KEY)
    report(LOST_KEY)
  }
  watchers.push((event) => {
    if (event.event !== 'vault.changed' || event.payload.state !== 'unlocked' || !isKeyLost) return
    isKeyLost = false
    warnings.clear('secrets')
  })
  const handlers = composeHandlers({
    options,
    clock,
    emit,
    local,
    activity,
    warnings,
    registry,
    egress,
    device,
    client,
    ...billing,
    outbox,
    reader,
    titles: sealed.titles,
    envelopes,
    vault,
    imports: intake.imports,
    intake: intake.intake,
    sync,
    drainer,
    backups,
    view: views.view,
    subKeyRequests,
    backupFolder: stores.backupFolder,
  })
  return { stores, accounts, billing, outbox, sealed, intake, sync, drainer, disk, backups, upkeep, noteLostKey, leftOutNotice, handlers }
}
