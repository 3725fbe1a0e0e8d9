import type { Random } from '../../base/clock.ts'

/** A fault that stands for hours must not make the console deaf for minutes after it is mended: one small read each half minute is cheap. */
const CONNECT_CAP_MS = 30_000
const CONNECT_BASE_MS = 1_000
/** Full jitter may draw nearly nothing; this keeps a dead platform from being asked in a tight loop. */
const FLOOR_MS = 250
const RETRY_AFTER_CAP_MS = 3_600_000

/** Wait before the next try to connect: full jitter between nothing and 1 s × 2^failures, capped; a platform's own Retry-After wins, up to an hour. */
export function connectDelayMs(failures: number, retryAfterMs: number | null, random: Random): number {
  if (retryAfterMs !== null) return Math.min(RETRY_AFTER_CAP_MS, Math.max(FLOOR_MS, retryAfterMs))
  const span = Math.min(CONNECT_CAP_MS, CONNECT_BASE_MS * 2 ** Math.min(failures, 16))
  return Math.max(FLOOR_MS, Math.round(random() * span))
}

const POLL_FIRST_MS = 5_000
const POLL_CAP_MS = 60_000

/** Wait before poll number `poll` (from 0) while the event stream is down: 5 s growing to 60 s, ± 20 % so that consoles do not ask in step. */
export function pollDelayMs(poll: number, random: Random): number {
  const base = Math.min(POLL_CAP_MS, POLL_FIRST_MS * 1.5 ** Math.min(poll, 16))
  return Math.round(base * (0.8 + 0.4 * random()))
}

const CHECKOUT_FIRST_MS = 2_000
const CHECKOUT_CAP_MS = 10_000

/** Wait before question number `question` (from 0) about an open checkout: 2 s growing to 10 s. */
export function checkoutDelayMs(question: number): number {
  return Math.min(CHECKOUT_CAP_MS, Math.round(CHECKOUT_FIRST_MS * 1.3 ** Math.min(question, 16)))
}
