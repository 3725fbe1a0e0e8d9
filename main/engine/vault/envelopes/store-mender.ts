/**
 * Mends the store of envelopes in the background when something is found to be wrong with it, puts back from the second home what
 * is not delivered, and trusts it again. Readers and writers go on meanwhile; what cannot be read waits.
 */
import type { Clock } from '../../base/clock.ts'
import type { EnvelopeStore } from './envelope-store.ts'

/** One damaged page is met by many reads at once. */
const GATHER_MS = 500
const FIRST_BACK_OFF_MS = 10_000
const MAX_BACK_OFF_MS = 15 * 60_000
/** A store that stayed sound for so long is mended at once again. */
const STEADY_MS = 10 * 60_000

export type StoreMender = {
  start(): void
  /** Resolves when the mending in hand is done with. */
  stop(): Promise<void>
}

export type StoreMenderOptions = {
  store: Pick<EnvelopeStore, 'suspicion' | 'onSuspected' | 'mend' | 'trust' | 'diskBytes'>
  clock: Clock
  /** A new table is written beside the damaged one. */
  roomFor: (sizeBytes: number) => boolean
  /** Puts undelivered envelopes that the store lacks back into it. */
  refill: () => Promise<void>
  failed: (error: unknown) => void
}

export function createStoreMender({ store, clock, roomFor, refill, failed }: StoreMenderOptions): StoreMender {
  let cancel: (() => void) | null = null
  let running: Promise<void> | null = null
  let started = false
  let backOffMs = 0
  let mendedAt = Number.NEGATIVE_INFINITY

  function plan(delayMs: number): void {
    if (!started || running !== null) return
    cancel?.()
    cancel = clock.after(delayMs, () => {
      cancel = null
      running = run().finally(() => {
        running = null
        if (store.suspicion() !== null) plan(backOffMs)
      })
    })
  }

  async function run(): Promise<void> {
    backOffMs = backOffMs === 0 || clock.monotonic() - mendedAt > STEADY_MS ? FIRST_BACK_OFF_MS : Math.min(MAX_BACK_OFF_MS, backOffMs * 2)
    try {
      // On a full disk the damaged table is still of more use than half of a new one.
      if (!roomFor(await store.diskBytes())) return
      await store.mend()
      await refill()
      store.trust()
      mendedAt = clock.monotonic()
    } catch (error) {
      failed(error)
    }
  }

  store.onSuspected(() => plan(Math.max(GATHER_MS, backOffMs > 0 && clock.monotonic() - mendedAt <= STEADY_MS ? backOffMs : 0)))

  return {
    start() {
      started = true
      if (store.suspicion() !== null) plan(GATHER_MS)
    },
    async stop() {
      started = false
      cancel?.()
      cancel = null
      await running
    },
  }
}
