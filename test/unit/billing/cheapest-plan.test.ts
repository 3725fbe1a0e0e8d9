import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type PastPeriod, replayPlans, withHeld } from '../../../shared/billing/cheapest-plan.ts'
import { catalogs } from '../../../shared/generated/catalogs.ts'
import { exampleCatalog } from './example-catalog.ts'

const period = (used: PastPeriod['used']): PastPeriod => ({ startMs: 0, endMs: 1, used })
const truss = catalogs.truss
const MIB = 1024 * 1024

describe('replayPlans', () => {
  test('the smallest plan that admits everything, when nothing is beyond it', () => {
    expect(replayPlans(truss, [period({ projects: 1, storage: 1_000_000_000 })]).cheapestId).toBe('starter')
    expect(replayPlans(truss, [period({ projects: 2, branches: 4 })]).cheapestId).toBe('pro')
  })

  test('boosters are bought in whole packs, where they are cheaper than the next plan', () => {
    // Pro holds 150 GB; 165 GB need two packs of 10 GB at $5.00.
    const { plans, cheapestId } = replayPlans(truss, [period({ storage: 165_000_000_000 })])
    const pro = plans.find(({ planId }) => planId === 'pro')
    expect(pro).toMatchObject({ totalCents: 2900n + 2n * 500n, fits: true })
    expect(pro?.periods[0]?.extras).toEqual([{ kind: 'booster', meterId: 'storage', boosterId: 'extra_storage', count: 2n, cents: 1000n }])
    expect(cheapestId).toBe('pro')
    // 13 packs cost more than Team, which holds 500 GB for $89.
    expect(replayPlans(truss, [period({ storage: 280_000_000_000 })]).cheapestId).toBe('team')
  })

  test('seats where they are sold', () => {
    const { plans } = replayPlans(truss, [period({ seats: 7 })])
    expect(plans.find(({ planId }) => planId === 'team')).toMatchObject({ totalCents: 8900n + 2n * 1500n, fits: true })
    expect(plans.find(({ planId }) => planId === 'pro')).toMatchObject({ fits: false })
  })

  test('overage is priced, so a small plan may be the cheapest although it was exceeded', () => {
    const { plans } = replayPlans(catalogs.analytics, [period({ queries: 12_000 })])
    // 2,000 queries beyond 10,000 at $0.50 a thousand.
    expect(plans.find(({ planId }) => planId === 'starter')).toMatchObject({ totalCents: 9900n + 100n })
  })

  test('a price by agreement is never the cheapest, and says whether it would have fitted', () => {
    const replay = replayPlans(catalogs.analytics, [period({ users: 40 })])
    expect(replay.plans.map(({ planId, totalCents, fits }) => [planId, totalCents, fits])).toEqual([
      ['starter', 9900n, false],
      ['professional', 49900n, false],
      ['enterprise', null, true],
    ])
    expect(replay.cheapestId).toBeNull()
  })

  test('plans that are billed by another interval are left out: their prices and counters are for another time', () => {
    const plans = truss.plans.map((plan) => (plan.id === 'team' ? { ...plan, interval: 'year' as const } : plan))
    const used = [period({ storage: 280_000_000_000 })]
    expect(replayPlans({ ...truss, plans }, used, 'year')).toMatchObject({ plans: [{ planId: 'team', totalCents: 8900n }], cheapestId: 'team' })
    expect(replayPlans({ ...truss, plans }, used, 'month').plans.map(({ planId }) => planId)).not.toContain('team')
  })

  test('what is held has to be admitted too', () => {
    const meters = catalogs['layer-a'].meters
    const used = { sync_operations: 10, encrypted_bytes: 25 * MIB }
    const held = withHeld(meters, used, [1000, 2000, 3000, 4000])
    // All four leave with one push.
    expect(held).toEqual({ sync_operations: 11n, encrypted_bytes: 25n * BigInt(MIB) + 10_000n })
    expect(replayPlans(catalogs['layer-a'], [period(used)]).cheapestId).toBe('free')
    expect(replayPlans(catalogs['layer-a'], [period(held)]).cheapestId).toBe('pro')
    expect(withHeld(meters, used, [])).toBe(used)
  })

  test('what costs more than a number holds is still exact', () => {
    const most = Number.MAX_SAFE_INTEGER
    const { plans } = replayPlans(catalogs.truthlocks, [period({ 'attestations.mint': most, proof_bundles: most })])
    expect(plans.find(({ planId }) => planId === 'business')?.totalCents).toBe(9900n + (BigInt(most) - 5000n) * 5n + (BigInt(most) - 500n) * 10n)
  })

  test('counters beyond what a number holds are compared to the last unit, with what is held too', () => {
    const most = Number.MAX_SAFE_INTEGER
    const meters = catalogs['layer-a'].meters
    const held = withHeld(meters, { encrypted_bytes: most }, [3])
    expect(held).toEqual({ encrypted_bytes: BigInt(most) + 3n, sync_operations: 1n })
    const [free] = replayPlans(catalogs['layer-a'], [period(held)]).plans
    expect(free?.periods[0]?.shortfalls).toEqual([{ meterId: 'encrypted_bytes', quantity: BigInt(most) + 3n - 25n * BigInt(MIB) }])
    // The last pack is bought for one byte that a quotient of numbers would have lost.
    const storage = period({ storage: BigInt(most) * 4n + 1n })
    const pro = replayPlans(truss, [storage]).plans.find(({ planId }) => planId === 'pro')
    const beyond = BigInt(most) * 4n + 1n - 150_000_000_000n
    const count = beyond / 10_000_000_000n + 1n
    expect(pro?.periods[0]?.extras).toEqual([{ kind: 'booster', meterId: 'storage', boosterId: 'extra_storage', count, cents: count * 500n }])
  })

  test('no past, no advice', () => {
    expect(replayPlans(truss, []).cheapestId).toBeNull()
  })

  test('more use never costs less, and what fits keeps fitting with less', () => {
    const meters = exampleCatalog.meters.map(({ id }) => id)
    const use = fc.dictionary(fc.constantFrom(...meters), fc.nat({ max: 2_000_000_000 }), { minKeys: 1 })
    fc.assert(
      fc.property(use, fc.constantFrom(...meters), fc.nat({ max: 1_000_000_000 }), (used, meter, more) => {
        const less = replayPlans(exampleCatalog, [period(used)])
        const larger = replayPlans(exampleCatalog, [period({ ...used, [meter]: (used[meter] ?? 0) + more })])
        for (const [index, plan] of less.plans.entries()) {
          const other = larger.plans[index]
          if (other === undefined) throw new Error('a plan is missing')
          if (other.fits) expect(plan.fits).toBe(true)
          if (other.fits && plan.totalCents !== null) expect((other.totalCents ?? 0n) >= plan.totalCents).toBe(true)
        }
      }),
    )
  })
})
