import fc from 'fast-check'
import { expect, test } from 'vitest'
import { UNLIMITED } from '../../../shared/billing/limit.ts'
import { periodNumber } from '../../../shared/billing/period.ts'
import { atThisPace, projectCost } from '../../../shared/billing/projected-cost.ts'

// 30 days.
const june = periodNumber(Date.UTC(2025, 5, 1), 0)
const day = (count: number): number => june.startMs + count * 86_400_000

test('monthly use goes on at its pace, total use stays, and what is included is not billed', () => {
  const cost = projectCost(
    4900,
    [
      { meterId: 'mints', used: 500, included: 1000, period: 'monthly', unitPrice: { cents: 50, per: 100 } },
      { meterId: 'stored', used: 1250, included: 1000, period: 'total', unitPrice: { cents: 1, per: 100 } },
      { meterId: 'checks', used: 100, included: 1000, period: 'monthly', unitPrice: { cents: 50, per: 1 } },
      { meterId: 'free', used: 9999, included: 0, period: 'monthly', unitPrice: null },
      { meterId: 'open', used: 9999, included: UNLIMITED, period: 'monthly', unitPrice: { cents: 1, per: 1 } },
    ],
    june,
    day(10),
  )
  expect(cost.lines.map(({ meterId, projectedUse, billedUse, cents }) => [meterId, projectedUse, billedUse, cents])).toEqual([
    ['mints', 1500n, 500n, 250n],
    // 250 × 1 / 100 = 2.5, away from zero.
    ['stored', 1250n, 250n, 3n],
    ['checks', 300n, 0n, 0n],
    ['free', 29_997n, 0n, 0n],
    ['open', 29_997n, 0n, 0n],
  ])
  expect(cost.totalCents).toBe(5153n)
})

test('at the start of a period and at its end the projection is what is used', () => {
  expect(atThisPace(7, june, june.startMs)).toBe(7n)
  expect(atThisPace(7, june, june.startMs - 1)).toBe(7n)
  expect(atThisPace(7, june, june.endMs)).toBe(7n)
  expect(atThisPace(7, june, june.endMs + 1)).toBe(7n)
})

test('a projection is never below what is used, and the lines sum to the total', () => {
  const meter = fc.record({
    meterId: fc.string(),
    used: fc.nat(1e9),
    included: fc.nat(1e9),
    period: fc.constantFrom('monthly' as const, 'total' as const),
    unitPrice: fc.record({ cents: fc.nat(1000), per: fc.integer({ min: 1, max: 1000 }) }),
  })
  fc.assert(
    fc.property(fc.array(meter), fc.integer({ min: day(1), max: june.endMs }), fc.nat(1e6), (meters, nowMs, planCents) => {
      const cost = projectCost(planCents, meters, june, nowMs)
      for (const [index, line] of cost.lines.entries()) expect(line.projectedUse >= BigInt(meters[index]?.used ?? -1)).toBe(true)
      expect(cost.totalCents).toBe(cost.lines.reduce((sum, { cents }) => sum + cents, BigInt(planCents)))
    }),
  )
})

test('what passes 2^53 is foreseen to the last unit and cent, a price for each day too', () => {
  const most = Number.MAX_SAFE_INTEGER
  const [flow, peak] = projectCost(
    1,
    [
      { meterId: 'flow', used: most, included: 1, period: 'monthly', unitPrice: { cents: 7, per: 3 } },
      { meterId: 'peak', used: most, included: 0, period: 'total', unitPrice: { cents: 25, per: 1 }, pricedDaily: true },
    ],
    june,
    day(10),
  ).lines
  // Three times 9,007,199,254,740,991, without the one that is included; two thirds of a cent are rounded up.
  expect(flow).toEqual({ meterId: 'flow', projectedUse: 27_021_597_764_222_973n, billedUse: 27_021_597_764_222_972n, cents: 63_050_394_783_186_935n })
  expect(peak).toMatchObject({ projectedUse: 9_007_199_254_740_991n, billedUse: 270_215_977_642_229_730n, cents: 6_755_399_441_055_743_250n })
})
