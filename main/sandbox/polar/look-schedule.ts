/** Why a customer is looked at although no webhook came. `sinceMs`: when the waiting began (epoch ms). */
export type Reason = { kind: 'checkout' | 'cancelled' | 'portal' | 'period'; sinceMs: number }
export type LookState = { workspaceId: string; reason: Reason; lastLookMs: number | null }

const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS
/** However urgent: Polar allows 100 to 500 requests a minute, and a look is up to a handful. */
const LEAST_PAUSE_MS = 2 * SECOND_MS

/** Whether it is time to look at Polar again: often while somebody sits before the page, rarely afterwards. Pure. */
export function lookIsDue({ reason, lastLookMs }: LookState, nowMs: number): boolean {
  if (lastLookMs === null) return true
  const pauseMs = pauseOf(reason, lastLookMs, nowMs - reason.sinceMs)
  return pauseMs !== null && nowMs - lastLookMs >= Math.max(LEAST_PAUSE_MS, pauseMs)
}

/** Null: there is nothing to wait for any more. */
function pauseOf({ kind, sinceMs }: Reason, lastLookMs: number, waitedMs: number): number | null {
  switch (kind) {
    case 'checkout':
      return waitedMs < 10 * MINUTE_MS ? 2 * SECOND_MS : 30 * SECOND_MS
    case 'cancelled':
      return MINUTE_MS
    case 'portal':
      if (waitedMs > HOUR_MS) return null
      return waitedMs < 10 * MINUTE_MS ? 5 * SECOND_MS : MINUTE_MS
    case 'period':
      // Once in every period, after it has begun: a renewal, a change or an end that was agreed for it.
      return lastLookMs < sinceMs ? 5 * SECOND_MS : null
  }
}
