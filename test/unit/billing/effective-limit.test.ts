import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { BoughtBooster } from '../../../shared/billing/effective-limit.ts'
import { effectiveLimit, effectiveLimits, NOTHING_BOUGHT } from '../../../shared/billing/effective-limit.ts'
import { compareLimits, UNLIMITED } from '../../../shared/billing/limit.ts'
import { exampleCatalog, exampleMeter, examplePlan } from './example-catalog.ts'

const storage = exampleMeter({ id: 'storage' })
const seats = exampleMeter({ id: 'seats', seats: true })
const bought = (booster: Partial<BoughtBooster>): BoughtBooster => ({
  resource: 'storage',
  amount: 10,
  quantity: 1,
  purchasedAt: 0,
  expiresAt: 100,
  ...booster,
})

// The truss seed's table counts, not its example: 150 + 10 = 160.
test('boosters add to the plan: 150 GB and one of 10 GB are 160 GB', () => {
  expect(effectiveLimit(examplePlan({ id: 'pro', limits: { storage: 150e9 } }), storage, { seats: 0, boosters: [bought({ amount: 10e9 })] }, 50)).toBe(160e9)
})

test('a booster counts for its own resource, times its quantity, while it is active', () => {
  const plan = examplePlan({ id: 'plan', limits: { storage: 100 } })
  const boosters = [
    bought({ quantity: 3 }),
    bought({ resource: 'seats', amount: 1000 }),
    bought({ amount: 5000, expiresAt: 50 }),
    bought({ amount: 7000, purchasedAt: 51 }),
  ]
  expect(effectiveLimit(plan, storage, { seats: 0, boosters }, 50)).toBe(130)
})

test('bought seats raise the seats meter alone', () => {
  const plan = examplePlan({ id: 'plan', limits: { storage: 100, seats: 5 } })
  expect(effectiveLimit(plan, seats, { seats: 3, boosters: [] }, 0)).toBe(8)
  expect(effectiveLimit(plan, storage, { seats: 3, boosters: [] }, 0)).toBe(100)
})

test('unlimited stays unlimited, and a meter that the plan does not name is not included', () => {
  expect(effectiveLimit(examplePlan({ id: 'plan', limits: { storage: UNLIMITED } }), storage, { seats: 1, boosters: [bought({})] }, 50)).toBe(UNLIMITED)
  expect(effectiveLimit(examplePlan({ id: 'plan' }), storage, NOTHING_BOUGHT, 0)).toBe(0)
})

test('every meter of the catalog has an effective limit', () => {
  const [, pro] = exampleCatalog.plans
  expect(pro && effectiveLimits(exampleCatalog, pro, { seats: 2, boosters: [] }, 0)).toEqual({ branches: 5, seats: 3, calls: 100, storage: 15e9, pushes: 50 })
})

test('the effective limit is monotone in boosters', () => {
  const booster = fc.record({
    resource: fc.constantFrom('storage', 'seats'),
    amount: fc.nat(1e6),
    quantity: fc.nat(100),
    purchasedAt: fc.nat(100),
    expiresAt: fc.nat(200),
  })
  const own = fc.oneof(fc.nat(1e6), fc.constant(UNLIMITED))
  fc.assert(
    fc.property(own, fc.array(booster), booster, fc.nat(200), (limit, boosters, another, atMs) => {
      const plan = examplePlan({ id: 'plan', limits: { storage: limit } })
      const before = effectiveLimit(plan, storage, { seats: 0, boosters }, atMs)
      const after = effectiveLimit(plan, storage, { seats: 0, boosters: [...boosters, another] }, atMs)
      expect(compareLimits(after, before)).toBeGreaterThanOrEqual(0)
    }),
  )
})
