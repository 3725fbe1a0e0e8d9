/**
 * Carries ciphertext from outbox.db into the Lance table. The commit in outbox.db was the acknowledgement to the agent,
 * so the copy there is dropped only when Lance's files are synced: written, synced, dropped, in this order.
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
  /** Whether the disk has so many bytes to spare: a compaction writes the table a second time before it removes the first. */
  roomFor: (sizeBytes: number) => boolean
}

export type Mover = {
  /** Carries over what an earlier run left behind, and begins to listen. */
  start(): void
  /** So many envelopes were written to outbox.db. */
  notify(count: number): void
  /** Moves everything that is there now; rejects when a batch fails. */
  flush(): Promise<void>
  /** Ends after the batch in hand. */
  stop(): Promise<void>
}

export function createMover({ stage, store, clock, failed, roomFor }: MoverOptions): Mover {
  let running: Promise<void> | null = null
  let stopped = true
  let noted = 0
  let backOffMs = 0
  let cancelTimer: (() => void) | null = null
  let timerIsRest = false

  async function moveBatch(): Promise<boolean> {
    const batch = stage.nextToMove(BATCH_ROWS, BATCH_BYTES)
    if (batch.length === 0) return false
    await store.upsert(batch)
    await store.sync()
    stage.dropMoved(batch.map((envelope) => envelope.id))
    return true
  }

  async function moveAll(): Promise<void> {
    noted = 0
    while (await moveBatch()) {
      // A backlog that never rests must not fragment the table without end.
      await compactIfDue(false)
      // Lets requests and answers in between two batches.
      await new Promise((resolve) => setImmediate(resolve))
      if (stopped) return
    }
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

  return {
    start() {
      stopped = false
      if (stage.waitingCount() > 0) plan(0, false, moveAll)
      // A table that an earlier run left fragmented; one that does not exist is not made for this.
      else if (store.exists()) plan(COMPACTION_REST_MS, true, compactAtRest)
    },
    notify(count) {
      noted += count
      if (stopped || running || backOffMs > 0) return
      if (noted >= BATCH_ROWS) plan(0, false, moveAll)
      else if (cancelTimer === null || timerIsRest) plan(IDLE_MS, false, moveAll)
    },
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
    async stop() {
      stopped = true
      cancelTimer?.()
      cancelTimer = null
      await running?.catch(() => undefined)
    },
  }
}
