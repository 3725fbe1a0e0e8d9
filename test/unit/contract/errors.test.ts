import { globSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { policy } from '../../../main/engine/outbox/delivery/policy.ts'
import { type ErrorClass, errorClassOf, meterOfCode, platformErrors } from '../../../shared/contract/errors.ts'
import { catalogIds, catalogs } from '../../../shared/generated/catalogs.ts'

/** Every code, by its status and what it asks of a console: the contract, written a second time. */
const table: [status: number, expected: ErrorClass, codes: string][] = [
  [401, 'auth', 'missing_token invalid_token token_revoked token_expired portal_closed'],
  [403, 'auth', 'device_revoked'],
  [402, 'quota', 'insufficient_balance subscription_ended encrypted_bytes_exceeded sync_devices_exceeded sync_operations_exceeded'],
  [403, 'quota', 'encrypted_bytes_exceeded sync_devices_exceeded sync_operations_exceeded'],
  [429, 'quota', 'encrypted_bytes_exceeded sync_devices_exceeded sync_operations_exceeded'],
  [429, 'rate', 'rate_limited'],
  [400, 'problem', 'request_aborted'],
  [403, 'problem', 'foreign_host foreign_origin'],
  [500, 'problem', 'internal_error'],
  [502, 'problem', 'foreign_page'],
  [409, 'problem', 'device_forked'],
  [410, 'problem', 'session_closed'],
  [503, 'problem', 'payments_unavailable'],
  [
    200,
    'final',
    'invalid_envelope envelope_conflict invalid_event unknown_metric not_metered_by_events wrong_form timestamp_in_future too_old too_large id_conflict',
  ],
  [400, 'final', 'invalid_request'],
  [402, 'final', 'payment_declined'],
  [403, 'final', 'forbidden own_tenant_only foreign_form invalid_signature read_only_setting alert_of_catalog'],
  [404, 'final', 'not_found unknown_route unknown_plan billing_unavailable sync_unavailable wallet_unavailable operations_unavailable'],
  [405, 'final', 'method_not_allowed'],
  [409, 'final', 'sub_key_revoked version_conflict plan_not_sold not_sold seats_not_sold top_up_not_sold no_subscription already_on_plan already_has_seats'],
  [409, 'final', 'change_in_portal custom_price request_pending request_not_needed already_decided quote_changed'],
  [409, 'final', 'circle_name_taken reserve_expired run_settled instance_suspended'],
  [410, 'final', 'cursor_unknown'],
  [413, 'final', 'body_too_large too_many_envelopes push_too_large too_many_events'],
  [415, 'final', 'unsupported_media_type'],
  [422, 'final', 'idempotency_key_reused invalid_setting amount_too_large unknown_dimension'],
  [428, 'final', 'approval_required'],
]
const rows = table.flatMap(([status, expected, codes]) => codes.split(' ').map((code): [string, number, ErrorClass] => [code, status, expected]))

const inOutbox: Record<ErrorClass, string> = { quota: 'held', rate: 'waiting', auth: 'paused', final: 'rejected', problem: 'waiting' }

describe('every code of the contract', () => {
  test.each(rows)('%s with %i is %s', (code, status, expected) => {
    expect(errorClassOf(status, { code, message: '' })).toBe(expected)
    if (status === 200) return
    const answer = { kind: 'error' as const, status, error: { code, message: '' }, retryAfterMs: null }
    // Only a purchase is declined for good: a write that is answered 402 waits for room or money, whatever the code.
    expect(policy({ kind: 'envelope', attempts: 0 }, answer, 0, () => 0).next).toBe(status === 402 ? 'held' : inOutbox[expected])
  })

  test('is in the table above with all its statuses, and says what it means', () => {
    const listed = Object.entries(platformErrors).flatMap(([code, { statuses }]) => statuses.map((status) => `${code} ${status}`))
    expect(rows.map(([code, status]) => `${code} ${status}`).sort()).toEqual(listed.sort())
    for (const { meaning } of Object.values(platformErrors)) expect(meaning).toMatch(/^[A-Z].{10,}\.$/)
  })
})

describe('what the code alone would not tell', () => {
  test.each<[string, number, { code: string; meter?: string } | null, ErrorClass]>([
    ['a known code outweighs a meter beside it', 403, { code: 'forbidden', meter: 'branches' }, 'final'],
    ['a known code under another status is a guess', 500, { code: 'device_revoked' }, 'problem'],
    ['a quota’s code with a status that no quota has', 404, { code: 'encrypted_bytes_exceeded' }, 'final'],
    ['an unknown code with the ending of a quota', 403, { code: 'branches_exceeded' }, 'quota'],
    ['the same ending where no quota is answered', 409, { code: 'branches_exceeded' }, 'final'],
    ['an unknown code that only sounds like a quota', 429, { code: 'rate_limit_exceeded', meter: 'api_requests' }, 'rate'],
    ['a name of the language is no code', 403, { code: 'constructor' }, 'final'],
    ['nobody’s answer', 403, null, 'problem'],
    ['too large, in nobody’s words', 413, null, 'final'],
  ])('%s', (_name, status, error, expected) => {
    expect(errorClassOf(status, error === null ? null : { message: '', ...error })).toBe(expected)
  })

  test.each([
    ['encrypted_bytes_exceeded', 'encrypted_bytes'],
    ['branches_limit_reached', 'branches'],
    ['insufficient_balance', null],
    ['rate_limited', null],
    ['Strange Exceeded', null],
  ])('the meter of %s is %s', (code, meter) => {
    expect(meterOfCode(code)).toBe(meter)
  })

  test.each(catalogIds)('every meter of %s refuses with a code that is read as a quota, or as a rate where it is one', (id) => {
    for (const { id: meter, refusalStatus, aggregation } of catalogs[id].meters)
      expect(errorClassOf(refusalStatus, { code: `${meter}_exceeded`, message: '' }), meter).toBe(aggregation === 'rate_per_minute' ? 'rate' : 'quota')
  })
})

/** The codes that a source answers: what a refusal is made with, and what an item's code is set to. */
function codesIn(source: string): string[] {
  return [...source.matchAll(/(?:new Refusal\(|\brefused\(|\bcode(?::| =) )([^,;]*)/g)].flatMap(([, expression = '']) =>
    [...expression.replaceAll(/[=!]== '[^']*'/g, '').matchAll(/'([^']*)'/g)].map(([, code = '']) => code),
  )
}

describe('the sandbox', () => {
  const answered = new Set(globSync('main/sandbox/**/*.ts').flatMap((path) => codesIn(readFileSync(path, 'utf8'))))

  test('answers no code that the contract does not know', () => {
    expect([...answered].filter((code) => !Object.hasOwn(platformErrors, code))).toEqual([])
  })

  test('answers every code that the contract knows; those of meters are made of their names', () => {
    const ofMeters = new Set(catalogIds.flatMap((id) => catalogs[id].meters.map((meter) => `${meter.id}_exceeded`)))
    expect(Object.keys(platformErrors).filter((code) => !answered.has(code) && !ofMeters.has(code))).toEqual([])
  })

  test('and the search finds each way of answering one', () => {
    expect(codesIn(`throw new Refusal(\n  'made_up',\n  'Words.')`)).toEqual(['made_up'])
    expect(codesIn(`return refused('made_up', 'Words.')`)).toEqual(['made_up'])
    expect(codesIn(`return { id, code: 'made_up', message: 'Words.' }`)).toEqual(['made_up'])
    expect(codesIn(`const code = purchase.product === 'plan' ? 'made_up' : 'another'\n`)).toEqual(['made_up', 'another'])
  })
})
