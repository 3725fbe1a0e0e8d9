import type { Clock } from '../../../base/clock.ts'
import type { LaneIndex } from './lane-index.ts'

/** Lanes are folded in this long after the first new one. */
const FOLD_AFTER_MS = 2_000
/** Or when there are this many: after a crash they have to be folded in at the start, some milliseconds a thousand. */
const FOLD_AT_COUNT = 32_768
/** Rows in one transaction, some milliseconds. */
const PIECE = 2048
/** After a piece it rests for so many times as long as that took: writing and sending come first. */
const REST_FACTOR = 3
const CLOSING_PIECE = 8192

/** Folds new lanes into their table in small pieces, between which others have their turn. */
export function scheduleFolding({
  laneIndex,
  clock,
  nextTurn,
}: {
  laneIndex: LaneIndex
  clock: Pick<Clock, 'after' | 'monotonic'>
  nextTurn: (work: () => void) => void
}): {
  wanted(): void
  close(): void
} {
  let cancelTimer: (() => void) | null = null
  let running = false
  let closed = false
  let failed = false

  function wanted(): void {
    if (closed || running) return
    if (laneIndex.freshCount >= FOLD_AT_COUNT && !failed) run()
    else cancelTimer ??= clock.after(FOLD_AFTER_MS, run)
  }

  function run(): void {
    cancelTimer?.()
    cancelTimer = null
    if (closed) return
    running = true
    const before = clock.monotonic()
    let more: boolean
    try {
      more = laneIndex.fold(PIECE)
      failed = false
    } catch {
      // A full disk, say. The items tell the same, so nothing is lost by waiting.
      more = false
      failed = true
    }
    const tookMs = clock.monotonic() - before
    if (!more) {
      running = false
      // What came meanwhile, or what could not be written: later.
      if (laneIndex.freshCount > 0) wanted()
    } else if (tookMs < 1) nextTurn(run)
    else cancelTimer = clock.after(tookMs * REST_FACTOR, run)
  }

  return {
    wanted,
    close() {
      closed = true
      cancelTimer?.()
      cancelTimer = null
      try {
        // Twice: what was new while an earlier fold was under way comes after it. The next start has nothing to read again.
        for (let round = 0; round < 2; round += 1) while (laneIndex.fold(CLOSING_PIECE));
      } catch {
        // As above: the items tell the same.
      }
    },
  }
}
