import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BACK_OFF_CAP_MS, BACK_OFF_FIRST_MS, backOffMs, policy, resultPolicy } from '../../../../main/engine/outbox/delivery/policy.ts'
import { RETRY_AFTER_CAP_MS } from '../../../../main/engine/sync/client/retry-after.ts'
import type { Answer } from '../../../../main/engine/sync/client/answer.ts'
import type { PlatformError } from '../../../../shared/contract/platform.ts'

const NOW = 1_000_000
const tried = { kind: 'envelope' as const, attempts: 0 }
const half = (): number => 0.5

function error(status: number, code: string | null, more: Partial<PlatformError> & { retryAfterMs?: number } = {}): Answer<never> {
  const { retryAfterMs = null, ...fields } = more
  return { kind: 'error', status, error: code === null ? null : { code, message: `about ${code}`, ...fields }, retryAfterMs }
}

function next(answer: Answer<unknown>): string {
  const decision = policy(tried, answer, NOW, half)
  return decision.next === 'held'
    ? `held by ${decision.refusal.meter}`
    : decision.next === 'rejected' && decision.conflict
      ? 'conflict'
      : decision.next === 'paused'
        ? decision.why
        : decision.next
}

describe('an answer to a whole call', () => {
  test.each<[string, Answer<unknown>, string]>([
    ['200', { kind: 'ok', status: 200, value: {} }, 'delivered'],
    ['no network', { kind: 'unreachable', reason: 'network', message: '' }, 'waiting'],
    ['a timeout', { kind: 'unreachable', reason: 'timeout', message: '' }, 'waiting'],
    ['a truncated body', { kind: 'unreachable', reason: 'truncated', message: '' }, 'waiting'],
    ['HTML for JSON', { kind: 'unreachable', reason: 'not_json', message: '' }, 'waiting'],
    ['another shape', { kind: 'unreachable', reason: 'bad_shape', message: '' }, 'waiting'],
    ['a TLS error', { kind: 'unreachable', reason: 'tls', message: '' }, 'waiting'],
    ['a redirect to another origin', { kind: 'unreachable', reason: 'redirect', message: '' }, 'waiting'],
    ['no token', { kind: 'no_token' }, 'signed_out'],
    ['nothing, since it could not be serialised', { kind: 'not_serialisable', message: '' }, 'rejected'],
    ['408', error(408, 'request_timeout'), 'waiting'],
    ['425', error(425, 'too_early'), 'waiting'],
    ['500', error(500, 'internal_error'), 'waiting'],
    ['503 without the contract’s body', error(503, null), 'waiting'],
    ['599', error(599, 'whatever'), 'waiting'],
    ['402 with a meter', error(402, 'encrypted_bytes_exceeded', { meter: 'encrypted_bytes' }), 'held by encrypted_bytes'],
    ['402 whose code names the meter', error(402, 'sync_devices_exceeded'), 'held by sync_devices'],
    ['402 with an unknown code', error(402, 'payment_required'), 'held by null'],
    ['402 with a code that is final where something is bought', error(402, 'payment_declined'), 'held by null'],
    ['402 without the contract’s body', error(402, null), 'held by null'],
    ['429 with a quota code', error(429, 'sync_operations_exceeded', { meter: 'sync_operations' }), 'held by sync_operations'],
    ['429 without a quota code', error(429, 'rate_limited'), 'waiting'],
    ['429 of a rate limit that sounds like a quota', error(429, 'rate_limit_exceeded', { meter: 'api_requests' }), 'waiting'],
    ['429 without a body', error(429, null), 'waiting'],
    ['403 with a quota code', error(403, 'branches_limit_reached', { meter: 'branches' }), 'held by branches'],
    ['403 with an unknown code and a meter', error(403, 'no_more', { meter: 'branches' }), 'held by branches'],
    ['403 for want of permission', error(403, 'forbidden'), 'rejected'],
    ['403 for a revoked device', error(403, 'device_revoked'), 'device_revoked'],
    ['401', error(401, 'token_expired'), 'signed_out'],
    ['401 without a body', error(401, null), 'signed_out'],
    ['409 version_conflict', error(409, 'version_conflict'), 'conflict'],
    ['409 of another kind', error(409, 'busy'), 'rejected'],
    ['400', error(400, 'invalid_request'), 'rejected'],
    ['404', error(404, 'not_found'), 'rejected'],
    ['413', error(413, 'body_too_large'), 'rejected'],
    ['413 of a proxy', error(413, null), 'rejected'],
    ['415', error(415, 'unsupported_media_type'), 'rejected'],
    ['422', error(422, 'invalid'), 'rejected'],
    ['418 of the platform', error(418, 'teapot'), 'rejected'],
    ['403 of a captive portal', error(403, null), 'waiting'],
  ])('%s', (_, answer, expected) => {
    expect(next(answer)).toBe(expected)
  })

  test('a refusal keeps the platform’s words and numbers', () => {
    const decision = policy(
      tried,
      error(402, 'encrypted_bytes_exceeded', { meter: 'encrypted_bytes', reason: '25 of 25 MiB used', used: 5, limit: 6 }),
      NOW,
      half,
    )
    expect(decision).toEqual({
      next: 'held',
      status: 402,
      refusal: { meter: 'encrypted_bytes', code: 'encrypted_bytes_exceeded', reason: '25 of 25 MiB used', used: 5, limit: 6 },
    })
  })

  test('what could not be serialised is no answer of the platform: it has no status', () => {
    expect(policy(tried, { kind: 'not_serialisable', message: 'size_bytes: too_big' }, NOW, half)).toEqual({
      next: 'rejected',
      conflict: false,
      serverValue: null,
      status: null,
      code: 'not_serialisable',
      message: 'size_bytes: too_big',
    })
  })

  test('a version conflict keeps what the platform has', () => {
    const decision = policy({ kind: 'setting', attempts: 0 }, error(409, 'version_conflict', { current: { key: 'a', value: 'theirs', version: 7 } }), NOW, half)
    expect(decision).toMatchObject({ next: 'rejected', conflict: true, serverValue: { value: 'theirs', version: 7 } })
    const strange = policy({ kind: 'setting', attempts: 0 }, error(409, 'version_conflict', { current: { value: 5, version: -1 } }), NOW, half)
    expect(strange).toMatchObject({ serverValue: { value: null, version: null } })
  })

  test.each([
    [0, BACK_OFF_FIRST_MS],
    [1, BACK_OFF_FIRST_MS],
    [90_000, 90_000],
    [RETRY_AFTER_CAP_MS, RETRY_AFTER_CAP_MS],
    [RETRY_AFTER_CAP_MS + 1, RETRY_AFTER_CAP_MS],
  ])('Retry-After of %i ms waits %i ms', (retryAfterMs, waitMs) => {
    expect(policy(tried, error(503, 'maintenance', { retryAfterMs }), NOW, half)).toMatchObject({ next: 'waiting', retryAfter: true, nextAt: NOW + waitMs })
  })
})

describe('one result of a push', () => {
  test.each([
    ['stored', 'delivered', false],
    ['duplicate', 'delivered', true],
  ] as const)('%s', (status, expected, duplicate) => {
    expect(resultPolicy(tried, { status }, 200, NOW, half)).toMatchObject({ next: expected, duplicate })
  })

  test('refused, conflict, invalid, and nothing at all', () => {
    expect(resultPolicy(tried, { status: 'refused', code: 'encrypted_bytes_exceeded', limit: -1 }, 200, NOW, half)).toMatchObject({
      next: 'held',
      refusal: { meter: 'encrypted_bytes', limit: null },
    })
    expect(resultPolicy(tried, { status: 'conflict' }, 200, NOW, half)).toMatchObject({ next: 'rejected', conflict: true })
    expect(resultPolicy(tried, { status: 'invalid', message: 'bad hash' }, 200, NOW, half)).toMatchObject({
      next: 'rejected',
      conflict: false,
      message: 'bad hash',
    })
    expect(resultPolicy(tried, null, 200, NOW, half)).toMatchObject({ next: 'waiting' })
  })
})

describe('properties', () => {
  const answers: fc.Arbitrary<Answer<unknown>> = fc.oneof(
    fc.record({
      kind: fc.constant('unreachable' as const),
      reason: fc.constantFrom('network' as const, 'timeout' as const, 'not_json' as const),
      message: fc.string(),
    }),
    fc.record({
      kind: fc.constant('error' as const),
      status: fc.integer({ min: 400, max: 599 }),
      error: fc.option(
        fc.record({
          code: fc.oneof(fc.string(), fc.constantFrom('encrypted_bytes_exceeded', 'rate_limited', 'device_revoked')),
          message: fc.string(),
          meter: fc.option(fc.string(), { nil: undefined }),
        }),
      ),
      retryAfterMs: fc.option(fc.integer({ min: 0, max: 1e12 })),
    }),
  )
  const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

  test('full jitter stays between one second and five minutes, and reaches both ends', () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), random, (attempts, value) => {
        const ms = backOffMs(attempts, () => value)
        return ms >= BACK_OFF_FIRST_MS && ms <= BACK_OFF_CAP_MS
      }),
    )
    expect(backOffMs(0, () => 0)).toBe(BACK_OFF_FIRST_MS)
    expect(backOffMs(40, () => 0.999_999_9)).toBe(BACK_OFF_CAP_MS)
  })

  test('nothing but a 402, 403 or 429 holds; nothing but 401 and a revoked device pauses; a failing network never rejects', () => {
    fc.assert(
      fc.property(answers, fc.nat(100), random, (answer, attempts, value) => {
        const decision = policy({ kind: 'envelope', attempts }, answer, NOW, () => value)
        if (decision.next === 'held') return answer.kind === 'error' && [402, 403, 429].includes(answer.status)
        if (decision.next === 'paused') return answer.kind === 'error' && (answer.status === 401 || answer.error?.code === 'device_revoked')
        if (decision.next === 'rejected') return answer.kind === 'error' && answer.status < 500
        return decision.next === 'waiting' && decision.nextAt >= NOW + BACK_OFF_FIRST_MS && decision.nextAt <= NOW + RETRY_AFTER_CAP_MS
      }),
      { numRuns: 2000 },
    )
  })
})
