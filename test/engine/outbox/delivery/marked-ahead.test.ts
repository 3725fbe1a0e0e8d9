import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ItemState } from '../../../../shared/contract/console.ts'
import { FakePlatform, refusedWith, unreachable } from '../fake-platform.ts'
import { type Desk, draft, memoryRef, openDesk, settled, startDrainer, steppedClock, type SteppedClock, temporaryFolder, WORKSPACE } from '../fixture.ts'

let folder: ReturnType<typeof temporaryFolder>
let clock: SteppedClock
let desk: Desk
let platform: FakePlatform
let open: () => void

beforeEach(() => {
  folder = temporaryFolder()
  clock = steppedClock()
  desk = openDesk(folder.path, clock)
  platform = new FakePlatform()
  desk.outbox.enqueueEnvelopes(Array.from({ length: 1200 }, (_, index) => draft(`m${index}`)))
  platform.gate = new Promise((resolve) => {
    open = resolve
  })
})
afterEach(() => {
  desk.close()
  folder.remove()
})

function count(state: ItemState): number {
  return desk.outbox.tally(WORKSPACE)[state].count
}

/** Sequences of the items that may be at the platform. */
function sent(): number[] {
  return desk.database.prepare<[], number>('SELECT sequence FROM item WHERE sent = 1 ORDER BY sequence').pluck().all()
}

function first(number: number): number[] {
  return Array.from({ length: number }, (_, index) => index + 1)
}

/** The first push is on its way and the second is marked. */
async function underWay(): Promise<ReturnType<typeof startDrainer>> {
  const running = startDrainer(desk, platform, clock)
  await settled()
  expect(count('sending')).toBe(1000)
  expect(platform.pushes).toHaveLength(0)
  return running
}

describe('what is marked before the answer to the push in front of it', () => {
  test('leaves when that one is taken, and nothing leaves twice', async () => {
    const { drainer, faults } = await underWay()
    open()
    await clock.advance(100)
    expect(platform.pushes.map(({ envelopes }) => envelopes.length)).toEqual([500, 500, 200])
    expect(new Set(platform.effects).size).toBe(1200)
    expect([count('delivered'), count('sending')]).toEqual([1200, 0])
    expect(faults).toEqual([])
    await drainer.stop()
  })

  test('is held with the rest when the plan is full, as if it had never been marked', async () => {
    platform.bytesLimit = 300 * 64
    const { drainer } = await underWay()
    open()
    await clock.advance(100)
    expect(platform.pushes).toHaveLength(1)
    expect([count('delivered'), count('held'), count('pending'), count('sending')]).toEqual([300, 900, 0, 0])
    expect(sent()).toEqual(first(300))
    // Never sent, so a delete of its memory is nothing that the platform has to hear of.
    expect(desk.outbox.enqueueMemoryDelete(WORKSPACE, memoryRef('m700'))).toEqual({ withdrawnCount: 1, deleteCount: 0 })
    platform.upgrade({ bytes: null })
    drainer.countersChanged(WORKSPACE)
    await clock.advance(100)
    expect(count('delivered')).toBe(1199)
    expect(platform.effects).toHaveLength(1199)
    await drainer.stop()
  })

  test.each([
    ['the network fails', unreachable()],
    ['the sign-in has ended', refusedWith(401, 'token_expired')],
  ])('is pending again when %s, without a try', async (_, fault) => {
    platform.fault = () => fault
    const { drainer } = await underWay()
    open()
    await clock.advance(10)
    expect(count('sending')).toBe(0)
    expect(sent()).toEqual(first(500))
    expect(desk.database.prepare<[], number>('SELECT max(attempts) FROM item WHERE sequence > 500').pluck().get()).toBe(0)
    platform.fault = () => ({})
    drainer.resume(WORKSPACE)
    await clock.advance(10_000)
    expect(count('delivered')).toBe(1200)
    await drainer.stop()
  })

  test('is withdrawn when its memory was deleted meanwhile and it does not leave', async () => {
    platform.bytesLimit = 0
    const { drainer } = await underWay()
    desk.outbox.enqueueMemoryDelete(WORKSPACE, memoryRef('m700'))
    open()
    await clock.advance(100)
    expect(count('discarded')).toBe(1)
    expect([count('held'), count('sending')]).toEqual([1199, 0])
    await drainer.stop()
  })

  test('is sent after a crash, and what was answered before it as well: each takes effect once', async () => {
    await underWay()
    open()
    await settled()
    desk.close()
    desk = openDesk(folder.path, clock)
    expect(count('sending')).toBe(0)
    const { drainer } = startDrainer(desk, platform, clock)
    await clock.advance(100)
    expect(count('delivered')).toBe(1200)
    expect(platform.effects).toHaveLength(1200)
    await drainer.stop()
  })
})
