/** Answers that may be about the account, contradict themselves, or name a time that no person would wait for. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ItemState } from '../../../../shared/contract/console.ts'
import { FakePlatform, type Fault, refusedWith } from '../fake-platform.ts'
import { type Desk, draft, memoryRef, openDesk, type Running, startDrainer, steppedClock, type SteppedClock, temporaryFolder, WORKSPACE } from '../fixture.ts'

let folder: ReturnType<typeof temporaryFolder>
let clock: SteppedClock
let desk: Desk
let platform: FakePlatform
let running: Running
let pushes: string[][]
/** What a push with these ids is answered instead; null: an honest answer. */
let fault: (ids: readonly string[]) => Fault | null

beforeEach(() => {
  folder = temporaryFolder()
  clock = steppedClock()
  desk = openDesk(folder.path, clock)
  platform = new FakePlatform()
  pushes = []
  fault = () => null
  platform.fault = (_, body) => {
    if (!body) return {}
    const ids = body.envelopes.map(({ id }) => id)
    pushes.push(ids)
    return fault(ids) ?? {}
  }
})
afterEach(async () => {
  const stopped = running.drainer.stop()
  await clock.advance(5_000)
  await stopped
  expect(running.faults).toEqual([])
  desk.close()
  folder.remove()
})

const count = (state: ItemState): number => desk.outbox.tally(WORKSPACE)[state].count
const start = (random = 0): void => {
  running = startDrainer(desk, platform, clock, { random: () => random })
}
const item = (id: string | undefined) => desk.outbox.item(WORKSPACE, id ?? '')
function write(names: readonly string[]): string[] {
  return desk.outbox.enqueueEnvelopes(names.map((name) => draft(name))).map((outcome) => {
    if (!outcome.ok) throw outcome.error
    return outcome.value.id
  })
}
const names = (howMany: number, prefix = 'm'): string[] => Array.from({ length: howMany }, (_, index) => `${prefix}${index}`)

describe('a whole call that was refused in words about the account', () => {
  test.each([
    [404, 'not_found'],
    [403, 'forbidden'],
    [400, 'invalid_request'],
    [405, 'method_not_allowed'],
    [410, 'gone'],
  ])('%i %s to every push: few are sent, none is rejected, other routes go on, and all is delivered when it is over', async (status, code) => {
    const ids = write(names(400))
    fault = () => refusedWith(status, code)
    start()
    await clock.advance(8_000)
    expect(pushes.length).toBeLessThanOrEqual(12)
    expect(pushes.length).toBeGreaterThan(3)
    // Each probe is one write that was not tried before.
    expect(pushes.slice(1).map((sent) => sent.length)).toEqual(pushes.slice(1).map(() => 1))
    expect(new Set(pushes.slice(1).flat()).size).toBe(pushes.length - 1)
    expect(count('rejected')).toBe(0)
    expect(count('waiting')).toBe(400)
    expect(item(ids[399])?.item.reason).toBe(`refused: ${code}`)
    expect(running.drainer.troubles(WORKSPACE)).toMatchObject([{ route: 'envelopes', status, code, message: `refused: ${code}`, allTried: false }])
    desk.outbox.enqueueSetting({ workspaceId: WORKSPACE, key: 'org_name', value: 'Tide', baseVersion: null })
    await clock.advance(10)
    expect(platform.settings).toHaveLength(1)
    fault = () => null
    await clock.advance(300_000)
    expect(count('delivered')).toBe(401)
    expect(running.drainer.troubles(WORKSPACE)).toEqual([])
  })

  test('one write that is at fault: found and rejected with its words, the rest is delivered', async () => {
    const ids = write(names(500))
    const poison = [ids[0], ids[7], ids[321], ids[322]]
    fault = (sent) => (sent.some((id) => poison.includes(id)) ? refusedWith(400, 'invalid_request') : null)
    start()
    await clock.advance(60_000)
    expect(count('delivered')).toBe(496)
    for (const id of poison) expect(item(id)?.item).toMatchObject({ state: 'rejected', reason: 'refused: invalid_request' })
    expect(running.drainer.troubles(WORKSPACE)).toEqual([])
  })

  test('the platform breaks again in the middle of the search: at most what was refused beside something stored is rejected', async () => {
    const ids = write(names(300))
    const poison = ids[250] ?? ''
    let answered = 0
    fault = (sent) => {
      answered += 1
      // Well for two answers, then everything is refused for good.
      return answered > 3 || sent.includes(poison) ? refusedWith(404, 'not_found') : null
    }
    start()
    await clock.advance(120_000)
    expect(count('rejected')).toBe(0)
    fault = () => null
    await clock.advance(300_000)
    expect(count('delivered')).toBe(300)
  })

  test('a lone write is not rejected while nothing is stored beside it; the page is told that all was tried', async () => {
    const [poison = ''] = write(['poison'])
    fault = (sent) => (sent.includes(poison) ? refusedWith(403, 'forbidden') : null)
    start()
    await clock.advance(60_000)
    expect(item(poison)?.item.state).toBe('waiting')
    expect(running.drainer.troubles(WORKSPACE)).toMatchObject([{ allTried: true }])
    const [beside] = write(['beside'])
    await clock.advance(15_100)
    expect(item(beside)?.item.state).toBe('delivered')
    await clock.advance(1_000)
    expect(item(poison)?.item.state).toBe('rejected')
  })

  test('a person asks: one push leaves at once, with the write that was meant', async () => {
    const ids = write(names(20))
    fault = () => refusedWith(404, 'not_found')
    start(1)
    await clock.advance(60_000)
    pushes = []
    await desk.outbox.retry(WORKSPACE, { ids: [ids[13] ?? ''] })
    await clock.advance(10)
    expect(pushes).toEqual([[ids[13]]])
    expect(count('waiting')).toBe(20)
    fault = () => null
    await desk.outbox.retry(WORKSPACE, { ids: [ids[14] ?? ''] })
    await clock.advance(10)
    expect(pushes[1]).toEqual([ids[14]])
    expect(count('delivered')).toBe(20)
  })

  test('each route is in trouble by itself: a delete, a setting, an alert', async () => {
    write(['a', 'b'])
    start()
    await clock.advance(10)
    const honest = platform.fault
    const asked: string[] = []
    platform.fault = (name, body) => {
      asked.push(name)
      return name === 'deleteEnvelope' || name === 'putSetting' ? refusedWith(403, 'forbidden') : honest(name, body)
    }
    desk.outbox.enqueueMemoryDelete(WORKSPACE, memoryRef('a'))
    desk.outbox.enqueueSetting({ workspaceId: WORKSPACE, key: 'org_name', value: 'Tide', baseVersion: null })
    desk.outbox.enqueueSetting({ workspaceId: WORKSPACE, key: 'region', value: 'north', baseVersion: null })
    desk.outbox.enqueueSetting({ workspaceId: WORKSPACE, key: 'alert:a1', value: '', baseVersion: null })
    write(['c'])
    await clock.advance(10)
    await clock.advance(10)
    expect(count('delivered')).toBe(4)
    expect(running.drainer.troubles(WORKSPACE).map(({ route }) => route)).toEqual(['deletes', 'settings'])
    await clock.advance(7_980)
    expect(asked.length).toBeLessThan(24)
    expect(count('rejected')).toBe(0)
    platform.fault = honest
    await clock.advance(300_000)
    expect(count('delivered')).toBe(7)
  })

  test('409, 413, 422 and an item’s own result are never about the account', async () => {
    for (const status of [409, 413, 422]) {
      fault = () => refusedWith(status, 'whatever')
      if (running === undefined || status === 409) start()
      const [id] = write([`m${status}`])
      await clock.advance(10)
      expect(item(id)?.item.state).toBe('rejected')
    }
  })
})

describe('results that contradict each other', () => {
  function answering(results: (ids: readonly string[]) => object[]): void {
    fault = (ids) => ({ answer: { kind: 'ok', status: 200, value: { results: results(ids), counters: [] } } as never })
  }

  test.each([
    ['stored, then invalid', 'stored', 'invalid'],
    ['invalid, then stored', 'invalid', 'stored'],
    ['stored, then refused', 'stored', 'refused'],
    ['conflict, then stored', 'conflict', 'stored'],
  ])('%s: it waits, and what nobody asked about is ignored', async (_, first, second) => {
    const [a, b] = write(['a', 'b'])
    answering(([one, two]) => [
      { id: one, status: first },
      { id: two, status: 'stored' },
      { id: '99999999-9999-4999-8999-999999999999', status: 'invalid' },
      { id: one, status: second },
    ])
    start()
    await clock.advance(10)
    expect(item(a)).toMatchObject({
      item: { state: 'waiting', reason: expect.stringContaining('two different things') },
      attempts: [{ code: 'contradiction' }],
    })
    expect(item(b)?.item.state).toBe('delivered')
    fault = () => null
    await clock.advance(5_000)
    expect(item(a)?.item.state).toBe('delivered')
  })

  test('the same said twice is said once; a duplicate is stored', async () => {
    write(['a', 'b'])
    answering(([one, two]) => [one, one, two, two].map((id, index) => ({ id, status: index === 3 ? 'duplicate' : 'stored' })))
    start()
    await clock.advance(10)
    expect(count('delivered')).toBe(2)
  })
})

test('a Retry-After of 1e9 s: a person’s Retry sends one push at once, and the new answer counts', async () => {
  const ids = write(names(3))
  fault = () => refusedWith(503, 'maintenance', { retryAfterMs: 1e12 })
  start()
  await clock.advance(10)
  expect(pushes).toHaveLength(1)
  await desk.outbox.retry(WORKSPACE, { ids: [ids[1] ?? ''] })
  await clock.advance(10_000)
  expect(pushes.slice(1)).toEqual([[ids[1]]])
  running.drainer.wake(WORKSPACE)
  await clock.advance(10_000)
  expect(pushes).toHaveLength(2)
  fault = () => null
  await desk.outbox.retry(WORKSPACE, { ids: [ids[1] ?? ''] })
  await clock.advance(10)
  // It was taken, so what waits beside it for the time that was named leaves too.
  expect(count('delivered')).toBe(3)
})

test('a held write under a Retry-After of 1e9 s is asked about at once as well', async () => {
  platform.bytesLimit = 0
  platform.tell()
  write(['a'])
  start()
  await clock.advance(10)
  fault = () => refusedWith(503, 'maintenance', { retryAfterMs: 1e12 })
  await clock.advance(15_000)
  expect(pushes).toHaveLength(2)
  await desk.outbox.retry(WORKSPACE, { filter: {} })
  await clock.advance(10)
  expect(pushes).toHaveLength(3)
  fault = () => null
  platform.upgrade({ bytes: null })
  await desk.outbox.retry(WORKSPACE, { filter: {} })
  await clock.advance(10)
  expect(count('delivered')).toBe(1)
})
