import { afterEach, beforeEach, expect, it } from 'vitest'
import { readSnapshots } from '../../../main/sandbox/meter/usage/snapshots.ts'
import { DAY_MS, HOUR_MS, MeteredAccount } from './fixture.ts'

let account: MeteredAccount
beforeEach(async () => {
  account = await MeteredAccount.open({ now: Date.UTC(2026, 2, 20, 12, 15) })
})
afterEach(() => account.close())

const today = Math.floor(Date.UTC(2026, 2, 20) / DAY_MS)

function hours(metric: string, day = today): Promise<(number | null)[]> {
  return account.with((unit) => readSnapshots(unit, account.workspaceId, metric, day, day)[0]?.hours ?? [])
}

/** 24 hours, of which these are known. */
function known(values: Record<number, number>): (number | null)[] {
  return Array.from({ length: 24 }, (_, hour) => values[hour] ?? null)
}

it('holds what stood at the end of the hour, not what came a millisecond after', async () => {
  await account.record([account.event('calls', { quantity: 5 })])
  account.clock.step(45 * 60_000 - 1)
  await account.record([account.event('calls', { quantity: 2 })])
  expect(await hours('calls')).toEqual([])
  account.clock.step(1)
  await account.record([account.event('calls', { quantity: 100 })])
  expect(await hours('calls')).toEqual(known({ 12: 7 }))
})

it('goes on through hours and days in which nobody asked', async () => {
  await account.record([account.event('calls', { quantity: 5 }), account.event('stock', { reading: 3 })])
  account.clock.step(DAY_MS)
  expect(await hours('calls')).toEqual(known(Object.fromEntries(Array.from({ length: 12 }, (_, index) => [index + 12, 5]))))
  expect(await hours('stock', today + 1)).toEqual(known(Object.fromEntries(Array.from({ length: 12 }, (_, index) => [index, 3]))))
})

it('starts at zero in the hour in which the period does', async () => {
  // The next period begins on 10 April at 9:30.
  account.clock.setWallClock(Date.UTC(2026, 3, 10, 8, 10))
  await account.record([account.event('calls', { quantity: 5 })])
  account.clock.step(3 * HOUR_MS)
  const day = Math.floor(Date.UTC(2026, 3, 10) / DAY_MS)
  expect((await hours('calls', day)).slice(7, 12)).toEqual([0, 5, 0, 0, null])
})

it('puts a late quantity into its hour and every one since, in its own period only', async () => {
  await account.record([account.event('calls', { quantity: 5 })])
  account.clock.step(3 * HOUR_MS)
  await account.record([account.event('calls', { quantity: 2 }, account.clock.now() - 2 * HOUR_MS)])
  expect((await hours('calls')).slice(12, 16)).toEqual([5, 7, 7, null])

  account.clock.setWallClock(Date.UTC(2026, 3, 10, 11, 10))
  await account.record([account.event('calls', { quantity: 4 }, Date.UTC(2026, 3, 10, 9, 29))])
  const day = Math.floor(Date.UTC(2026, 3, 10) / DAY_MS)
  expect((await hours('calls', day)).slice(7, 12)).toEqual([7, 7, 0, 0, null])
})

it('makes a past that is loaded readable: sums grow, readings stand in their hour', async () => {
  const at = Date.UTC(2026, 2, 12, 6)
  const day = Math.floor(at / DAY_MS)
  await account.record(
    [
      account.event('calls', { quantity: 3 }, at),
      account.event('calls', { quantity: 4 }, at + 2 * HOUR_MS),
      account.event('peak', { reading: 8 }, at),
      account.event('stock', { reading: 2 }, at),
    ],
    { backfill: true },
  )
  expect((await hours('calls', day)).slice(5, 10)).toEqual([null, 3, 3, 7, 7])
  expect((await hours('calls', day + 1)).slice(0, 2)).toEqual([7, 7])
  expect((await hours('stock', day)).slice(6, 8)).toEqual([2, null])
  expect(await account.used('calls')).toBe(7)
})

it('makes every day known in the feed', async () => {
  await account.record([account.event('calls', { quantity: 5 })])
  account.clock.step(HOUR_MS)
  await account.with(() => undefined)
  const rows = account.rows("SELECT body FROM changes WHERE topic = 'snapshot' AND id = 'calls/2026-03-20'")
  expect(rows).toHaveLength(1)
})
