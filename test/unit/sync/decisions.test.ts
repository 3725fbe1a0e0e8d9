import { describe, expect, it } from 'vitest'
import { checkoutDelayMs, connectDelayMs, pollDelayMs } from '../../../main/engine/sync/client/backoff.ts'
import { isFinal, mayFollow, standingOf } from '../../../main/engine/sync/checkouts/checkout-state.ts'
import { troubleOf } from '../../../main/engine/sync/client/trouble.ts'

describe('waiting', () => {
  it('draws from a span that doubles up to half a minute', () => {
    expect([0, 1, 2, 3, 4, 5, 50].map((failures) => connectDelayMs(failures, null, () => 0.999_999))).toEqual([
      1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000,
    ])
  })

  it('never asks in a tight loop', () => {
    expect(connectDelayMs(9, null, () => 0)).toBe(250)
    expect(connectDelayMs(0, 0, () => 0)).toBe(250)
  })

  it('does what Retry-After says, up to an hour', () => {
    expect(connectDelayMs(0, 90_000, () => 0)).toBe(90_000)
    expect(connectDelayMs(0, 86_400_000, () => 0)).toBe(3_600_000)
  })

  it('polls every 5 s, growing to a minute, not in step with others', () => {
    expect(pollDelayMs(0, () => 0.5)).toBe(5_000)
    expect(pollDelayMs(40, () => 0.5)).toBe(60_000)
    expect(pollDelayMs(0, () => 0)).toBe(4_000)
    expect(pollDelayMs(0, () => 0.999_999)).toBe(6_000)
  })

  it('asks about a checkout every 2 s, growing to 10 s', () => {
    expect(checkoutDelayMs(0)).toBe(2_000)
    expect(checkoutDelayMs(100)).toBe(10_000)
  })
})

describe('what an answer means for the connection', () => {
  const error = (status: number, code = 'x', retryAfterMs: number | null = null) =>
    troubleOf({ kind: 'error', status, error: { code, message: 'words' }, retryAfterMs })

  it('asks the person to sign in and does not try again by itself', () => {
    expect(error(401)).toEqual({ state: 'signed_out', detail: 'words', retry: null })
    expect(troubleOf({ kind: 'no_token' })).toMatchObject({ state: 'signed_out', retry: null })
    expect(error(403, 'device_revoked')).toEqual({ state: 'device_revoked', detail: 'words', retry: null })
  })

  it.each([500, 502, 503, 408, 425, 429])('%i is tried again when the platform says', (status) => {
    expect(error(status, 'x', 7_000)).toEqual({ state: 'offline', detail: 'words', retry: { afterMs: 7_000 } })
  })

  it.each([400, 403, 404, 409])('%i is a problem that a person should see', (status) => {
    expect(error(status)).toMatchObject({ state: 'problem', retry: { afterMs: null } })
  })

  it.each(['network', 'timeout', 'truncated', 'aborted'] as const)('%s is offline', (reason) => {
    expect(troubleOf({ kind: 'unreachable', reason, message: 'words' })).toMatchObject({ state: 'offline', detail: 'words' })
  })

  it.each(['tls', 'redirect', 'not_json', 'bad_shape'] as const)('%s is a problem', (reason) => {
    expect(troubleOf({ kind: 'unreachable', reason, message: 'words' })).toMatchObject({ state: 'problem', detail: 'words' })
  })

  it('what could not be serialised is a problem too: nothing was sent', () => {
    expect(troubleOf({ kind: 'not_serialisable', message: 'words' })).toMatchObject({ state: 'problem', detail: 'Nothing was sent: words' })
  })
})

describe('a checkout', () => {
  it.each([
    [{ status: 'open', applied: false, decline_reason: null }, 'waiting_for_payment'],
    [{ status: 'open', applied: false, decline_reason: 'Card declined' }, 'declined'],
    [{ status: 'confirmed', applied: false, decline_reason: null }, 'waiting_for_platform'],
    [{ status: 'succeeded', applied: false, decline_reason: null }, 'waiting_for_platform'],
    [{ status: 'succeeded', applied: true, decline_reason: null }, 'done'],
    [{ status: 'failed', applied: false, decline_reason: null }, 'declined'],
    [{ status: 'expired', applied: false, decline_reason: null }, 'expired'],
    [{ status: 'cancelled', applied: false, decline_reason: null }, 'cancelled'],
  ] as const)('%j stands at %s', (document, state) => {
    expect(standingOf(document).state).toBe(state)
  })

  it('never takes a received payment back, and never leaves its end', () => {
    expect(mayFollow('waiting_for_platform', 'waiting_for_payment')).toBe(false)
    expect(mayFollow('declined', 'waiting_for_payment')).toBe(true)
    expect(mayFollow('done', 'waiting_for_platform')).toBe(false)
    expect((['done', 'cancelled', 'expired'] as const).every(isFinal)).toBe(true)
    expect((['waiting_for_payment', 'declined', 'waiting_for_platform'] as const).some(isFinal)).toBe(false)
  })
})
