import type { ConsoleEvent } from '../../../shared/contract/console.ts'
import type { ActivityLog } from '../activity/activity-log.ts'
import type { EngineOptions } from '../../bridge/messages.ts'
import type { Clock, Random } from '../base/clock.ts'
import type { LocalSettings } from '../store/local-settings.ts'
import { FirstWorkspaces } from '../sync/accounts/first-workspaces.ts'
import { adoptedWords, forkWords } from '../sync/accounts/fork-words.ts'
import type { Drainer } from '../outbox/delivery/drainer.ts'
import type { Outbox } from '../outbox/outbox.ts'
import type { Stores } from '../store/stores.ts'
import type { Documents } from '../sync/documents/documents.ts'
import { createSync, type Sync } from '../sync/sync.ts'
import { type Adopted, adoptRestored } from '../vault/envelopes/adopt-restored.ts'
import { createHeldEnvelopes } from '../histories/held-envelopes.ts'
import { HistoryCheck } from '../histories/history-check.ts'
import { HistoryNotes } from '../histories/history-notes.ts'
import type { HoldingReader } from '../vault/envelopes/ciphertext-reader.ts'
import type { EnvelopeStore } from '../vault/envelopes/envelope-store.ts'
import type { SubKeyRequests } from '../vault/keys/sub-key-requests.ts'
import type { Vault } from '../vault/vault.ts'
import type { AccountsParts } from './accounts.ts'
import type { NoteFault } from './faults.ts'

export type SyncNeeds = Pick<AccountsParts, 'registry' | 'device' | 'tokens' | 'client' | 'egress'> & {
  stores: Pick<Stores, 'outbox' | 'salvaged'>
  documents: Documents
  outbox: Outbox
  envelopes: EnvelopeStore
  vault: Vault
  reader: HoldingReader
  local: LocalSettings
  activity: Pick<ActivityLog, 'add'>
  warn: (kind: 'forked', text: string) => void
  workspaceName: (workspaceId: string) => string
  subKeyRequests: SubKeyRequests
  /** Asked only once sync has started: the drainer needs sync, too, and is made after it. */
  drainer: () => Drainer
  trustedLoopbackOrigins: readonly string[]
  clock: Clock
  random: Random
  emit: (event: ConsoleEvent) => void
  noteFault: NoteFault
}

/** outbox.db was put back from a copy, or mended, since a platform last knew it. */
const REBUILT = 'rebuilt'

function takesOverKey(workspaceId: string): string {
  return `takes over/${workspaceId}`
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
    reader,
    subKeyRequests,
    drainer,
    trustedLoopbackOrigins,
    clock,
    random,
    emit,
    noteFault,
    local,
    activity,
    warn,
    workspaceName,
  } = needs
  // Said when the platform notices it, which may be after another start.
  if (stores.salvaged) local.set(REBUILT, 'yes')
  const takenOver = new Map<string, Adopted>()
  /** Its restore was not asked for by a person. */
  const takesOver = (workspaceId: string): boolean => local.get(takesOverKey(workspaceId)) !== null
  function tell(event: ConsoleEvent): void {
    emit(event)
    if (event.event !== 'restore.progress' || event.payload.progress.state !== 'done') return
    const { workspaceId } = event.payload
    const words = adoptedWords(takenOver.get(workspaceId) ?? { added: 0, readable: 0 }, takesOver(workspaceId))
    takenOver.delete(workspaceId)
    local.set(takesOverKey(workspaceId), null)
    if (words !== null) activity.add(workspaceId, 'restore', words)
  }
  const histories = new HistoryCheck({
    client,
    documents,
    history: outbox.history,
    held: createHeldEnvelopes(outbox.stage, envelopes),
    notes: new HistoryNotes(local),
    clock,
    onSentAgain(workspaceId, count) {
      if (count > 0)
        activity.add(workspaceId, 'restore', `The platform went back to an earlier state; ${count} ${count === 1 ? 'write is' : 'writes are'} sent again.`)
      emit({ event: 'workspaces.changed', payload: {} })
    },
  })
  return createSync({
    histories,
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
    emit: tell,
    onCounters: (workspaceId) => drainer().countersChanged(workspaceId),
    onOnline(workspaceId) {
      drainer().start(workspaceId)
      drainer().resume(workspaceId)
      drainer().wake(workspaceId)
      void vault.subKeys.settle(workspaceId, subKeyRequests.revoke).catch(() => undefined)
    },
    onRestorePage: (workspaceId) => outbox.noteRestorePage(workspaceId),
    onFault: (error) => noteFault('sync', error),
    async onRestored(workspaceId, page) {
      const adopted = await adoptRestored({ outbox, envelopes, vault, reader, deviceId: (id) => registry.find(id)?.deviceId ?? device.id }, workspaceId, page)
      const before = takenOver.get(workspaceId)
      takenOver.set(workspaceId, { added: (before?.added ?? 0) + adopted.added, readable: (before?.readable ?? 0) + adopted.readable })
    },
    onForked(workspaceId, deviceId) {
      outbox.becameAnotherDevice(workspaceId, deviceId)
      local.set(takesOverKey(workspaceId), 'yes')
      const { pending, sending, waiting, held, rejected } = outbox.tally(workspaceId)
      const queuedCount = [pending, sending, waiting, held, rejected].reduce((sum, { count }) => sum + count, 0)
      const text = forkWords({ workspace: workspaceName(workspaceId), rebuilt: local.get(REBUILT) !== null, queuedCount })
      local.set(REBUILT, null)
      activity.add(workspaceId, 'device', text)
      warn('forked', text)
    },
  })
}

export type FirstWorkspacesNeeds = Pick<AccountsParts, 'registry'> &
  Pick<EngineOptions, 'firstWorkspaces'> & {
    sync: Sync
    vault: Vault
    clock: Clock
    emit: (event: ConsoleEvent) => void
    report: (line: string) => void
    /** One was added. */
    added: () => void
  }

export function composeFirstWorkspaces({ firstWorkspaces, sync, registry, vault, clock, emit, report, added }: FirstWorkspacesNeeds): FirstWorkspaces {
  return new FirstWorkspaces({
    workspaces: firstWorkspaces,
    async add(url, token) {
      const record = await sync.add(url, token)
      vault.subKeys.adopt(record.id, record.platformId, record.url)
      added()
    },
    knownUrls: () => registry.list().map(({ url }) => url),
    clock,
    report,
    changed: () => emit({ event: 'workspaces.changed', payload: {} }),
  })
}
