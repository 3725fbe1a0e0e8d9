/**
 * Keeps the journal in step with the queue: what is owed is written to it within two seconds whatever else runs, and what is owed no
 * more goes. It waits for nobody: a LanceDB store that fails, or that is being compacted, does not hold it up, and a journal
 * that cannot be written holds nobody up.
 *
 * Enqueue, drain and release do nothing for it but note numbers of discarded items. Whatever it writes it finds in the queue
 * afterwards, by index, a page at a time, and the file system does its part off this thread. Work for each row on those paths would be
 * paid at every acknowledgement; a page of 2,000 rows costs some milliseconds once a second.
 */
import type { Clock } from '../base/clock.ts'
import type { JournalEntry } from './entry.ts'
import type { AliveCheck, GoneSequences, Journal, JournalWrite } from './journal.ts'

export type OwedItem = Omit<JournalEntry, 'account' | 'replaces'> & { replaces: readonly string[] | null }
type StagedItem = { item: OwedItem; staged: Uint8Array | null }

/** What the queue answers, each question from an index. */
export type OwedWrites = AliveCheck & {
  lastSequence(): number
  after(sequence: number, limit: number, maxBytes: number): { items: StagedItem[]; through: number }
  sequencesAfter(sequence: number, limit: number): number[]
  at(sequences: readonly number[]): StagedItem[]
  oldest(): number | null
  takeChanges(): { gone: GoneSequences[]; again: number[] }
}

const PASS_AFTER_MS = 1_000
const PAGE_ROWS = 2_000
const PAGE_BYTES = 4 * 1024 * 1024
/** After so long without news nothing is being written: what is sparse is rewritten. */
const REST_MS = 10_000
const COMPARE_AFTER_MS = 5_000
/** Between two segments of a comparison: a large journal is read in the background, not at once. */
const COMPARE_PAUSE_MS = 50
const COMPARED_ROWS = 2_000
/** Written again at once; each may have 8 MiB. */
const REWRITTEN_ROWS = 16
const FIRST_BACK_OFF_MS = 2_000
const MAX_BACK_OFF_MS = 60_000

export type JournalKeeperOptions = {
  journal: Journal
  queue: OwedWrites
  /** Ciphertext that lies in outbox.db no more. */
  read: (items: readonly OwedItem[]) => Promise<Map<string, Uint8Array>>
  accountOf: (workspaceId: string) => JournalEntry['account']
  clock: Clock
  /** Whether an earlier run wrote a journal; and that this one did. */
  wasBegun: () => boolean
  begun: () => void
  failed: (error: unknown, retryMs: number) => void
  succeeded: () => void
  /** The journal has come further. */
  passed: () => Promise<void>
  /** What was missing or damaged, and is there again. */
  rebuilt: (found: { writes: number; unreadable: number; keptAs: string[] }) => void
  /** In the background, once: queues again what the journal alone knows. */
  queueAgain: (isStopped: () => boolean) => Promise<unknown>
  atRest: () => Promise<void>
}

export type JournalKeeper = {
  start(): void
  /** Something was queued, or went. */
  notify(): void
  /** Room came free in outbox.db: there is something to do at the next rest. */
  wantRest(): void
  /** What is owed up to this sequence lies synced in the journal. */
  through(): number
  /** Writes everything that is owed now; rejects when it cannot. */
  flush(): Promise<void>
  /** Writes what is still to be written, and closes the journal. */
  stop(): Promise<void>
}

export function createJournalKeeper(options: JournalKeeperOptions): JournalKeeper {
  const { journal, queue, clock } = options
  let through = journal.highestSequence()
  let isCompared = false
  let stopped = true
  let running: Promise<void> | null = null
  let hasNews = false
  let wantsRest = false
  let backOffMs = 0
  let cancelTimer: (() => void) | null = null
  let cancelCompare: (() => void) | null = null
  let timerIsRest = false
  /** Taken from the queue, and not written yet. */
  let gone: GoneSequences[] = []
  let again: number[] = []
  /** Their ciphertext could not be read when they were to be written; tried again at rest. */
  let unread: number[] = []
  const found = { writes: 0, unreadable: 0, keptAs: [] as string[] }
  const yieldToOthers = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

  async function writesOf(items: readonly StagedItem[]): Promise<JournalWrite[]> {
    const elsewhere = items.flatMap(({ item, staged }) => (item.kind === 'envelope' && staged === null ? item : []))
    const moved = elsewhere.length === 0 ? new Map<string, Uint8Array>() : await options.read(elsewhere).catch(() => new Map<string, Uint8Array>())
    return items.flatMap(({ item, staged }) => {
      const ciphertext = staged ?? moved.get(item.id) ?? null
      if (item.kind === 'envelope' && ciphertext === null) {
        unread.push(item.sequence)
        return []
      }
      return { entry: entryOf(item), ciphertext: item.kind === 'envelope' ? ciphertext : null }
    })
  }

  function entryOf(item: OwedItem): JournalEntry {
    const { workspaceId, kind, lane, sequence, revision, id, subKeyId, createdAt, sizeBytes, sha256, payload } = item
    return {
      account: options.accountOf(workspaceId),
      workspaceId,
      kind,
      lane,
      sequence,
      revision,
      id,
      replaces: [...(item.replaces ?? [])],
      subKeyId,
      createdAt,
      sizeBytes,
      sha256,
      payload,
    }
  }

  async function append(items: readonly StagedItem[]): Promise<void> {
    if (items.length === 0) return
    await journal.append(await writesOf(items))
    options.begun()
  }

  async function pass(): Promise<void> {
    hasNews = false
    const changes = queue.takeChanges()
    // What was never written needs no word that it is gone.
    for (const { sequences, reason } of changes.gone) {
      const written = sequences.filter((sequence) => sequence <= through)
      if (written.length > 0) gone.push({ sequences: written, reason })
    }
    again.push(...changes.again.filter((sequence) => sequence <= through))
    if (gone.length > 0) await journal.append([], gone)
    gone = []
    while (again.length > 0) {
      await append(queue.at(again.slice(0, REWRITTEN_ROWS)))
      again = again.slice(REWRITTEN_ROWS)
    }
    for (;;) {
      const page = queue.after(through, PAGE_ROWS, PAGE_BYTES)
      // A copy in outbox.db goes only when the journal has one: these were in it, and are no more.
      if (options.wasBegun()) found.writes += page.items.filter(({ item, staged }) => item.kind === 'envelope' && staged === null).length
      await append(page.items)
      through = page.through
      await options.passed()
      if (through >= queue.lastSequence()) break
      await yieldToOthers()
    }
    await journal.removeBelow(queue.oldest() ?? queue.lastSequence() + 1)
    await options.passed()
    options.succeeded()
    backOffMs = 0
    tellWhatWasFound()
  }

  function tellWhatWasFound(): void {
    if (found.writes === 0 && found.keptAs.length === 0) return
    options.rebuilt({ ...found, unreadable: unread.length })
    found.writes = 0
    found.keptAs = []
  }

  /** Both ways, once: what the journal lacks is written to it, and what the queue lacks is queued again. */
  async function compare(): Promise<void> {
    const pause = async (): Promise<boolean> => {
      await new Promise<void>((resolve) => clock.after(COMPARE_PAUSE_MS, resolve))
      return !stopped
    }
    found.keptAs.push(...(await journal.check(queue, pause)))
    for (let after = 0; !stopped; ) {
      const sequences = queue.sequencesAfter(after, COMPARED_ROWS).filter((sequence) => sequence <= through)
      const last = sequences.at(-1)
      if (last === undefined) break
      const missing = await journal.missing(sequences)
      for (let at = 0; at < missing.length; at += REWRITTEN_ROWS) {
        const items = queue.at(missing.slice(at, at + REWRITTEN_ROWS))
        await append(items)
        found.writes += items.length
      }
      after = last
      await yieldToOthers()
    }
    if (!stopped) await options.queueAgain(() => stopped)
    if (stopped) return
    isCompared = true
    await options.passed()
    tellWhatWasFound()
  }

  async function rest(): Promise<void> {
    wantsRest = false
    again.push(...unread)
    unread = []
    if (again.length > 0) await pass()
    await journal.compact(queue)
    await options.atRest()
  }

  function plan(delayMs: number, isRest: boolean): void {
    cancelTimer?.()
    timerIsRest = isRest
    cancelTimer = clock.after(delayMs, () => {
      cancelTimer = null
      void run(isRest ? rest : pass)
    })
  }

  async function run(work: () => Promise<void>): Promise<void> {
    if (running || stopped) return
    running = work()
    try {
      await running
      running = null
      if (stopped) return
      if (hasNews) plan(PASS_AFTER_MS, false)
      else if (work === pass || wantsRest) plan(REST_MS, true)
    } catch (error) {
      running = null
      backOffMs = Math.min(MAX_BACK_OFF_MS, backOffMs === 0 ? FIRST_BACK_OFF_MS : backOffMs * 2)
      options.failed(error, backOffMs)
      if (!stopped) plan(backOffMs, false)
    }
  }

  function planComparison(delayMs: number): void {
    cancelCompare = clock.after(delayMs, () => {
      cancelCompare = null
      comparing = compare().catch((error: unknown) => {
        options.failed(error, MAX_BACK_OFF_MS)
        if (!stopped) planComparison(MAX_BACK_OFF_MS)
      })
    })
  }
  let comparing: Promise<void> | null = null

  return {
    start() {
      stopped = false
      plan(0, false)
      planComparison(COMPARE_AFTER_MS)
    },
    notify() {
      hasNews = true
      if (stopped || running || backOffMs > 0) return
      if (cancelTimer === null || timerIsRest) plan(PASS_AFTER_MS, false)
    },
    wantRest() {
      wantsRest = true
      if (!stopped && running === null && cancelTimer === null) plan(REST_MS, true)
    },
    through: () => (isCompared ? through : 0),
    async flush() {
      await running?.catch(() => undefined)
      await pass()
    },
    async stop() {
      stopped = true
      cancelTimer?.()
      cancelCompare?.()
      await running?.catch(() => undefined)
      await comparing
      // What cannot be written now is in outbox.db; the next start writes it.
      await pass().catch((error: unknown) => options.failed(error, 0))
      await journal.close()
    },
  }
}
