import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Catalog, type Enforcement, type Meter, refusalCode } from '../../../shared/billing/catalog.ts'
import { limitToWire, UNLIMITED } from '../../../shared/billing/limit.ts'
import { admits, counterAllowed, decideQuota, decisionOnWire } from '../../../shared/billing/quota.ts'
import { catalogs } from '../../../shared/generated/catalogs.ts'
import { exampleCatalog, exampleMeter } from './example-catalog.ts'
import { vectors } from './vectors.ts'

const layerA = catalogs['layer-a']
const MIB = 1024 * 1024

/** The example with another meter for calls, which bills. */
const catalogWith = (calls: Partial<Meter>): Catalog => ({
  ...exampleCatalog,
  meters: exampleCatalog.meters.map((meter) => (meter.id === 'calls' ? { ...meter, ...calls } : meter)),
  plans: exampleCatalog.plans.map((plan) => ({ ...plan, currency: 'usd' })),
})

describe('decideQuota', () => {
  test('answers as the truss seed prints it', () => {
    const { resource, answer } = vectors.quota_reason
    const decision = decideQuota(exampleCatalog, { planId: 'pro', resource, used: answer.current, atMs: 0 })
    expect({ allowed: decision.allowed, current: decision.current, limit: limitToWire(decision.limit), resource, reason: decision.reason }).toEqual(answer)
  })

  test.each([
    ['free', 'encrypted_bytes', 25 * MIB, 1, 'Encrypted bytes limit reached (25 MiB of 25 MiB). Upgrade to Pro for 5 GiB.'],
    [
      'free',
      'encrypted_bytes',
      25 * MIB - 1,
      550,
      'Encrypted bytes limit reached (24.99 MiB of 25 MiB, 550 bytes more does not fit). Upgrade to Pro for 5 GiB.',
    ],
    ['pro', 'encrypted_bytes', 5 * 1024 * MIB, 1, 'Encrypted bytes limit reached (5 GiB of 5 GiB). Upgrade to Team for 100 GiB.'],
    ['free', 'sync_operations', 1000, 1, 'Sync operations limit reached (1,000 of 1,000). Upgrade to Pro for 50,000 sync operations.'],
    ['free', 'api_sub_keys', 2, 1, 'API sub-keys limit reached (2 of 2). Upgrade to Pro for 10 sub-keys.'],
    ['free', 'sync_devices', 2, 1, 'Sync devices limit reached (2 of 2). Upgrade to Pro for 5 open sessions.'],
    ['team', 'sync_devices', 25, 1, 'Sync devices limit reached (25 of 25). No larger plan makes room for this.'],
  ])('layer-a %s: %s at %d', (planId, resource, used, requested, reason) => {
    expect(decideQuota(layerA, { planId, resource, used, requested, atMs: 0 })).toMatchObject({ allowed: false, admitted: false, reason })
  })

  test('the next larger plan is skipped when what is asked for would not fit there either', () => {
    const decision = decideQuota(exampleCatalog, { planId: 'pro', resource: 'branches', used: 5, requested: 16, atMs: 0 })
    expect(decision.reason).toBe('Branch limit reached (5/5). Upgrade to Vast for unlimited branches.')
  })

  test('what the plan does not include says so', () => {
    expect(decideQuota(exampleCatalog, { planId: 'solo', resource: 'branch', used: 0, atMs: 0 }).reason).toBe(
      'Branch is not included in Solo. Upgrade to Pro for 5 branches.',
    )
  })

  test('on the largest plan a booster is the way out', () => {
    const decision = decideQuota(exampleCatalog, { planId: 'vast', resource: 'storage', used: 500_000_000_000, atMs: 0 })
    expect(decision.reason).toBe('Storage limit reached (500 GB/500 GB). Buy Extra storage for 10 GB more.')
  })

  test('an active booster makes room, and at the instant it expires it does not', () => {
    const holdings = { seats: 0, boosters: [{ resource: 'storage', amount: 10, quantity: 2, purchasedAt: 100, expiresAt: 200 }] }
    const ask = (atMs: number) => decideQuota(exampleCatalog, { planId: 'solo', resource: 'storage', used: 1_000_000_019, holdings, atMs })
    expect(ask(99).allowed).toBe(false)
    expect(ask(100)).toMatchObject({ allowed: true, remaining: 1, reason: null })
    expect(ask(199).allowed).toBe(true)
    expect(ask(200).allowed).toBe(false)
  })

  test('boosters are counted in the larger plan as well: what they add goes on', () => {
    const holdings = { seats: 0, boosters: [{ resource: 'branches', amount: 10, quantity: 1, purchasedAt: 0, expiresAt: 10 }] }
    expect(decideQuota(exampleCatalog, { planId: 'pro', resource: 'branches', used: 15, requested: 10, holdings, atMs: 5 }).reason).toBe(
      'Branch limit reached (15/15). Upgrade to Team for 20 branches.',
    )
  })

  test('a meter that bills lets the operation run, and its reason is the price of what lies beyond', () => {
    const priced = catalogWith({ unitPrice: { cents: 5, per: 1 } })
    const ask = (used: number, requested: number) => decideQuota(priced, { planId: 'pro', resource: 'calls', used, requested, atMs: 0 })
    expect(ask(100, 12)).toMatchObject({ allowed: false, admitted: true, reason: 'Beyond the plan: 12 × $0.05 = $0.60' })
    // Only what is asked for, and of that only what lies beyond.
    expect(ask(95, 12).reason).toBe('Beyond the plan: 7 × $0.05 = $0.35')
    expect(ask(5000, 1).reason).toBe('Beyond the plan: 1 × $0.05 = $0.05')
    expect(ask(99, 1)).toMatchObject({ allowed: true, reason: null })
    expect(decisionOnWire(ask(100, 12))).toEqual({ allowed: false, enforcement: 'bill', reason: 'Beyond the plan: 12 × $0.05 = $0.60' })
    expect(decisionOnWire(ask(99, 1))).toEqual({ allowed: true })
  })

  test.each([
    [{ unitPrice: { cents: 50, per: 1000 } }, 1234, 'Beyond the plan: 1,234 × $0.50 per 1,000 calls = $0.62'],
    [{ unitPrice: { cents: 60, per: 60 }, unit: 'minutes' }, 90, 'Beyond the plan: 1.5 hours × $0.60 per hour = $0.90'],
    [{ unitPrice: { cents: 10, per: 1e9 }, unit: 'bytes' }, 2_500_000_000, 'Beyond the plan: 2.5 GB × $0.10 per GB = $0.25'],
    // Its price is beyond 2^53, and still exact.
    [{ unitPrice: { cents: 500, per: 1 } }, 9_000_000_000_000_000, 'Beyond the plan: 9,000,000,000,000,000 × $5.00 = $45,000,000,000,000,000.00'],
    [{ unitPrice: { cents: 200, per: 1_000_000 } }, 1, 'Beyond the plan: 1 × $2.00 per 1,000,000 calls = less than $0.01'],
    [{ enforcement: 'notify' as const }, 3, 'Beyond the plan: 3, reported and not billed.'],
  ])('the price says for how much it is: %o', (meter, requested, reason) => {
    expect(decideQuota(catalogWith(meter), { planId: 'pro', resource: 'calls', used: 100, requested, atMs: 0 })).toMatchObject({ admitted: true, reason })
  })

  test('what a plan has not got the feature for is not part of it, whatever its meter does beyond a limit', () => {
    const featured = catalogWith({ feature: 'calling', unitPrice: { cents: 5, per: 1 } })
    expect(decideQuota(featured, { planId: 'pro', resource: 'calls', used: 0, atMs: 0 })).toMatchObject({ allowed: false, admitted: false })
  })

  test('unlimited always allows', () => {
    expect(decideQuota(exampleCatalog, { planId: 'vast', resource: 'branches', used: 1e15, requested: 1e15, atMs: 0 })).toMatchObject({
      allowed: true,
      limit: UNLIMITED,
      remaining: UNLIMITED,
      reason: null,
    })
  })

  test('an unknown plan or resource is named in the error', () => {
    expect(() => decideQuota(exampleCatalog, { planId: 'gold', resource: 'branch', used: 0, atMs: 0 })).toThrow(/no plan gold; it has solo, pro, team, vast/)
    expect(() => decideQuota(exampleCatalog, { planId: 'pro', resource: 'ponies', used: 0, atMs: 0 })).toThrow(/no meter ponies/)
  })
})

test('an enforcing meter never admits past its limit', () => {
  const amount = fc.nat({ max: 2 ** 40 })
  fc.assert(
    fc.property(amount, amount, fc.array(fc.integer({ min: 1, max: 2 ** 30 }), { maxLength: 50 }), (limit, start, requests) => {
      let used = start
      for (const requested of requests) {
        if (!admits(exampleMeter({ id: 'any' }), limit, used, requested)) continue
        used += requested
        expect(used).toBeLessThanOrEqual(limit)
      }
    }),
  )
})

test.each<Enforcement>(['bill', 'notify'])('a meter that only does %s never refuses', (enforcement) => {
  expect(admits(exampleMeter({ id: 'any', enforcement }), 5, 500, 1)).toBe(true)
})

test('a counter is not allowed once its limit is reached', () => {
  expect(counterAllowed(5, 4)).toBe(true)
  expect(counterAllowed(5, 5)).toBe(false)
  expect(counterAllowed(0, 0)).toBe(false)
  expect(counterAllowed(UNLIMITED, 5)).toBe(true)
})

test('the code of a refusal is the meter with "_exceeded"', () => {
  expect(layerA.meters.map(refusalCode)).toEqual(['sync_operations_exceeded', 'encrypted_bytes_exceeded', 'api_sub_keys_exceeded', 'sync_devices_exceeded'])
})
