import { describe, expect, it } from 'vitest'
import type { StoredEnvelope } from '../../../../main/engine/outbox/item.ts'
import { createMover, type JournaledUpTo } from '../../../../main/engine/vault/envelopes/mover.ts'
import { manualClock } from '../fixture.ts'
import { fakeStore, stored } from '../fake-store.ts'

function world(journal?: JournaledUpTo) {
  const clock = manualClock()
  const log: string[] = []
  let staged: StoredEnvelope[] = []
  let next = 1
  const failures: number[] = []
  const fake = fakeStore(log)
  const stage = {
    nextToMove: (limit: number, _: number, after = 0) => staged.filter(({ sequence }) => sequence > after).slice(0, limit),
    dropMoved: (sequences: readonly number[]) => {
      log.push(`drop ${sequences.length}`)
      staged = staged.filter(({ sequence }) => !sequences.includes(sequence))
    },
    waitingCount: () => staged.length,
  }
  const room = { free: Number.POSITIVE_INFINITY }
  const mover = createMover({
    stage,
    store: fake.store,
    clock,
    failed: (_, retryMs) => failures.push(retryMs),
    roomFor: (bytes) => bytes <= room.free,
    ...(journal ? { journal } : {}),
  })
  const enqueue = (count: number) => {
    for (let made = 0; made < count; made += 1) staged.push(stored(next++))
    mover.notify(count)
  }
  const settle = async () => {
    for (let turn = 0; turn < 30; turn += 1) await new Promise((resolve) => setImmediate(resolve))
  }
  return { clock, log, mover, enqueue, settle, failures, fake, room, left: () => staged.length }
}

describe('the mover', () => {
  it('writes, syncs, and only then drops', async () => {
    const { mover, enqueue, log } = world()
    enqueue(3)
    await mover.flush()
    expect(log).toEqual(['upsert 3', 'sync', 'drop 3'])
  })

  it('waits two seconds for company, or for 2,000 rows', async () => {
    const { mover, enqueue, clock, settle, log } = world()
    mover.start()
    enqueue(1)
    clock.step(1999)
    await settle()
    expect(log).toEqual([])
    clock.step(1)
    await settle()
    expect(log).toEqual(['upsert 1', 'sync', 'drop 1'])
    enqueue(1999)
    clock.step(0)
    await settle()
    expect(log).toHaveLength(3)
    enqueue(1)
    clock.step(0)
    await settle()
    expect(log.slice(3)).toEqual(['upsert 2000', 'sync', 'drop 2000'])
  })

  it('carries over at the start what an earlier run left', async () => {
    const { mover, enqueue, clock, settle, log, left } = world()
    enqueue(9000)
    mover.start()
    clock.step(0)
    await settle()
    expect(left()).toBe(0)
    expect(log.filter((line) => line.startsWith('upsert'))).toEqual(['upsert 2000', 'upsert 2000', 'upsert 2000', 'upsert 2000', 'upsert 1000'])
  })

  it('drops nothing when the write or the sync fails, backs off, doubles, and begins anew after a success', async () => {
    const { mover, enqueue, clock, settle, log, failures, fake, left } = world()
    mover.start()
    enqueue(2000)
    fake.fail.upsert = true
    clock.step(0)
    await settle()
    fake.fail.upsert = false
    fake.fail.sync = true
    enqueue(5000)
    clock.step(4999)
    await settle()
    expect(failures).toEqual([5000])
    clock.step(1)
    await settle()
    expect(failures).toEqual([5000, 10_000])
    expect(log.some((line) => line.startsWith('drop'))).toBe(false)
    fake.fail.sync = false
    clock.step(10_000)
    await settle()
    expect(left()).toBe(0)
    fake.fail.sync = true
    enqueue(2000)
    clock.step(0)
    await settle()
    expect(failures).toEqual([5000, 10_000, 5000])
  })

  it('compacts at rest when it is due and there is room, never while moving', async () => {
    const { mover, enqueue, clock, settle, log, fake, room } = world()
    mover.start()
    fake.due.atRest = true
    enqueue(2000)
    clock.step(0)
    await settle()
    expect(log).not.toContain('compact')
    room.free = 10
    clock.step(10_000)
    await settle()
    expect(log).not.toContain('compact')
    room.free = Number.POSITIVE_INFINITY
    enqueue(1)
    clock.step(2000)
    await settle()
    clock.step(10_000)
    await settle()
    expect(log.filter((line) => line === 'compact')).toHaveLength(1)
    expect(clock.waiting()).toEqual([])
  })

  it('does nothing after a stop', async () => {
    const { mover, enqueue, clock, settle, log } = world()
    mover.start()
    await mover.stop()
    enqueue(5000)
    clock.step(60_000)
    await settle()
    expect(log).toEqual([])
  })

  it('keeps a copy until the journal has it too, or until nobody is owed it; and writes no envelope twice for that', async () => {
    const journal = { upTo: 1, owed: new Set([1, 2, 3]) }
    const { mover, enqueue, log, left } = world({ through: () => journal.upTo, owed: (some) => new Set(some.filter((one) => journal.owed.has(one))) })
    enqueue(3)
    await mover.flush()
    expect(log).toEqual(['upsert 3', 'sync', 'drop 1'])
    journal.owed.delete(3)
    await mover.journaled()
    expect(log.slice(3)).toEqual(['drop 1'])
    journal.upTo = 3
    await mover.journaled()
    await mover.flush()
    expect(log.slice(4)).toEqual(['drop 1'])
    expect(left()).toBe(0)
  })

  it('begins anew when something came back below what it has moved', async () => {
    const { mover, enqueue, log } = world({ through: () => 0, owed: (some) => new Set(some) })
    enqueue(2)
    await mover.flush()
    mover.again()
    await mover.flush()
    expect(log).toEqual(['upsert 2', 'sync', 'upsert 2', 'sync'])
  })
})
