import type { ItemKind } from '../../../../shared/contract/console.ts'
import { type ErrorCode, errorClassOf, meterOfCode } from '../../../../shared/contract/errors.ts'
import type { PlatformError } from '../../../../shared/contract/platform.ts'
import type { Random } from '../../base/clock.ts'
import type { Answer } from '../../sync/client/answer.ts'
import { RETRY_AFTER_CAP_MS } from '../../sync/client/retry-after.ts'
import type { ServerValue } from '../payload.ts'
import { type Decision, type QuotaRefusal, SUBSCRIPTION_METER } from '../queue/delivery-port.ts'

/** What the policy needs to know of an item, or of a batch: then `attempts` is that of its least tried item. */
export type PriorAttempts = { kind: ItemKind; attempts: number }

export const BACK_OFF_FIRST_MS = 1_000
export const BACK_OFF_CAP_MS = 5 * 60_000

const SUBSCRIPTION_ENDED = 'subscription_ended'

/** Decides from the answer to a whole call: of one item, or of a batch that the platform answered as one. */
export function policy(tried: PriorAttempts, answer: Answer<unknown>, now: number, random: Random): Decision {
  switch (answer.kind) {
    case 'ok':
      return { next: 'delivered', duplicate: false, status: answer.status, storedAt: null }
    case 'no_token':
      return { next: 'paused', why: 'signed_out', status: null, code: null, message: 'There is no token for this workspace.' }
    case 'not_serialisable':
      // It breaks the contract, and the same bytes will break it the next time. In a batch the item at fault is looked for first.
      return { next: 'rejected', conflict: false, serverValue: null, status: null, code: 'not_serialisable', message: answer.message }
    case 'unreachable':
      return waiting(tried, now, random, null, { status: null, code: answer.reason, message: answer.message })
    case 'error':
      return afterError(tried, answer, now, random)
  }
}

function afterError(tried: PriorAttempts, answer: Extract<Answer<unknown>, { kind: 'error' }>, now: number, random: Random): Decision {
  const { status, error, retryAfterMs } = answer
  const words = { status, code: error?.code ?? null, message: error?.message ?? `The platform answered ${status}.` }
  // A code of a purchase (a declined card, say) is final there; a write waits for room or money, whatever the code. (shared/contract/README.md, "Errors")
  switch (status === 402 ? 'quota' : errorClassOf(status, error)) {
    case 'auth':
      return { next: 'paused', why: status === 401 ? 'signed_out' : 'device_revoked', ...words }
    case 'quota':
      return { next: 'held', refusal: refusalOf(status, error), status }
    case 'rate':
    case 'problem':
      return waiting(tried, now, random, retryAfterMs, words)
    case 'final': {
      const conflict = status === 409 && error?.code === ('version_conflict' satisfies ErrorCode)
      return { next: 'rejected', conflict, serverValue: conflict ? serverValueOf(error?.current) : null, ...words }
    }
  }
}

/** One item's result in the answer to a push. `null`: the platform said nothing about it; several: it said more than one thing. */
export type PushResult = {
  status: 'stored' | 'duplicate' | 'refused' | 'conflict' | 'invalid'
  /** ISO 8601, by the platform's clock. */
  stored_at?: string | undefined
  code?: string | undefined
  message?: string | undefined
  meter?: string | undefined
  limit?: number | undefined
  used?: number | undefined
}

/** What is said of one item: the one result it has; null: none; a contradiction, where two results do not agree. */
export function agreedResult(results: readonly PushResult[]): PushResult | 'contradiction' | null {
  const [first = null, ...others] = results
  if (first === null || others.length === 0) return first
  if (results.every(isStored)) return results.find(({ status }) => status === 'stored') ?? first
  return others.every((other) => other.status === first.status && other.code === first.code && other.meter === first.meter) ? first : 'contradiction'
}

function isStored({ status }: PushResult): boolean {
  return status === 'stored' || status === 'duplicate'
}

export function resultPolicy(tried: PriorAttempts, result: PushResult | 'contradiction' | null, status: number, now: number, random: Random): Decision {
  if (result === 'contradiction')
    return waiting(tried, now, random, null, { status, code: 'contradiction', message: 'The platform’s answer says two different things about this envelope.' })
  if (result === null) return waiting(tried, now, random, null, { status, code: 'no_result', message: 'The platform’s answer did not mention this envelope.' })
  const code = result.code ?? null
  switch (result.status) {
    case 'stored':
      return { next: 'delivered', duplicate: false, status, storedAt: storedAtOf(result) }
    case 'duplicate':
      return { next: 'delivered', duplicate: true, status, storedAt: storedAtOf(result) }
    case 'refused':
      return { next: 'held', refusal: refusalFrom(code, result), status }
    case 'conflict':
      return { next: 'rejected', conflict: true, serverValue: null, status, code, message: result.message ?? 'Another envelope is stored under this id.' }
    case 'invalid':
      return { next: 'rejected', conflict: false, serverValue: null, status, code, message: result.message ?? 'The platform found this envelope invalid.' }
  }
}

function storedAtOf({ stored_at: storedAt }: PushResult): number | null {
  const at = storedAt === undefined ? Number.NaN : Date.parse(storedAt)
  return Number.isSafeInteger(at) && at >= 0 ? at : null
}

function refusalOf(status: number, error: PlatformError | null): QuotaRefusal {
  if (error === null) return { meter: null, code: null, reason: `The platform answered ${status}: the plan has no room.`, limit: null, used: null }
  return refusalFrom(error.code, { message: error.reason ?? error.message, meter: error.meter, limit: error.limit, used: error.used })
}

function refusalFrom(
  code: string | null,
  words: { message?: string | undefined; meter?: string | undefined; limit?: number | undefined; used?: number | undefined },
): QuotaRefusal {
  const limit = words.limit === undefined || words.limit < 0 ? null : words.limit
  return {
    meter: code === SUBSCRIPTION_ENDED ? SUBSCRIPTION_METER : (words.meter ?? (code === null ? null : meterOfCode(code))),
    code,
    reason: words.message ?? 'The plan has no room for this.',
    limit,
    used: words.used ?? null,
  }
}

function waiting(
  tried: PriorAttempts,
  now: number,
  random: Random,
  retryAfterMs: number | null,
  words: { status: number | null; code: string | null; message: string },
): Decision {
  const retryAfter = retryAfterMs !== null
  const delayMs = retryAfter ? Math.min(Math.max(retryAfterMs, BACK_OFF_FIRST_MS), RETRY_AFTER_CAP_MS) : backOffMs(tried.attempts, random)
  return { next: 'waiting', nextAt: now + delayMs, retryAfter, batchNo: null, ...words }
}

/** Full jitter between 1 s and twice as much after each try, at most 5 min. `attempts`: tries before this one. */
export function backOffMs(attempts: number, random: Random): number {
  const ceiling = Math.min(BACK_OFF_CAP_MS, BACK_OFF_FIRST_MS * 2 ** Math.min(attempts + 1, 20))
  return Math.round(BACK_OFF_FIRST_MS + random() * (ceiling - BACK_OFF_FIRST_MS))
}

function serverValueOf(current: unknown): ServerValue | null {
  if (typeof current !== 'object' || current === null) return null
  const value = 'value' in current && typeof current.value === 'string' ? current.value : null
  const version =
    'version' in current && typeof current.version === 'number' && Number.isSafeInteger(current.version) && current.version >= 0 ? current.version : null
  return { value, version }
}
