import { type Draws, meterDraws } from '../../../../shared/billing/meter-draws.ts'
import type { Random } from '../../base/clock.ts'
import type { CounterSnapshot, QuotaHold } from '../queue/delivery-port.ts'

/** A meter as the cache knows it, for the platform's plan in force. */
export type MeterView = {
  meter: string
  name: string
  used: number
  /** Null: unlimited. */
  limit: number | null
  /** Rises with every change; null where the platform gives none. */
  version: number | null
  /** How one envelope draws on it. */
  draws: Draws
}
/** What is known of the meters of a workspace; answered from the cache, without waiting. */
export type QuotaView = {
  meters(workspaceId: string): readonly MeterView[]
  /** What the plan allows, as it is known now: another value after every purchase, and the same one whatever was used. */
  planTerms(workspaceId: string): unknown
}

/** Of a refusal that names no meter there is nothing to be known: it is asked about rarely. */
const SLOW_RETRY_MS = 5 * 60_000
/** At most one probe of a meter in this time, and the first one so long after the refusal. (shared/contract/README.md, "Answers that may be wrong") */
export const PROBE_FIRST_MS = 15_000
export const PROBE_CAP_MS = 15 * 60_000

/** What is known of a hold's counter now; all null when the meter is not among those the platform counts for us. */
export function counterSnapshot(meters: readonly MeterView[], meter: string | null): CounterSnapshot {
  const view = meters.find((one) => one.meter === meter)
  return view ? { version: view.version, used: view.used, limit: view.limit } : { version: null, used: null, limit: null }
}

/**
 * When what a hold keeps back is asked about again, whatever the counters say: a refusal may have been wrong, and the counter
 * with it. `probes`: how many were refused since the meter was closed; full jitter between 15 s and twice as much after each, at most 15 min.
 */
export function nextProbeAt(meter: string | null, probes: number, now: number, random: Random): number {
  if (meter === null) return now + Math.round(SLOW_RETRY_MS * (1 + random()))
  const ceiling = Math.min(PROBE_CAP_MS, PROBE_FIRST_MS * 2 ** Math.min(probes, 16))
  return now + Math.round(PROBE_FIRST_MS + random() * (ceiling - PROBE_FIRST_MS))
}

/** A time further ahead than any back-off was written by a clock that was set back since. */
export function isProbeDue({ retryAt }: Pick<QuotaHold, 'retryAt'>, now: number): boolean {
  return now >= retryAt || retryAt > now + PROBE_CAP_MS
}

/** When the probe leaves after news (a start, "sync now", another plan or counter): at once, but never two within 15 s. */
export function probeSoonAt({ retryAt }: Pick<QuotaHold, 'retryAt'>, probedAt: number | null, now: number): number {
  const earliest = probedAt === null ? now : Math.max(now, Math.min(probedAt, now) + PROBE_FIRST_MS)
  return Math.min(retryAt, earliest)
}

/** Whether that was less than 15 s ago. A time that lies ahead was written by a clock that was set back since. */
export function isWithinProbeTime(atMs: number | null, now: number): boolean {
  return atMs !== null && atMs <= now && now - atMs < PROBE_FIRST_MS
}

/** Whether the counter is another one than that of the refusal, as it was known then or as the refusal itself named it. */
export function isCounterNews({ counter, used, limit }: Pick<QuotaHold, 'counter' | 'used' | 'limit'>, view: MeterView): boolean {
  if (used !== null && view.used === used && view.limit === limit) return false
  if (counter.version === null || view.version === null) return counter.used !== view.used || counter.limit !== view.limit || counter.version !== view.version
  return view.version > counter.version
}

/** The counter knows of one more push and no further one: it must not be spent on a single write. */
export function isLastPush(view: MeterView | undefined, hasSession: boolean): boolean {
  return view !== undefined && meterDraws[view.draws].countsPushes && hasRoom(view, 0, 1, hasSession) && !hasRoom(view, 0, 2, hasSession)
}

/** Whether everything that is held fits as far as the counter tells, so that the meter can be opened for good. */
export function fitsAll(view: MeterView | undefined, held: { bytes: number; pushes: number }, hasSession: boolean): boolean {
  return view !== undefined && hasRoom(view, held.bytes, held.pushes, hasSession)
}

export function hasRoom(view: MeterView, bytes: number, pushes: number, hasSession: boolean): boolean {
  if (view.limit === null) return true
  return view.used + drawOf(view, bytes, pushes, hasSession) <= view.limit
}

function drawOf(view: MeterView, bytes: number, pushes: number, hasSession: boolean): number {
  // Our own open session is among those used already. Of a meter that refused although no push draws on it, nobody knows how much: at least one.
  return meterDraws[view.draws].ofPush?.(bytes, pushes, hasSession ? 0 : 1) ?? 1
}
