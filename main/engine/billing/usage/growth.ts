import { DAY_MS } from '../../../../shared/billing/cost-day.ts'
import type { UsageDay } from './usage-history.ts'

export const HOUR_MS = 3_600_000
const HOURS = 24

/** What a counter stood at when each hour (since 1970, UTC) ended. Hours that are not known are missing. */
export type Levels = ReadonlyMap<number, number>

export function levelsOf(days: readonly UsageDay[]): Map<number, number> {
  const levels = new Map<number, number>()
  for (const { day, hours } of days) for (const [hour, value] of hours.entries()) if (value !== null) levels.set(day * HOURS + hour, value)
  return levels
}

/**
 * By how much a counter grew within each hour. One that starts anew with each period has fallen when that began: then what it
 * stands at is what it grew. The first known hour has nothing to be compared with and is left out.
 */
export function growthByHour(levels: Levels, startsAnew: boolean): Map<number, number> {
  const growth = new Map<number, number>()
  let before: number | null = null
  for (const [hour, level] of levels) {
    if (before !== null) growth.set(hour, startsAnew && level < before ? level : level - before)
    before = level
  }
  return growth
}

/** The sum of a span of hours (half-open); null where none of them is known. */
export function sumOf(growth: ReadonlyMap<number, number>, fromHour: number, toHour: number): number | null {
  let sum: number | null = null
  for (let hour = fromHour; hour < toHour; hour += 1) {
    const value = growth.get(hour)
    if (value !== undefined) sum = (sum ?? 0) + value
  }
  return sum
}

/** The last known level of a span of hours (half-open). */
export function lastOf(levels: Levels, fromHour: number, toHour: number): number | null {
  for (let hour = toHour - 1; hour >= fromHour; hour -= 1) {
    const value = levels.get(hour)
    if (value !== undefined) return value
  }
  return null
}

/** The growth of each whole UTC day from the first that is known, gaps as 0. (`forecast` takes it so.) */
export function dailyGrowth(growth: ReadonlyMap<number, number>, fromDay: number, toDay: number): { dayMs: number; amount: number }[] {
  const days: { dayMs: number; amount: number }[] = []
  for (let day = fromDay; day < toDay; day += 1) {
    const amount = sumOf(growth, day * HOURS, (day + 1) * HOURS)
    if (amount !== null || days.length > 0) days.push({ dayMs: day * DAY_MS, amount: amount ?? 0 })
  }
  return days
}
