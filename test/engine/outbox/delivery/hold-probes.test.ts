/** A meter that the platform closed is asked about again, one write at a time, whatever its counter says. */
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ItemState } from '../../../../shared/contract/console.ts'
import { openDatabase } from '../../../../main/engine/store/database.ts'
import { migrations } from '../../../../main/engine/store/migrations.ts'
import { FakePlatform, type refusedWith } from '../fake-platform.ts'
import { type Desk, draft, openDesk, type Running, startDrainer, steppedClock, type SteppedClock, temporaryFolder, WORKSPACE } from '../fixture.ts'

let folder: ReturnType<typeof temporaryFolder>
let clock: SteppedClock
let desk: Desk
let platform: FakePlatform
let running: Running
/** When each push came, and with how many writes. */
let pushes: { at: number; count: number }[]
/** Refuses all pushes; the counters know nothing of it. */
let lying: ReturnType<typeof refusedWith> | null

beforeEach(() => {
  folder = temporaryFolder()
  clock = steppedClock()
  desk = openDesk(folder.path, clock)
  platform = new FakePlatform()
  pushes = []
  lying = full()
  platform.fault = (_, body) => {
    if (body) pushes.push({ at: clock.now(), count: body.envelopes.length })
    return body && lying ? lying : {}
  }
})
afterEach(async () => {
  const stopped = running.drainer.stop()
  await clock.advance(5_000)
  await stopped
  desk.close()
  folder.remove()
})

function full(status: 402 | 429 = 402): ReturnType<typeof refusedWith> {
  const [meter, code] = status === 402 ? ['encrypted_bytes', 'encrypted_bytes_exceeded'] : ['sync_operations', 'sync_operations_exceeded']
  return {
    answer: {
      kind: 'error',
      status,
      error: { code, message: 'The plan is full.', reason: '512 KiB does not fit', meter, used: 100, limit: 100 },
      retryAfterMs: null,
    },
  }
}

const count = (state: ItemState): number => desk.outbox.tally(WORKSPACE)[state].count
const start = (random = 0): void => {
  running = startDrainer(desk, platform, clock, { random: () => random })
}
const write = (...names: string[]): void => void desk.outbox.enqueueEnvelopes(names.map((name) => draft(name)))
const gaps = (): number[] => pushes.slice(1).map(({ at }, index) => at - (pushes[index]?.at ?? 0))
async function restart(): Promise<void> {
  const stopped = running.drainer.stop()
  await clock.advance(2_000)
  await stopped
  desk.close()
  desk = openDesk(folder.path, clock)
}

describe('one wrong refusal', () => {
  test.each([402, 429] as const)('%i with a meter, then an honest platform: delivered after 15 s, without a person', async (status) => {
    lying = full(status)
    write('a', 'b', 'c')
    start(1)
    await clock.advance(10)
    expect(count('held')).toBe(3)
    lying = null
    await clock.advance(14_980)
    expect(count('held')).toBe(3)
    await clock.advance(100)
    expect(count('delivered')).toBe(3)
    expect(pushes.map((push) => push.count)).toEqual([3, 1, 2])
  })

  test('the back-off grows to 15 minutes, is stored, and each probe is one write', async () => {
    write('a', 'b', 'c')
    start(1)
    await clock.advance(3_600_000)
    expect(gaps().slice(0, 8)).toEqual([15_000, 30_000, 60_000, 120_000, 240_000, 480_000, 900_000, 900_000])
    expect(pushes.slice(1).every((push) => push.count === 1)).toBe(true)
    await restart()
    const { probes, retry_at: retryAt } = desk.database.prepare('SELECT probes, retry_at FROM hold').get() as { probes: number; retry_at: number }
    expect(probes).toBe(pushes.length - 1)
    expect(retryAt).toBe((pushes.at(-1)?.at ?? 0) + 900_000)
    // At the start once, then the back-off goes on where it was.
    pushes = []
    start(1)
    await clock.advance(900_000)
    expect(gaps()).toEqual([900_000])
  })

  test('a clock that was set back by a year does not park the hold', async () => {
    write('a')
    start()
    await clock.advance(10)
    clock.setWall(clock.now() - 365 * 86_400_000)
    lying = null
    await clock.advance(15_100)
    expect(count('delivered')).toBe(1)
  })

  test('"sync now" and counters lead to a probe at once, but never to two within 15 s', async () => {
    write('a', 'b')
    start(1)
    await clock.advance(200_000)
    pushes = []
    running.drainer.wake(WORKSPACE)
    await clock.advance(10)
    expect(pushes).toHaveLength(1)
    for (let second = 0; second < 14; second += 1) {
      running.drainer.wake(WORKSPACE)
      platform.upgrade({ bytes: 1_000_000 + second })
      running.drainer.countersChanged(WORKSPACE)
      await clock.advance(1_000)
    }
    expect(pushes).toHaveLength(1)
    await clock.advance(1_000)
    expect(gaps()).toEqual([15_000])
  })

  test('another plan leads to a probe, although its counters are as before', async () => {
    write('a')
    start(1)
    await clock.advance(200_000)
    lying = null
    platform.plan = {}
    running.drainer.countersChanged(WORKSPACE)
    await clock.advance(10)
    expect(count('delivered')).toBe(1)
  })

  test('another plan leads to a probe at once although the last one was just now; a plan that changes all the time leads to one in 15 s', async () => {
    write('a', 'b')
    start(1)
    await clock.advance(200_000)
    running.drainer.wake(WORKSPACE)
    await clock.advance(1_000)
    pushes = []
    for (let second = 0; second < 15; second += 1) {
      platform.plan = {}
      running.drainer.countersChanged(WORKSPACE)
      await clock.advance(1_000)
    }
    // The first is the purchase; the second is the one that was due 15 s after "sync now" or after it.
    expect(pushes[0]?.at).toBe(clock.now() - 15_000)
    expect(pushes.length).toBeLessThanOrEqual(2)
    lying = null
    platform.plan = {}
    running.drainer.countersChanged(WORKSPACE)
    await clock.advance(10)
    expect(count('delivered')).toBe(2)
  })

  test('a person is not kept waiting', async () => {
    write('a', 'b')
    start(1)
    await clock.advance(15_010)
    expect(pushes).toHaveLength(2)
    await desk.outbox.retry(WORKSPACE, { filter: { states: ['held'] } })
    await clock.advance(10)
    await desk.outbox.retry(WORKSPACE, { filter: { states: ['held'] } })
    await clock.advance(10)
    expect(pushes.map((push) => push.count)).toEqual([2, 1, 1, 1])
  })

  test('an honest platform whose counter stays full: the flood follows the probe', async () => {
    write(...Array.from({ length: 900 }, (_, index) => `m${index}`))
    platform.known = [{ meter: 'encrypted_bytes', name: 'Encrypted bytes', used: 100, limit: 100, version: 5, draws: 'ciphertext_bytes' }]
    platform.tell = () => undefined
    start()
    await clock.advance(10)
    lying = null
    await clock.advance(15_100)
    expect(count('delivered')).toBe(900)
    expect(pushes.length).toBeLessThan(6)
  })
})

describe('a subscription that has ended', () => {
  beforeEach(() => {
    lying = { answer: { kind: 'error', status: 402, error: { code: 'subscription_ended', message: 'The subscription has ended.' }, retryAfterMs: null } }
  })

  test('holds every envelope under those words; deletes and settings go on; another plan frees all of it', async () => {
    write('a', 'b')
    desk.outbox.enqueueSetting({ workspaceId: WORKSPACE, key: 'org_name', value: 'Tide', baseVersion: null })
    start(1)
    await clock.advance(10)
    write('late')
    await clock.advance(10)
    expect(platform.settings).toHaveLength(1)
    const rows = desk.outbox.page(WORKSPACE, { states: ['held'] }, null, 10).rows
    expect(rows.map(({ heldBy, reason }) => [heldBy, reason])).toEqual(Array.from({ length: 3 }, () => ['subscription', 'The subscription has ended.']))
    expect(pushes).toHaveLength(1)
    lying = null
    platform.plan = {}
    running.drainer.countersChanged(WORKSPACE)
    await clock.advance(10)
    expect(pushes.map((push) => push.count)).toEqual([2, 3])
    expect(count('delivered')).toBe(4)
  })

  test('is probed as a meter is', async () => {
    write('a', 'b')
    start(1)
    await clock.advance(50_000)
    expect(gaps()).toEqual([15_000, 30_000])
    expect(pushes.slice(1).map((push) => push.count)).toEqual([1, 1])
  })
})

test('the words of a refusal stay with the write that was refused; the others wait behind the meter', async () => {
  write('large', 'small')
  start()
  await clock.advance(10)
  write('later')
  const [later, small, large] = desk.outbox.page(WORKSPACE, { states: ['held'] }, null, 10).rows
  expect(large).toMatchObject({ reason: '512 KiB does not fit', heldBehind: null })
  for (const row of [small, later]) expect(row).toMatchObject({ reason: null, heldBehind: { meter: 'encrypted_bytes', used: 100, limit: 100 } })
  const attempts = (id: string | undefined) => desk.outbox.item(WORKSPACE, id ?? '')?.attempts.map(({ message }) => message)
  expect(attempts(large?.id)).toEqual(['512 KiB does not fit'])
  expect(attempts(small?.id)).toEqual(['An earlier write of the same push met the limit, so this one waits behind it.'])
})

test('the migration keeps a hold, and asks about it soon', async () => {
  const path = join(folder.path, 'older')
  const older = openDatabase({ path, migrations: migrations.outbox.slice(0, 8), synchronous: 'full' })
  expect(older.pragma('user_version', { simple: true })).toBe(8)
  older.exec("INSERT INTO hold (workspace, kind, reason, since, retry_at) VALUES (1, 0, 'It is full.', 77, NULL)")
  older.close()
  const migrated = openDatabase({ path, migrations: migrations.outbox, synchronous: 'full' })
  expect(migrated.prepare('SELECT reason, since, retry_at, probes, probed_at, refused FROM hold').all()).toEqual([
    { reason: 'It is full.', since: 77, retry_at: null, probes: 0, probed_at: null, refused: null },
  ])
  migrated.close()
  start()
})
