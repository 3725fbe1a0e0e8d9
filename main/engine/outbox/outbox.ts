import type { ItemState, QueueFilter } from '../../../shared/contract/console.ts'
import type { Clock } from '../base/clock.ts'
import type { Database } from '../store/database.ts'
import { ItemActions } from './actions/item-actions.ts'
import { DeliveredArchive, type StoredTotal } from './queue/delivered-archive.ts'
import { Enqueuer, type EnqueueOutcome, type EnvelopeDraft } from './queue/enqueuer.ts'
import { exportLines } from './actions/export-lines.ts'
import type { Selection } from './actions/selection.ts'
import { scheduleFolding } from './queue/lanes/lane-folding.ts'
import { QuotaHolds } from './queue/quota-holds.ts'
import { IdSummaries } from './queue/id-summaries.ts'
import { createIdentifiers, type Identifiers, uuidBytes } from './queue/identifiers.ts'
import type { CiphertextReader, CiphertextStage, WantedCiphertext } from './item.ts'
import { Lanes } from './queue/lanes/lanes.ts'
import { type AgentTally, type Attempt, emptyTally, type HeldByMeter, type ItemView, QueueView } from './queue/queue-view.ts'
import { ReadyItems, type Sizes } from './queue/ready-items.ts'
import { BACK_OFF_CAP_MS } from './delivery/policy.ts'
import { createDeliveryQueue } from './queue/workspace-delivery-queue.ts'
import type { DeliveryPort, DeliveryQueue, QueueNews } from './queue/delivery-port.ts'
import { createPushLog } from './queue/push-log.ts'
import { removeWorkspace } from './recovery/workspace-removal.ts'
import { type DeletedVersion, type KnownEnvelope, EnvelopeRestorer } from './recovery/envelope-restorer.ts'
import type { SequenceRun } from '../journal/entry.ts'
import { EntryRestorer, type RestoredEntry } from './recovery/entry-restorer.ts'
import type { SettingPayload } from './payload.ts'
import { createDeliveredHistory, type DeliveredHistory } from './recovery/delivered-history.ts'
import { ItemQuery } from './queue/item-query.ts'
import { ItemTransitions } from './queue/item-transitions.ts'
import { createStagingArea } from './queue/ciphertext-staging.ts'
import { recoverAtStart } from './recovery/start-recovery.ts'
import { SupersededScan } from './recovery/superseded-scan.ts'
import { createQueueWriter } from './queue/queue-writer.ts'
import { changeDevice } from './versions/device-change.ts'
import { type KnownVersion, MemoryVersions } from './versions/memory-versions.ts'
import { createUndeliveredItems, type UndeliveredItems } from './queue/undelivered-items.ts'

export type Outbox = DeliveryPort & {
  /** All in one transaction, durable on return. A draft that cannot be sealed fails alone. @throws DiskFullError */
  enqueueEnvelopes(drafts: readonly EnvelopeDraft[]): EnqueueOutcome[]
  /** Withdraws what never left and queues a delete for each envelope that may be at the platform. */
  enqueueMemoryDelete(workspaceId: string, memoryRef: string): { withdrawnCount: number; deleteCount: number }
  enqueueSetting(edit: Pick<SettingPayload, 'key' | 'value' | 'baseVersion'> & { workspaceId: string }): { id: string; sequence: number }
  /** The version of a memory that is read; null when there is none, or when it was deleted. */
  latest(workspaceId: string, memoryRef: string): StoredVersion | null
  /** What a memory holds; null when this queue never knew it. */
  memory(workspaceId: string, memoryRef: string): MemoryContents | null
  /** One version of a memory by its id; null when the memory has none with this id, or when it was deleted. */
  version(workspaceId: string, memoryRef: string, id: string): StoredVersion | null

  page(workspaceId: string, filter: QueueFilter, before: number | null, limit: number): { rows: ItemView[]; next: number | null; total: number }
  item(workspaceId: string, id: string): { item: ItemView; attempts: Attempt[]; undoable: boolean } | null
  heldByAgent(workspaceId: string): { subKeyId: string | null; count: number; bytes: number }[]
  heldByMeter(workspaceId: string): HeldByMeter[]
  agents(workspaceId: string): AgentTally[]
  /** Ciphertext sizes of the envelopes in these states, oldest first, for the release preview. */
  envelopeSizes(workspaceId: string, states: readonly ItemState[]): Sizes

  retry(workspaceId: string, selection: Selection): Promise<number>
  discard(workspaceId: string, selection: Selection): Promise<{ count: number; undoToken: string }>
  undoDiscard(workspaceId: string, undoToken: string): Promise<number>
  /** One JSON object a line: what is known of each item, and its ciphertext in base64. */
  exportLines(workspaceId: string, selection: Selection, reader: CiphertextReader): AsyncGenerator<string>

  /** Envelopes that the platform gave back. Answers the sequence of each. */
  adoptDelivered(envelopes: readonly KnownEnvelope[]): Map<string, number>
  /** Versions that were deleted at the platform. */
  adoptDeleted(versions: readonly DeletedVersion[]): void
  /** Envelopes that were adopted without the key, above the sequence `after`; and what their fronts say when there is one. */
  unopened(after: number, limit: number): (WantedCiphertext & { memoryRef: string; revision: number })[]
  noteOpened(fronts: readonly { id: string; sequence: number; replaces: readonly string[] }[]): void
  /** This folder is another device for this workspace from now on: what it delivered so far was delivered by `deviceId`. */
  becameAnotherDevice(workspaceId: string, deviceId: string): void
  /** They are in the store of envelopes too: whoever shows the queue can open them. */
  noteRestored(workspaceId: string): void
  /** Which of these ids the queue has, had, or delivered. */
  known(ids: readonly string[]): Set<string>
  /** Queues an envelope again whose row was lost. Null: its row is there after all. */
  requeue(envelope: KnownEnvelope): number | null

  /** Queues again what another store knows and this one does not, of every kind, each under its own id and in its place. Answers how many. */
  restoreEntries(entries: readonly RestoredEntry[]): number
  /** Discards what another store knows to be discarded. Answers how many items that were. */
  discardAgain(run: SequenceRun, reason: string): number
  /** No sequence up to this one is given any more. */
  keepSequencesAbove(sequence: number): void

  /** Envelopes that this device delivered and that were not deleted since. */
  storedTotals(workspaceId: string): StoredTotal[]
  /** A page of a restore was answered: the platform counts it as a sync operation of this device, and so do we. */
  noteRestorePage(workspaceId: string): void
  /** Pushes that stored something and restore pages, from `fromMs` up to but without `toMs`. */
  pushCount(workspaceId: string, fromMs: number, toMs: number): number
  /** Pushes of that time whose answer never came: by at most so many can `pushCount` differ from what the platform counts. */
  unansweredPushCount(workspaceId: string, fromMs: number, toMs: number): number
  /** Envelopes whose fate at the platform is not known. */
  unanswered(workspaceId: string): number
  /** Drops delivered items older than this, in pieces between which others have their turn. Answers how many. */
  pruneDelivered(beforeMs: number): Promise<number>
  removeWorkspace(workspaceId: string): Promise<void>
  /**
   * Delivered envelopes that a later item of their memory superseded before this time, from the next `limit` rows; null when all
   * rows have been looked at. Answered again until `supersededRemoved`.
   */
  supersededBefore(time: number, limit: number): string[] | null
  /** Those that were answered last are gone from the LanceDB store for certain. */
  supersededRemoved(): void

  /** Ends what runs by itself; call it before the database is closed. */
  close(): void
  readonly stage: CiphertextStage
  readonly undelivered: UndeliveredItems
  /** What was delivered, to compare it with what a platform has. */
  readonly history: DeliveredHistory
}

export type OutboxOptions = {
  /** outbox.db, opened with `synchronous: 'full'`; nobody else may write to the queue's tables. */
  database: Database
  clock: Clock
  identifiers?: Identifiers
  /** Runs work in the next turn of the event loop. */
  nextTurn?: (work: () => void) => void
  /** The platform's clock minus this one, in milliseconds; null while it is not known. */
  clockOffsetMs?: (workspaceId: string) => number | null
}

type StoredVersion = WantedCiphertext & { revision: number; createdAt: number }
/** `read`: null when the version to be read was deleted. `others`: what could be read in its place, the later ones first. */
type MemoryContents = { read: StoredVersion | null; others: StoredVersion[] }

/** The queue of writes that are owed to the platforms. On creation, what was on its way at the last end is pending again. */
export function createOutbox({
  database,
  clock,
  identifiers = createIdentifiers(clock),
  nextTurn = setImmediate,
  clockOffsetMs = () => null,
}: OutboxOptions): Outbox {
  const writer = createQueueWriter(database)
  const lanes = new Lanes(writer)
  const holds = new QuotaHolds(writer)
  const archive = new DeliveredArchive(writer)
  const stage = createStagingArea(writer)
  const { notes, ...undelivered } = createUndeliveredItems(writer)
  const summaries = new IdSummaries(writer)
  const transitions = new ItemTransitions({ writer, lanes, holds, archive, notes, summaries })
  const versions = new MemoryVersions({ writer, lanes, clockOffsetMs: (workspace) => clockOffsetMs(writer.names.text(workspace)) ?? 0 })
  const enqueuer = new Enqueuer({ writer, lanes, holds, transitions, archive, versions, stage, identifiers, clock })
  const query = new ItemQuery(writer)
  const view = new QueueView({ writer, holds, query })
  const readyItems = new ReadyItems(writer)
  const restorer = new EnvelopeRestorer({ writer, lanes, holds, archive, transitions, versions })
  const entryRestorer = new EntryRestorer({ writer, lanes, holds, archive, versions, transitions, stage })
  // Only the daily upkeep asks.
  let knownSuperseded: SupersededScan | null = null
  const superseded = (): SupersededScan => {
    knownSuperseded ??= new SupersededScan({ writer, lanes, archive, versions })
    return knownSuperseded
  }
  const pushLog = createPushLog(writer)
  const yieldToEventLoop = (): Promise<void> => new Promise((resolve) => nextTurn(resolve))
  const actions = new ItemActions({ writer, lanes, holds, transitions, query, clock, yieldToEventLoop })
  const folding = scheduleFolding({ laneIndex: writer.laneIndex, clock, nextTurn })
  const listeners = new Set<(workspaceId: string, news: QueueNews) => void>()

  const history = createDeliveredHistory({ writer, lanes, transitions, archive, summaries, notes, enqueuer }, (workspaceId) =>
    announce(workspaceId, 'enqueued'),
  )

  recoverAtStart({ writer, transitions, readyItems, pushLog, now: clock.now(), backOffCapMs: BACK_OFF_CAP_MS })

  function announce(workspaceId: string, news: QueueNews): void {
    if (news === 'enqueued' || news === 'restored') folding.wanted()
    for (const listener of listeners) listener(workspaceId, news)
  }

  /** Null: this workspace never queued anything. */
  const numberOf = (workspaceId: string): number | null => writer.names.find(workspaceId)

  function ofWorkspace<T>(workspaceId: string, read: (workspace: number) => T, otherwise: T): T {
    const workspace = numberOf(workspaceId)
    return workspace === null ? otherwise : read(workspace)
  }

  const deliveryQueues = new Map<string, DeliveryQueue>()
  function deliveryQueue(workspaceId: string): DeliveryQueue | null {
    const known = deliveryQueues.get(workspaceId)
    const workspace = numberOf(workspaceId)
    if (known || workspace === null) return known ?? null
    const queue = createDeliveryQueue({ writer, readyItems, holds, transitions, pushLog }, workspace, () => announce(workspaceId, 'drained'))
    deliveryQueues.set(workspaceId, queue)
    return queue
  }

  function memory(workspaceId: string, memoryRef: string): MemoryContents | null {
    const workspace = numberOf(workspaceId)
    const lane = workspace === null ? null : writer.laneIndex.find(workspace, memoryRef)
    if (workspace === null || lane === null) return null
    const { read, others } = versions.heads(workspace, memoryRef, lane)
    return { read: read === null ? null : storedVersion(read), others: others.map(storedVersion) }
  }

  async function acted<T>(workspaceId: string, work: (workspace: number) => Promise<T>, otherwise: T): Promise<T> {
    const workspace = numberOf(workspaceId)
    if (workspace === null) return otherwise
    try {
      return await work(workspace)
    } finally {
      announce(workspaceId, 'acted')
    }
  }

  return {
    enqueueEnvelopes(drafts) {
      const outcomes = writer.write(() => enqueuer.envelopes(drafts))
      const stored = drafts.filter((_, index) => outcomes[index]?.ok)
      for (const workspaceId of new Set(stored.map((draft) => draft.workspaceId))) announce(workspaceId, 'enqueued')
      return outcomes
    },
    enqueueMemoryDelete(workspaceId, memoryRef) {
      const result = writer.write(() => enqueuer.memoryDelete(workspaceId, memoryRef))
      announce(workspaceId, 'enqueued')
      return result
    },
    enqueueSetting({ workspaceId, ...edit }) {
      const result = writer.write(() => enqueuer.setting(workspaceId, edit))
      announce(workspaceId, 'enqueued')
      return result
    },
    latest: (workspaceId, memoryRef) => memory(workspaceId, memoryRef)?.read ?? null,
    memory,
    version(workspaceId, memoryRef, id) {
      const workspace = numberOf(workspaceId)
      const lane = workspace === null ? null : writer.laneIndex.find(workspace, memoryRef)
      const bytes = uuidBytes(id)
      const found = workspace === null || lane === null || bytes === null ? null : versions.find(workspace, memoryRef, lane, bytes)
      return found === null || found.isDeleted ? null : storedVersion(found)
    },

    page(workspaceId, filter, before, limit) {
      const workspace = numberOf(workspaceId)
      return workspace === null ? { rows: [], next: null, total: 0 } : view.page(workspace, filter, before, limit)
    },
    item(workspaceId, id) {
      const workspace = numberOf(workspaceId)
      const sequence = workspace === null ? null : query.find(workspace, id)
      const item = sequence === null ? null : view.item(sequence)
      return workspace === null || sequence === null || item === null
        ? null
        : { item, attempts: view.attempts(sequence), undoable: actions.undoable(workspace, sequence) }
    },
    tally: (workspaceId) => ofWorkspace(workspaceId, (workspace) => view.tally(workspace), emptyTally()),
    heldByAgent: (workspaceId) => ofWorkspace(workspaceId, (workspace) => view.heldByAgent(workspace), []),
    heldByMeter: (workspaceId) => ofWorkspace(workspaceId, (workspace) => view.heldByMeter(workspace), []),
    agents: (workspaceId) => ofWorkspace(workspaceId, (workspace) => view.agents(workspace), []),
    envelopeSizes: (workspaceId, states) =>
      ofWorkspace(workspaceId, (workspace) => readyItems.sizes(workspace, 'envelope', states), { count: 0, bytes: new Float64Array(0) }),

    async retry(workspaceId, selection) {
      const { count, oldest } = await acted(workspaceId, (workspace) => actions.retry(workspace, selection), { count: 0, oldest: null })
      if (oldest !== null) announce(workspaceId, { asked: oldest })
      return count
    },
    discard: (workspaceId, selection) => acted(workspaceId, (workspace) => actions.discard(workspace, selection), { count: 0, undoToken: '' }),
    undoDiscard: (workspaceId, undoToken) => acted(workspaceId, (workspace) => actions.undoDiscard(workspace, undoToken), 0),
    async *exportLines(workspaceId, selection, reader) {
      const workspace = numberOf(workspaceId)
      if (workspace !== null) yield* exportLines({ workspace, selection, query, view, reader })
    },

    adoptDelivered(envelopes) {
      const { sequences, deletedHere } = writer.write(() => {
        const adopted = restorer.adopt(envelopes, clock.now())
        for (const { id, workspaceId, memoryRef } of adopted.deletedHere)
          enqueuer.deleteThere(
            writer.names.number(workspaceId),
            memoryRef,
            [uuidBytes(id)].filter((bytes) => bytes !== null),
          )
        return adopted
      })
      for (const workspaceId of new Set(deletedHere.map((envelope) => envelope.workspaceId))) announce(workspaceId, 'enqueued')
      return sequences
    },
    adoptDeleted: (deleted) => writer.write(() => restorer.adoptDeleted(deleted, clock.now())),
    unopened: (after, limit) => restorer.unopened(after, limit),
    noteOpened: (fronts) => writer.write(() => restorer.opened(fronts)),
    becameAnotherDevice(workspaceId, deviceId) {
      const workspace = numberOf(workspaceId)
      if (workspace !== null) writer.write(() => changeDevice(writer, workspace, deviceId))
    },
    noteRestored: (workspaceId) => announce(workspaceId, 'restored'),
    known: (ids) => restorer.known(ids),
    requeue(envelope) {
      const sequence = writer.write(() => restorer.requeue(envelope))
      if (sequence !== null) announce(envelope.workspaceId, 'enqueued')
      return sequence
    },

    restoreEntries(entries) {
      const restored = writer.write(() => entries.filter((entry) => entryRestorer.restore(entry)))
      for (const workspaceId of new Set(restored.map((entry) => entry.workspaceId))) announce(workspaceId, 'enqueued')
      return restored.length
    },
    discardAgain: (run, reason) => writer.write(() => entryRestorer.discard(run, reason, clock.now())),
    keepSequencesAbove: (sequence) => writer.write(() => writer.keepAbove(sequence)),

    storedTotals: (workspaceId) => ofWorkspace(workspaceId, (workspace) => archive.totals(workspace), []),
    noteRestorePage: (workspaceId) => writer.write(() => pushLog.recordRestorePage(writer.names.number(workspaceId), clock.now())),
    pushCount: (workspaceId, fromMs, toMs) => ofWorkspace(workspaceId, (workspace) => pushLog.count(workspace, fromMs, toMs), 0),
    unansweredPushCount: (workspaceId, fromMs, toMs) => ofWorkspace(workspaceId, (workspace) => pushLog.unansweredCount(workspace, fromMs, toMs), 0),
    unanswered: (workspaceId) => ofWorkspace(workspaceId, (workspace) => view.unanswered(workspace), 0),
    async pruneDelivered(beforeMs) {
      let count = 0
      for (const dropped of archive.prune(beforeMs)) {
        count += dropped
        await yieldToEventLoop()
      }
      return count
    },
    async removeWorkspace(workspaceId) {
      for (const _ of removeWorkspace({ writer, holds, stage, notes }, workspaceId)) await yieldToEventLoop()
      announce(workspaceId, 'acted')
    },
    supersededBefore: (time, limit) => superseded().before(time, limit),
    supersededRemoved: () => superseded().removed(),

    close: () => folding.close(),
    stage,
    undelivered,
    history,
    deliveryQueue,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

function storedVersion({ id, revision, sequence, sizeBytes, sha256, createdAt }: KnownVersion): StoredVersion {
  return { id, revision, sequence, sizeBytes, sha256: sha256?.toString('hex') ?? null, createdAt }
}
