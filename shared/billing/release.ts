import { PUSH_MAX_BYTES, PUSH_MAX_ENVELOPES } from '../contract/platform.ts'
import type { MeterState } from './admission.ts'
import { refusingMeter } from './admission.ts'
import { UNLIMITED } from './limit.ts'
import { type DrawOfPush, meterDraws } from './meter-draws.ts'
import { LaneHeads } from './release-lanes.ts'

/** The held envelopes in sequence order. Typed arrays, because 100,000 of them are simulated once per plan. */
export type ReleaseQueue = {
  readonly sizesBytes: ArrayLike<number>
  /**
   * A number per envelope that is the same for envelopes of one lane (0 ≤ lane). One push carries one revision of a
   * memory, so lanes decide how many pushes it takes. Left out: every envelope is a lane of its own.
   */
  readonly lanes?: ArrayLike<number>
}

/** How envelopes are put into pushes. */
export type PushRules = {
  readonly maxEnvelopes: number
  /** An envelope above this size travels alone. */
  readonly maxBytes: number
  /** A release begins with a push of this many, to ask whether there is room; 0: it does not. */
  readonly probeEnvelopes: number
}
export const DEFAULT_PUSH_RULES: PushRules = { maxEnvelopes: PUSH_MAX_ENVELOPES, maxBytes: PUSH_MAX_BYTES, probeEnvelopes: 0 }

export type ReleaseInput = {
  readonly queue: ReleaseQueue
  /** Every meter of the workspace with its use and limit as they would be. */
  readonly meters: readonly MeterState[]
  readonly rules?: PushRules
  /** This device has no open session: the release has to open one first, which draws on its meter once. */
  readonly opensSession?: boolean
}

export type Release = {
  readonly releasedCount: number
  readonly releasedBytes: number
  readonly staysCount: number
  readonly staysBytes: number
  /** Id of the meter that would refuse the first envelope that stays; null when none stays. */
  readonly stoppedBy: string | null
  /** Pushes that would store something. */
  readonly pushes: number
}

/**
 * What would leave if the limits were these, and what stays: the queue in its order, up to the first refusal, which
 * closes the meter for everything behind it. Decides as `admitPush` does, in one pass over the queue.
 */
export function simulateRelease({ queue, meters, rules = DEFAULT_PUSH_RULES, opensSession = false }: ReleaseInput): Release {
  const { sizesBytes } = queue
  const total = sizesBytes.length
  const draws = new PushDraws(meters, opensSession)
  const push = nextPushes(queue, rules)
  let releasedCount = 0
  let releasedBytes = 0
  let pushes = 0
  let stoppedBy: string | null = null

  while (releasedCount < total && stoppedBy === null) {
    const batch = push(pushes === 0 && rules.probeEnvelopes > 0 ? Math.min(rules.probeEnvelopes, rules.maxEnvelopes) : rules.maxEnvelopes)
    if (batch.length === 0) throw new RangeError('A push must be allowed to carry at least one envelope')
    let stored = 0
    for (const index of batch) {
      const sizeBytes = sizesBytes[index] ?? 0
      if (!draws.fits(releasedBytes + sizeBytes, pushes + 1)) {
        stoppedBy = draws.refusing(releasedBytes + sizeBytes, pushes + 1)
        break
      }
      stored += 1
      releasedCount += 1
      releasedBytes += sizeBytes
    }
    if (stored > 0) pushes += 1
  }

  let totalBytes = 0
  for (let index = 0; index < total; index += 1) totalBytes += sizesBytes[index] ?? 0
  return { releasedCount, releasedBytes, staysCount: total - releasedCount, staysBytes: totalBytes - releasedBytes, stoppedBy, pushes }
}

/** The room of each meter that may refuse, worked out once, so that the loop over the queue only compares numbers. */
class PushDraws {
  readonly #meters: readonly MeterState[]
  readonly #sessions: number
  readonly #rooms: readonly Room[]

  constructor(meters: readonly MeterState[], opensSession: boolean) {
    this.#meters = meters
    this.#sessions = opensSession ? 1 : 0
    this.#rooms = meters.flatMap(roomsOf)
  }

  fits(bytes: number, pushes: number): boolean {
    for (const { room, ofPush } of this.#rooms) {
      const drawn = ofPush(bytes, pushes, this.#sessions)
      if (drawn > 0 && drawn > room) return false
    }
    return true
  }

  refusing(bytes: number, pushes: number): string | null {
    const refusing = refusingMeter(this.#meters, (draws) => meterDraws[draws].ofPush?.(bytes, pushes, this.#sessions) ?? 0)
    return refusing === null ? null : refusing.meter.id
  }
}

type Room = { readonly room: number; readonly ofPush: DrawOfPush }

function roomsOf({ meter, used, limit }: MeterState): Room[] {
  const { ofPush } = meterDraws[meter.draws]
  return ofPush === null || meter.enforcement !== 'refuse' || limit === UNLIMITED ? [] : [{ room: limit - used, ofPush }]
}

/** Gives the indexes of the next push, at most `maxEnvelopes`, each time it is called. */
function nextPushes({ sizesBytes, lanes }: ReleaseQueue, { maxBytes }: PushRules): (maxEnvelopes: number) => number[] {
  const heads = lanes === undefined ? null : new LaneHeads(lanes)
  let next = 0
  const peek = (): number => (heads === null ? next : heads.peek())
  const take = (): void => {
    if (heads === null) next += 1
    else heads.take()
  }
  return (maxEnvelopes) => {
    const batch: number[] = []
    let bytes = 0
    while (batch.length < maxEnvelopes) {
      const index = peek()
      if (index < 0 || index >= sizesBytes.length) break
      const sizeBytes = sizesBytes[index] ?? 0
      if (batch.length > 0 && bytes + sizeBytes > maxBytes) break
      take()
      batch.push(index)
      bytes += sizeBytes
    }
    heads?.openNext()
    return batch
  }
}
