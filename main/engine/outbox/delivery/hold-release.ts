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
export type QuotaView = { meters(workspaceId: string): readonly MeterView[] }

const SLOW_RETRY_MS = 5 * 60_000

/** What is known of a hold's counter now; all null when the meter is not among those the platform counts for us. */
export function counterSnapshot(meters: readonly MeterView[], meter: string | null): CounterSnapshot {
  const view = meters.find((one) => one.meter === meter)
  return view ? { version: view.version, used: view.used, limit: view.limit } : { version: null, used: null, limit: null }
}

/** When the slow timer asks again; null where counters will tell. */
export function slowRetryAt(meters: readonly MeterView[], meter: string | null, now: number, random: Random): number | null {
  if (meters.some((one) => one.meter === meter)) return null
  return now + Math.round(SLOW_RETRY_MS * (1 + random()))
}

/**
 * Whether it is worth asking the platform again for what a hold keeps back. `head`: the oldest held item, which has to
 * go first; a smaller one behind it does not overtake it.
 */
export function mayProbe(hold: QuotaHold, head: { sizeBytes: number }, meters: readonly MeterView[], hasSession: boolean, now: number): boolean {
  if (hold.retryAt !== null && now >= hold.retryAt) return true
  const view = meters.find((one) => one.meter === hold.meter)
  // The platform has just said no to this very state of the counter; asking again would only cost a request.
  if (!view || !isNews(hold.counter, view)) return false
  return hasRoom(view, head.sizeBytes, 1, hasSession)
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

function isNews(seen: CounterSnapshot, view: MeterView): boolean {
  if (seen.version === null || view.version === null) return seen.used !== view.used || seen.limit !== view.limit || seen.version !== view.version
  return view.version > seen.version
}
