import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ItemState } from '../../../../shared/contract/console.ts'
import { FakePlatform, refusedWith, unreachable } from '../fake-platform.ts'
import {
  AGENT,
  type Desk,
  draft,
  memoryRef,
  openDesk,
  OTHER_WORKSPACE,
  settled,
  startDrainer,
  steppedClock,
  type SteppedClock,
  temporaryFolder,
  WORKSPACE,
} from '../fixture.ts'

let folder: ReturnType<typeof temporaryFolder>
let clock: SteppedClock
let desk: Desk
let platform: FakePlatform

beforeEach(() => {
  folder = temporaryFolder()
  clock = steppedClock()
  desk = openDesk(folder.path, clock)
  platform = new FakePlatform()
})
afterEach(() => {
  desk.close()
  folder.remove()
})

function count(state: ItemState, workspaceId = WORKSPACE): number {
  return desk.outbox.tally(workspaceId)[state].count
}

function enqueue(names: readonly string[], options: Parameters<typeof draft>[1] = {}): string[] {
  return desk.outbox.enqueueEnvelopes(names.map((name) => draft(name, options))).map((outcome) => {
    if (!outcome.ok) throw outcome.error
    return outcome.value.id
  })
}

function names(count: number, prefix = 'm'): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}${index}`)
}

/** Opens the same files again, as after a crash: nothing that was in memory survives. */
function crash(): void {
  desk.close()
  desk = openDesk(folder.path, clock)
}

describe('delivery', () => {
  test('sends in order, in batches of at most 500, and counts what it delivered', async () => {
    const ids = enqueue(names(1200))
    const { drainer, events } = startDrainer(desk, platform, clock)
    await clock.advance(100)
    expect(platform.effects).toEqual(ids)
    expect(platform.pushes.map(({ envelopes }) => envelopes.length)).toEqual([500, 500, 200])
    expect(count('delivered')).toBe(1200)
    expect(desk.outbox.storedTotals(WORKSPACE)).toEqual([{ subKeyId: AGENT, count: 1200, bytes: 1200 * 64 }])
    expect(desk.outbox.pushCount(WORKSPACE, 0, Number.MAX_SAFE_INTEGER)).toBe(3)
    expect(drainer.drain(WORKSPACE)).toMatchObject({ active: false, deliveredCount: 1200, totalCount: 1200, releasing: false })
    await clock.advance(1000)
    expect(events.at(-1)).toMatchObject({
      event: 'outbox.changed',
      payload: { tally: { delivered: { count: 1200, bytes: 1200 * 64 } }, drain: { active: false } },
    })
    expect(events.some(({ event }) => event === 'release.finished')).toBe(false)
    await drainer.stop()
  })

  test('a batch has at most 4 MiB; a larger envelope travels alone', async () => {
    enqueue(['a', 'b', 'c'], { bytes: 1_500_000 })
    enqueue(['large'], { bytes: 6_000_000 })
    enqueue(['d'])
    const { drainer } = startDrainer(desk, platform, clock)
    await clock.advance(100)
    expect(platform.pushes.map(({ envelopes }) => envelopes.length)).toEqual([2, 1, 1, 1])
    await drainer.stop()
  })

  test('two revisions of a memory never travel together, and the later one never first', async () => {
    enqueue(['a', 'b', 'a', 'a'])
    const { drainer } = startDrainer(desk, platform, clock)
    await clock.advance(100)
    const sent = platform.pushes.map(({ envelopes }) => envelopes.map(({ memory_ref, revision }) => `${memory_ref === memoryRef('a') ? 'a' : 'b'}${revision}`))
    expect(sent).toEqual([['a1', 'b1'], ['a2'], ['a3']])
    await drainer.stop()
  })

  test('a lone new envelope waits a moment for company', async () => {
    const { drainer } = startDrainer(desk, platform, clock, { lingerMs: 150 })
    enqueue(['a'], { createdAt: clock.now() })
    await clock.advance(149)
    expect(platform.pushes).toHaveLength(0)
    enqueue(['b'], { createdAt: clock.now() })
    await clock.advance(1)
    expect(platform.pushes.map(({ envelopes }) => envelopes.length)).toEqual([2])
    await drainer.stop()
  })

  test('a slow workspace does not delay another', async () => {
    enqueue(['a'])
    enqueue(['b'], { workspaceId: OTHER_WORKSPACE })
    const never = new Promise<never>(() => undefined)
    const slow = platform.client.send
    platform.client.send = async (workspaceId, name, parts) =>
      workspaceId === WORKSPACE ? await Promise.race([never, aborted(parts.signal)]) : await slow(workspaceId, name, parts)
    const { drainer } = startDrainer(desk, platform, clock, { workspaces: [WORKSPACE, OTHER_WORKSPACE] })
    await clock.advance(100)
    expect(count('sending')).toBe(1)
    expect(count('delivered', OTHER_WORKSPACE)).toBe(1)
    const stopped = drainer.stop()
    await clock.advance(1500)
    await stopped
    expect(count('pending')).toBe(1)
    expect(desk.outbox.page(WORKSPACE, {}, null, 1).rows[0]?.attempts).toBe(0)
  })

  test('deletes and settings go one by one, in the order in which they were queued', async () => {
    const [id] = enqueue(['a'])
    const { drainer } = startDrainer(desk, platform, clock)
    await clock.advance(10)
    desk.outbox.enqueueMemoryDelete(WORKSPACE, memoryRef('a'))
    desk.outbox.enqueueSetting({ workspaceId: WORKSPACE, key: 'org_name', value: 'Tide', baseVersion: 0 })
    await clock.advance(10)
    expect(platform.effects).toEqual([id, `-${id}`])
    expect(platform.settings).toEqual([{ key: 'org_name', value: 'Tide', version: 0 }])
    expect(desk.outbox.storedTotals(WORKSPACE)).toEqual([{ subKeyId: AGENT, count: 0, bytes: 0 }])
    await drainer.stop()
  })

  test('an edit behind our own earlier edit is no conflict with ourselves', async () => {
    let release = (): void => undefined
    platform.gate = new Promise((resolve) => {
      release = resolve
    })
    desk.outbox.enqueueSetting({ workspaceId: WORKSPACE, key: 'org_name', value: 'one', baseVersion: 0 })
    const { drainer } = startDrainer(desk, platform, clock)
    await clock.advance(10)
    desk.outbox.enqueueSetting({ workspaceId: WORKSPACE, key: 'org_name', value: 'two', baseVersion: 0 })
    desk.outbox.enqueueSetting({ workspaceId: WORKSPACE, key: 'org_name', value: 'three', baseVersion: 0 })
    release()
    await clock.advance(10)
    expect(platform.settings.map(({ value }) => value)).toEqual(['one', 'three'])
    expect(count('delivered')).toBe(2)
    expect(count('discarded')).toBe(1)
    await drainer.stop()
  })

  test('a conflict shows mine and theirs; trying again prefers mine', async () => {
    platform.settings.push({ key: 'org_name', value: 'theirs', version: undefined })
    const { id } = desk.outbox.enqueueSetting({ workspaceId: WORKSPACE, key: 'org_name', value: 'mine', baseVersion: 0 })
    const { drainer } = startDrainer(desk, platform, clock)
    await clock.advance(10)
    const item = desk.outbox.item(WORKSPACE, id)
    expect(item?.item.state).toBe('rejected')
    expect(JSON.parse(item?.item.payload ?? '{}')).toMatchObject({ value: 'mine', theirs: { value: 'theirs', version: 1 } })
    await desk.outbox.retry(WORKSPACE, { ids: [id] })
    await clock.advance(10)
    expect(platform.settings.at(-1)).toEqual({ key: 'org_name', value: 'mine', version: 1 })
    await drainer.stop()
  })
})

describe('trouble', () => {
  test('an answer lost after the commit leads to a duplicate, not to a second effect', async () => {
    const ids = enqueue(names(10))
    let lost = 0
    platform.fault = () => ({ lost: lost++ < 2 })
    const { drainer } = startDrainer(desk, platform, clock)
    await clock.advance(10_000)
    expect(platform.effects).toEqual(ids)
    expect(count('delivered')).toBe(10)
    const attempts = desk.outbox.item(WORKSPACE, ids[0] ?? '')?.attempts.map(({ outcome }) => outcome)
    expect(attempts).toEqual(['waiting', 'waiting', 'duplicate'])
    // The platform counted one operation, that of the push whose answer was lost.
    expect(platform.pushesUsed).toBe(1)
    expect(desk.outbox.pushCount(WORKSPACE, 0, Number.MAX_SAFE_INTEGER)).toBe(1)
    await drainer.stop()
  })

  test('a network failure backs off, keeps the rest of the queue, and a wake ends the wait', async () => {
    enqueue(names(600))
    let down = true
    let requests = 0
    platform.fault = () => {
      requests += 1
      return down ? unreachable() : {}
    }
    const { drainer } = startDrainer(desk, platform, clock, { random: () => 1 })
    await clock.advance(1_999)
    expect(requests).toBe(1)
    expect(count('waiting')).toBe(500)
    expect(count('pending')).toBe(100)
    await clock.advance(1)
    expect(requests).toBe(2)
    down = false
    drainer.wake(WORKSPACE)
    await clock.advance(10)
    expect(count('delivered')).toBe(600)
    await drainer.stop()
  })

  test('Retry-After is honoured to the millisecond, also by a wake', async () => {
    enqueue(['a'])
    let first = true
    platform.fault = () => {
      if (!first) return {}
      first = false
      return refusedWith(429, 'rate_limited', { retryAfterMs: 60_000 })
    }
    const { drainer } = startDrainer(desk, platform, clock)
    await clock.advance(30_000)
    drainer.wake(WORKSPACE)
    await clock.advance(29_999)
    expect(count('waiting')).toBe(1)
    await clock.advance(1)
    expect(count('delivered')).toBe(1)
    await drainer.stop()
  })

  test('a back-off survives a restart; what was being sent is pending again', async () => {
    enqueue(['a'])
    platform.fault = unreachable
    const first = startDrainer(desk, platform, clock, { random: () => 1 })
    await clock.advance(10)
    expect(count('waiting')).toBe(1)
    const stopped = first.drainer.stop()
    await clock.advance(2_000)
    await stopped
    const before = desk.outbox.page(WORKSPACE, {}, null, 1).rows[0]
    crash()
    const after = desk.outbox.page(WORKSPACE, {}, null, 1).rows[0]
    expect(after).toMatchObject({ state: before?.state, attempts: before?.attempts, nextAt: before?.nextAt })
  })

  test('a clock that was set back does not park an item', async () => {
    enqueue(['a'])
    platform.fault = unreachable
    const first = startDrainer(desk, platform, clock)
    await clock.advance(10)
    const stopped = first.drainer.stop()
    await clock.advance(0)
    await stopped
    clock.setWall(clock.now() - 86_400_000)
    crash()
    const next = desk.outbox.page(WORKSPACE, {}, null, 1).rows[0]?.nextAt ?? 0
    expect(next - clock.now()).toBe(5 * 60_000)
  })

  test('401 pauses without a try, and resuming goes on', async () => {
    const ids = enqueue(['a'])
    platform.fault = () => refusedWith(401, 'token_expired')
    const { drainer, paused } = startDrainer(desk, platform, clock)
    await clock.advance(10)
    expect(paused).toEqual(['signed_out'])
    expect(drainer.pausedBy(WORKSPACE)).toBe('signed_out')
    expect(desk.outbox.item(WORKSPACE, ids[0] ?? '')).toMatchObject({ item: { state: 'pending', attempts: 0 }, attempts: [{ outcome: 'paused', status: 401 }] })
    platform.fault = () => ({})
    drainer.resume(WORKSPACE)
    await clock.advance(10)
    expect(count('delivered')).toBe(1)
    await drainer.stop()
  })

  test('one item among 500 that makes the platform fail is found, the others are delivered', async () => {
    const ids = enqueue(names(500))
    const poison = ids[321] ?? ''
    platform.fault = (_, body) => (body?.envelopes.some(({ id }) => id === poison) ? refusedWith(500, 'internal_error') : {})
    const { drainer } = startDrainer(desk, platform, clock, { random: () => 0.5 })
    await clock.advance(120_000)
    expect(count('delivered')).toBe(499)
    expect(desk.outbox.page(WORKSPACE, { states: ['waiting'] }, null, 10).rows.map(({ id }) => id)).toEqual([poison])
    await drainer.stop()
  })

  test('one item that makes the platform refuse the whole batch is rejected with its words, at once', async () => {
    const ids = enqueue(names(500))
    const poison = ids[7] ?? ''
    platform.fault = (_, body) => (body?.envelopes.some(({ id }) => id === poison) ? refusedWith(422, 'invalid_request') : {})
    const { drainer } = startDrainer(desk, platform, clock)
    await clock.advance(10)
    expect(count('delivered')).toBe(499)
    expect(desk.outbox.item(WORKSPACE, poison)?.item).toMatchObject({ state: 'rejected', reason: 'refused: invalid_request', attempts: 1 })
    await drainer.stop()
  })

  test('one item of a batch that cannot be serialised is found and rejected, without a status that no platform gave', async () => {
    const ids = enqueue(names(100))
    const poison = ids[42] ?? ''
    const { prepare } = platform.client
    platform.client.prepare = (name, parts) => {
      if (JSON.stringify(parts).includes(poison)) throw new Error('size_bytes: too_big')
      return prepare(name, parts)
    }
    const { drainer } = startDrainer(desk, platform, clock)
    for (let round = 0; round < 20; round += 1) await clock.advance(10)
    expect(count('delivered')).toBe(99)
    expect(desk.outbox.item(WORKSPACE, poison)).toMatchObject({
      item: { state: 'rejected', reason: 'size_bytes: too_big', attempts: 1 },
      attempts: [{ outcome: 'rejected', status: null, code: 'not_serialisable', message: 'size_bytes: too_big' }],
    })
    await drainer.stop()
  })

  test('an error that ends a drain is reported with its workspace', async () => {
    enqueue(['a'])
    const { drainer, faults } = startDrainer(desk, platform, clock)
    desk.database.exec('DROP TABLE attempt')
    await clock.advance(10)
    expect(faults).toEqual([{ workspaceId: WORKSPACE, error: expect.objectContaining({ message: expect.stringContaining('attempt') }) }])
    await drainer.stop()
  })

  test('a platform that takes smaller bodies only is remembered', async () => {
    enqueue(names(64), { bytes: 64_000 })
    platform.fault = (_, body) =>
      (body?.envelopes.reduce((sum, { size_bytes }) => sum + size_bytes, 0) ?? 0) > 1_100_000 ? refusedWith(413, 'body_too_large') : {}
    const { drainer } = startDrainer(desk, platform, clock)
    await clock.advance(10)
    expect(count('delivered')).toBe(64)
    platform.pushes.length = 0
    enqueue(names(32, 'later'), { bytes: 64_000 })
    await clock.advance(10)
    expect(count('delivered')).toBe(96)
    expect(platform.pushes).toHaveLength(2)
    await drainer.stop()
  })

  test('a session that ran out is renewed and uses no try', async () => {
    enqueue(['a'])
    let first = true
    platform.fault = () => {
      if (!first) return {}
      first = false
      return refusedWith(404, 'session_unknown')
    }
    const { drainer } = startDrainer(desk, platform, clock)
    await clock.advance(2_000)
    expect(platform.lostSessions).toBe(1)
    expect(desk.outbox.page(WORKSPACE, {}, null, 1).rows[0]).toMatchObject({ state: 'delivered', attempts: 1 })
    await drainer.stop()
  })

  test('an envelope whose ciphertext is gone, and a row that is damaged, are set aside', async () => {
    const ids = enqueue(['a', 'b', 'c'])
    desk.database.exec("DELETE FROM stage WHERE sequence = 1; UPDATE item SET entity = x'00' WHERE sequence = 2")
    const { drainer } = startDrainer(desk, platform, clock)
    await clock.advance(10)
    expect(platform.effects).toEqual([ids[2]])
    const [, damaged, gone] = desk.outbox.page(WORKSPACE, {}, null, 10).rows
    expect(damaged).toMatchObject({ state: 'rejected', reason: 'This row of outbox.db is damaged: entity.' })
    expect(gone).toMatchObject({ state: 'rejected', reason: 'Its ciphertext is not on this computer any more.' })
    await drainer.stop()
  })
})

describe('hold and release', () => {
  test('a refusal closes the meter: the rest is held with its reason, new writes too, deletes go on', async () => {
    platform.bytesLimit = 640
    platform.tell()
    const ids = enqueue(names(25))
    const { drainer } = startDrainer(desk, platform, clock)
    await clock.advance(10)
    expect(count('delivered')).toBe(10)
    expect(count('held')).toBe(15)
    enqueue(['late'])
    await clock.advance(10)
    expect(count('held')).toBe(16)
    expect(platform.pushes).toHaveLength(1)
    expect(desk.outbox.heldByMeter(WORKSPACE)).toMatchObject([
      { meter: 'encrypted_bytes', count: 16, bytes: 16 * 64, code: 'encrypted_bytes_exceeded', since: clock.now() - 20 },
    ])
    expect(desk.outbox.heldByAgent(WORKSPACE)).toEqual([{ subKeyId: AGENT, count: 16, bytes: 16 * 64 }])
    expect(desk.outbox.page(WORKSPACE, { heldBy: 'encrypted_bytes' }, null, 100)).toMatchObject({ total: 16 })
    desk.outbox.enqueueMemoryDelete(WORKSPACE, memoryRef('m0'))
    await clock.advance(10)
    // The delete made room for one, and the delete's counters told so.
    expect(platform.effects.slice(0, 11)).toEqual([...ids.slice(0, 10), `-${ids[0]}`])
    expect(platform.effects).toHaveLength(12)
    await drainer.stop()
  })

  test('an upgrade releases everything in order, with a probe first, and tells the lead', async () => {
    platform.bytesLimit = 0
    platform.tell()
    const ids = enqueue(names(1100))
    const { drainer, events } = startDrainer(desk, platform, clock)
    await clock.advance(10)
    expect(count('held')).toBe(1100)
    drainer.countersChanged(WORKSPACE)
    await clock.advance(10)
    expect(platform.pushes).toHaveLength(1)
    platform.upgrade({ bytes: null })
    drainer.countersChanged(WORKSPACE)
    await clock.advance(10)
    expect(platform.effects).toEqual(ids)
    expect(platform.pushes.slice(1).map(({ envelopes }) => envelopes.length)).toEqual([1, 500, 500, 99])
    expect(events.filter(({ event }) => event === 'release.finished')).toEqual([
      { event: 'release.finished', payload: { workspaceId: WORKSPACE, deliveredCount: 1100, heldAgainCount: 0, heldBy: null } },
    ])
    expect(desk.outbox.heldByMeter(WORKSPACE)).toEqual([])
    await drainer.stop()
  })

  test('if only some fit, the rest stays held with the new numbers', async () => {
    platform.bytesLimit = 0
    platform.tell()
    enqueue(names(1000))
    const { drainer, events } = startDrainer(desk, platform, clock)
    await clock.advance(10)
    platform.upgrade({ bytes: 64 * 700 })
    drainer.countersChanged(WORKSPACE)
    await clock.advance(10)
    expect(count('delivered')).toBe(700)
    expect(count('held')).toBe(300)
    expect(desk.outbox.heldByMeter(WORKSPACE)).toMatchObject([{ meter: 'encrypted_bytes', limit: 64 * 700, count: 300 }])
    expect(events.find(({ event }) => event === 'release.finished')?.payload).toMatchObject({
      deliveredCount: 700,
      heldAgainCount: 300,
      heldBy: 'encrypted_bytes',
    })
    const before = platform.pushes.length
    drainer.countersChanged(WORKSPACE)
    await clock.advance(14_900)
    expect(platform.pushes).toHaveLength(before)
    await clock.advance(50_000)
    expect(platform.pushes.slice(before).map(({ envelopes }) => envelopes.length)).toEqual([1, 1, 1, 1])
    expect(count('held')).toBe(300)
    await drainer.stop()
  })

  test('a delete makes room for some: only held writes count as released, and the rest is held with the numbers of now', async () => {
    platform.bytesLimit = 64 * 100
    platform.tell()
    enqueue(names(100))
    const { drainer, events } = startDrainer(desk, platform, clock)
    await clock.advance(10)
    enqueue(['late one', 'late two', 'late three', 'late four'])
    await clock.advance(200)
    expect(desk.outbox.heldByMeter(WORKSPACE)).toMatchObject([{ count: 4, used: 64 * 100 }])
    const since = clock.now()
    desk.outbox.enqueueMemoryDelete(WORKSPACE, memoryRef('m0'))
    desk.outbox.enqueueMemoryDelete(WORKSPACE, memoryRef('m1'))
    await clock.advance(10)
    // The first delete's room was asked about at once, that of the second one not within 15 s of it.
    expect(count('held')).toBe(3)
    await clock.advance(15_000)
    expect(count('held')).toBe(2)
    expect(events.filter(({ event }) => event === 'release.finished').map(({ payload }) => payload)).toMatchObject([
      { deliveredCount: 1, heldAgainCount: 3, heldBy: 'encrypted_bytes' },
      { deliveredCount: 1, heldAgainCount: 2, heldBy: 'encrypted_bytes' },
    ])
    expect(desk.outbox.heldByMeter(WORKSPACE)[0]?.since).toBeLessThanOrEqual(since)
    await drainer.stop()
  })

  test('the operations limit holds by its own meter, and one operation left carries a full batch', async () => {
    platform.pushesLimit = 1
    platform.tell()
    enqueue(names(700))
    const { drainer } = startDrainer(desk, platform, clock)
    await clock.advance(10)
    expect(count('delivered')).toBe(500)
    expect(desk.outbox.heldByMeter(WORKSPACE)).toMatchObject([{ meter: 'sync_operations', count: 200 }])
    platform.upgrade({ pushes: 2 })
    drainer.countersChanged(WORKSPACE)
    await clock.advance(10)
    expect(count('delivered')).toBe(700)
    await drainer.stop()
  })

  test('is level-triggered: room that appeared while the console was closed is used at its start', async () => {
    platform.bytesLimit = 0
    platform.tell()
    enqueue(names(3))
    const first = startDrainer(desk, platform, clock)
    await clock.advance(10)
    await first.drainer.stop()
    crash()
    expect(count('held')).toBe(3)
    platform.upgrade({ bytes: 1000 })
    const second = startDrainer(desk, platform, clock)
    await clock.advance(10)
    expect(count('delivered')).toBe(3)
    await second.drainer.stop()
  })

  test('a refusal that names no known meter is tried again by the slow timer', async () => {
    enqueue(['a'])
    let full = true
    platform.fault = () => (full ? refusedWith(402, 'payment_required') : {})
    const { drainer } = startDrainer(desk, platform, clock, { random: () => 0 })
    await clock.advance(10)
    expect(desk.outbox.heldByMeter(WORKSPACE)).toMatchObject([{ meter: null, count: 1, reason: 'refused: payment_required' }])
    full = false
    await clock.advance(299_980)
    expect(count('held')).toBe(1)
    await clock.advance(20)
    expect(count('delivered')).toBe(1)
    await drainer.stop()
  })

  test('a probe that the network swallows is repeated, and nothing that is held is lost', async () => {
    platform.bytesLimit = 0
    platform.tell()
    const ids = enqueue(names(60))
    const { drainer } = startDrainer(desk, platform, clock)
    await clock.advance(10)
    platform.upgrade({ bytes: null })
    let down = true
    platform.fault = () => (down ? unreachable() : {})
    drainer.countersChanged(WORKSPACE)
    await clock.advance(10)
    expect(count('waiting')).toBe(1)
    expect(count('held')).toBe(59)
    down = false
    await clock.advance(10_000)
    // The one that failed alone comes a moment later: were it at fault, it would keep the others for ever.
    expect(platform.effects.toSorted()).toEqual(ids)
    await drainer.stop()
  })

  test('a newer revision does not overtake a held one', async () => {
    platform.bytesLimit = 100
    platform.tell()
    const [first] = enqueue(['a'], { bytes: 200 })
    const [second] = enqueue(['a'], { bytes: 10 })
    const { drainer } = startDrainer(desk, platform, clock)
    await clock.advance(10)
    expect(count('held')).toBe(2)
    expect(desk.outbox.page(WORKSPACE, {}, null, 2).rows.map(({ behind }) => behind)).toEqual([true, false])
    platform.upgrade({ bytes: 250 })
    drainer.countersChanged(WORKSPACE)
    await clock.advance(10)
    expect(platform.effects).toEqual([first, second])
    await drainer.stop()
  })
})

async function aborted(signal: AbortSignal | undefined): Promise<{ kind: 'unreachable'; reason: 'aborted'; message: string }> {
  await new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve()))
  await settled()
  return { kind: 'unreachable', reason: 'aborted', message: 'stopped' }
}
