import { expect, test } from 'vitest'
import { UNLIMITED } from '../../../shared/billing/limit.ts'
import { planLimits, startsNewPeriod, takesEffect, usageAfterPlanChange, wouldBeOver } from '../../../shared/billing/plan-change.ts'
import { planOf } from '../../../shared/billing/catalog.ts'
import { exampleCatalog } from './example-catalog.ts'

const plan = (id: string) => planOf(exampleCatalog, id)

test('over is above the limit, not at it', () => {
  expect(wouldBeOver({ branches: 5, seats: 2, calls: 1, unknown: 1 }, { branches: 5, seats: 1, calls: UNLIMITED })).toEqual([
    { meterId: 'seats', used: 2, limit: 1 },
    { meterId: 'unknown', used: 1, limit: 0 },
  ])
})

test('a new period starts from free to paid only', () => {
  expect(startsNewPeriod(plan('solo'), plan('pro'))).toBe(true)
  expect(startsNewPeriod(plan('solo'), plan('vast'))).toBe(true)
  expect(startsNewPeriod(plan('pro'), plan('team'))).toBe(false)
  expect(startsNewPeriod(plan('pro'), plan('solo'))).toBe(false)
  expect(startsNewPeriod(plan('solo'), plan('solo'))).toBe(false)
})

test('an upgrade takes effect now, a smaller plan when the paid period is over', () => {
  expect(takesEffect(exampleCatalog, plan('solo'), plan('pro'))).toBe('now')
  expect(takesEffect(exampleCatalog, plan('team'), plan('pro'))).toBe('period_end')
})

test.each([
  ['solo', 'pro', 0],
  ['pro', 'team', 40],
  ['team', 'pro', 0],
])('from %s to %s monthly counters are at %d and total ones as they were', (from, to, calls) => {
  expect(usageAfterPlanChange(exampleCatalog, plan(from), plan(to), { calls: 40, branches: 3 })).toEqual({ calls, branches: 3 })
})

test('the limits of a plan alone', () => {
  expect(planLimits(exampleCatalog, plan('pro'))).toEqual({ branches: 5, seats: 1, calls: 100, storage: 15e9, pushes: 50 })
})
