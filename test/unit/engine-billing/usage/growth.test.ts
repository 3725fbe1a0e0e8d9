import { expect, it } from 'vitest'
import { dailyGrowth, growthByHour, lastOf, levelsOf, sumOf } from '../../../../main/engine/billing/usage/growth.ts'
import type { UsageDay } from '../../../../main/engine/billing/usage/usage-history.ts'

const DAY = 20_000
const H = DAY * 24

/** A day whose hours from `first` on have these values. */
function day(values: (number | null)[], first = 0, number = DAY): UsageDay {
  const hours = Array.from({ length: 24 }, (_, hour) => values[hour - first] ?? null)
  return { day: number, limit: 100, usedAtEnd: 0, peak: 0, hours }
}

it('reads the hours of days by their number since 1970, and leaves out what is not known', () => {
  expect([...levelsOf([day([5, null, 7], 3)])]).toEqual([
    [H + 3, 5],
    [H + 5, 7],
  ])
})

it('says by how much each hour grew, and takes a fall for a new beginning only where there are any', () => {
  const levels = levelsOf([day([5, 8, 2, 2])])
  expect([...growthByHour(levels, true).values()]).toEqual([3, 2, 0])
  expect([...growthByHour(levels, false).values()]).toEqual([3, -6, 0])
})

it('sums what is known of a span, and says when nothing is', () => {
  const growth = new Map([
    [10, 4],
    [12, 5],
  ])
  expect(sumOf(growth, 10, 13)).toBe(9)
  expect(sumOf(growth, 10, 12)).toBe(4)
  expect(sumOf(growth, 13, 20)).toBeNull()
  expect(lastOf(growth, 0, 12)).toBe(4)
  expect(lastOf(growth, 0, 10)).toBeNull()
})

it('begins with the first day that is known and counts gaps after it as nothing', () => {
  const growth = new Map([
    [H + 24, 6],
    [H + 72, 1],
  ])
  expect(dailyGrowth(growth, DAY, DAY + 4).map(({ amount }) => amount)).toEqual([6, 0, 1])
})
