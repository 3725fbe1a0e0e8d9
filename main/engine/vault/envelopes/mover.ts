/**
 * Carries ciphertext from outbox.db into the Lance table. The commit in outbox.db was the acknowledgement to the agent,
 * so the copy there is dropped only when Lance's files are synced and the journal has it too: written, synced, dropped, in this order.
 */
import type { Clock } from '../../base/clock.ts'
import type { CiphertextStage } from '../../outbox/item.ts'
import type { EnvelopeStore } from './envelope-store.ts'

/**
 * So many envelopes are carried over at once, and as soon as they are there. Larger batches write faster, but hold the
 * engine's thread longer: 2,000 rows 15 ms, 4,000 rows 27 ms.
 */
const BATCH_ROWS = 2000
const BATCH_BYTES = 4 * 1024 * 1024
const IDLE_MS = 2_000
/** Copies dropped in one transaction. */
const DROP_ROWS = 2000
/** After this rest without a write the table is compacted when it needs it. */
const COMPACTION_REST_MS = 10_000
const FIRST_BACK_OFF_MS = 5_000
const MAX_BACK_OFF_MS = 300_000

export type MoverOptions = {
  stage: Pick<CiphertextStage, 'nextToMove' | 'dropMoved' | 'waitingCount'>
  store: EnvelopeStore
  clock: Clock
  /** A batch could not be written; nothing is lost, it is tried again after `retryMs`. */
  failed: (error: unknown, retryMs: number) => void
  /** A batch was written and synced. */
  succeeded?: () => void
  /** Copies in outbox.db were dropped. */
  dropped?: () => void
  /** The second home of undelivered ciphertext; none: the table alone is enough. */
  journal?: JournaledUpTo
  /** Whether the disk has so many bytes to spare: a compaction writes the table a second time before it removes the first. */
  roomFor: (sizeBytes: number) => boolean
}

export type JournaledUpTo = {
  /** What is owed up to this sequence lies synced in the journal. */
  through(): number
  /** Those of these sequences that are still owed. */
  owed(sequences: readonly number[]): ReadonlySet<number>
}

export type Mover = {
  /** Carries over what an earlier run left behind, and begins to listen. */
  start(): void
  /** So many envelopes were written to outbox.db. */
  notify(count: number): void
  /** Moves everything that is there now; rejects when a batch fails. */
  flush(): Promise<void>
  /** The journal has come further: drops what waited for it. */
  journaled(): Promise<void>
  /** Envelopes lie in outbox.db again that have an earlier sequence than others. */
  again(): void
  /** Ends after the batch in hand. */
  stop(): Promise<void>
}

export function createMover({ stage, store, clock, failed, succeeded = () => undefined, dropped = () => undefined, roomFor, journal }: MoverOptions): Mover {
  let running: Promise<void> | null = null
  let stopped = true
  let noted = 0
  let backOffMs = 0
  let cancelTimer: (() => void) | null = null
  let timerIsRest = false
  /** Synced in the table, and still in outbox.db because the journal does not have them yet. */
  let moved: number[] = []
  let movedThrough = 0
  /** How often it began anew; a batch in hand then is no measure any more. */
  let beginnings = 0
  /** What was here before this run, or came back from elsewhere, may lie in the table already, under another sequence. */
  let mayBeThere = true

  async function moveBatch(): Promise<boolean> {
    const batch = stage.nextToMove(BATCH_ROWS, BATCH_BYTES, movedThrough)
    const last = batch.at(-1)
    if (!last) return false
    const beginning = beginnings
    await store.upsert(batch, { mayBeThere })
    await store.sync()
    succeeded()
    for (const { sequence } of batch) moved.push(sequence)
    if (beginnings === beginning) movedThrough = last.sequence
    await dropMoved()
    return true
  }

  /**
   * Without the journal a copy stays until its item is owed no more. A failing journal keeps the copies in outbox.db, never the writes out;
   * one number each is what that costs in memory.
   */
  async function dropMoved(): Promise<void> {
    for (;;) {
      const through = journal?.through() ?? Number.POSITIVE_INFINITY
      const oldest = moved.slice(0, DROP_ROWS)
      const owed = journal && oldest.some((sequence) => sequence > through) ? journal.owed(oldest) : null
      const done = oldest.filter((sequence) => sequence <= through || owed?.has(sequence) === false)
      if (done.length === 0) return
      stage.dropMoved(done)
      dropped()
      const gone = new Set(done)
      moved = moved.filter((sequence) => !gone.has(sequence))
      if (done.length < oldest.length || moved.length === 0) return
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  async function moveAll(): Promise<void> {
    noted = 0
    const beginning = beginnings
    while (await moveBatch()) {
      // A backlog that never rests must not fragment the table without end.
      await compactIfDue(false)
      // Lets requests and answers in between two batches.
      await new Promise((resolve) => setImmediate(resolve))
      if (stopped) return
    }
    if (beginnings === beginning) mayBeThere = false
  }

  function plan(delayMs: number, rest: boolean, work: () => Promise<void>): void {
    cancelTimer?.()
    timerIsRest = rest
    cancelTimer = clock.after(delayMs, () => {
      cancelTimer = null
      void run(work)
    })
  }

  async function run(work: () => Promise<void>): Promise<void> {
    if (running || stopped) return
    running = work()
    try {
      await running
      backOffMs = 0
      running = null
      if (!stopped) planNext(work === compactAtRest)
    } catch (error) {
      running = null
      if (stopped) return
      backOffMs = Math.min(MAX_BACK_OFF_MS, backOffMs === 0 ? FIRST_BACK_OFF_MS : backOffMs * 2)
      failed(error, backOffMs)
      plan(backOffMs, false, moveAll)
    }
  }

  function planNext(compacted: boolean): void {
    if (noted > 0) plan(noted >= BATCH_ROWS ? 0 : IDLE_MS, false, moveAll)
    else if (!compacted) plan(COMPACTION_REST_MS, true, compactAtRest)
  }

  async function compactIfDue(atRest: boolean): Promise<void> {
    if (!(await store.compactionDue(atRest))) return
    if (roomFor(await store.diskBytes())) await store.compact()
  }
  const compactAtRest = (): Promise<void> => compactIfDue(true)

  function notify(count: number): void {
    noted += count
    if (stopped || running || backOffMs > 0) return
    if (noted >= BATCH_ROWS) plan(0, false, moveAll)
    else if (cancelTimer === null || timerIsRest) plan(IDLE_MS, false, moveAll)
  }

  return {
    start() {
      stopped = false
      if (stage.waitingCount() > 0) plan(0, false, moveAll)
      // A table that an earlier run left fragmented; one that does not exist is not made for this.
      else if (store.exists()) plan(COMPACTION_REST_MS, true, compactAtRest)
    },
    notify,
    async flush() {
      cancelTimer?.()
      cancelTimer = null
      await running?.catch(() => undefined)
      const flushing = (async () => {
        while (await moveBatch());
      })()
      running = flushing
      try {
        await flushing
      } finally {
        running = null
      }
      if (!stopped) planNext(false)
    },
    journaled: dropMoved,
    again() {
      movedThrough = 0
      beginnings += 1
      mayBeThere = true
      moved = []
      notify(stage.waitingCount())
    },
    async stop() {
      stopped = true
      cancelTimer?.()
      cancelTimer = null
      await running?.catch(() => undefined)
    },
  }
}
