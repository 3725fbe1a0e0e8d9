/** What each answer of a platform, or of a network, does to what is queued; and that everything arrives when the fault is over. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { OUTCOMES } from '../../main/engine/outbox/queue/rows/codes.ts'
import type { ItemState } from '../../shared/contract/console.ts'
import { attemptsOf, platformEnvelopes, queueItems } from './evidence.ts'
import { type Device, type Scene, startScene, tenantToken } from './fixture.ts'
import type { FaultRule } from './proxy.ts'

const PUSH = '/v1/sync/push'
const isPush = ({ path }: { path: string }): boolean => path.startsWith(PUSH)
const COUNT = 3

let scene: Scene
let device: Device
beforeEach(async () => {
  // Without jitter a back-off is exactly its shortest: one second.
  scene = await startScene({ random: () => 0 })
  device = scene.device
})
afterEach(() => scene.close())

/** Sets the fault and writes; the next push meets it. */
async function writeUnder(...rules: FaultRule[]): Promise<string[]> {
  await device.proxy.setFaults(...rules)
  device.proxy.forgetRequests()
  const written = await device.writeTogether(Array.from({ length: COUNT }, (_, index) => `memory-${index}`))
  return written.map(({ envelopeId }) => envelopeId)
}

const pushes = (): number => device.proxy.requests.filter(isPush).length
const items = (ids: readonly string[]) => queueItems(device.dataDir).filter(({ id }) => ids.includes(id))
const areAll = (ids: readonly string[], state: ItemState): boolean => items(ids).length === ids.length && items(ids).every((item) => item.state === state)
const lastTry = (id: string) => attemptsOf(device.dataDir, id).at(-1)
const outcomes = (id: string) => attemptsOf(device.dataDir, id).map(({ outcome }) => OUTCOMES[outcome])

/** The fault is over: everything arrives, exactly once, and both sides count the same. */
async function expectDelivery(): Promise<void> {
  await device.proxy.setFaults()
  await device.until(() => device.isDelivered(), 'the delivery', { jumpMs: 1_000 })
  expect(await scene.contradictions(true)).toEqual([])
  expect(scene.miscounts()).toEqual([])
}

const platformError = (code: string, more: object = {}) => ({ code, message: `Words of the platform about ${code}.`, _suggestion: 'Do something.', ...more })

type Waiting = { name: string; fault: FaultRule; status: number | null; code: string | null; words: RegExp; alreadyThere?: boolean }
const waiting: Waiting[] = [
  { name: 'connection refused', fault: { kind: 'refuse' }, status: null, code: 'network', words: /refuses connections/ },
  { name: 'request cut off', fault: { kind: 'reset_request', match: isPush }, status: null, code: 'network', words: /broken/ },
  { name: 'answer cut off', fault: { kind: 'reset_answer', match: isPush }, status: null, code: 'truncated', words: /broke off/, alreadyThere: true },
  { name: 'answer lost', fault: { kind: 'lose_answer', share: 1, match: isPush }, status: null, code: 'network', words: /broken/, alreadyThere: true },
  { name: 'truncated JSON', fault: { kind: 'truncated_json', match: isPush }, status: null, code: 'truncated', words: /broke off/, alreadyThere: true },
  { name: 'HTML for JSON', fault: { kind: 'html', match: isPush }, status: null, code: 'not_json', words: /not the platform/ },
  {
    name: 'JSON of another shape',
    fault: { kind: 'answer', status: 200, body: { hello: 'world' }, match: isPush },
    status: null,
    code: 'bad_shape',
    words: /agreed shape/,
  },
  {
    name: '500',
    fault: { kind: 'answer', status: 500, body: platformError('internal_error'), match: isPush },
    status: 500,
    code: 'internal_error',
    words: /about internal_error/,
  },
  {
    name: '502 of a proxy, in HTML',
    fault: { kind: 'answer', status: 502, body: '<h1>Bad gateway</h1>', match: isPush },
    status: 502,
    code: null,
    words: /answered 502/,
  },
  {
    name: '408',
    fault: { kind: 'answer', status: 408, body: platformError('request_timeout'), match: isPush },
    status: 408,
    code: 'request_timeout',
    words: /./,
  },
  { name: '425', fault: { kind: 'answer', status: 425, body: platformError('too_early'), match: isPush }, status: 425, code: 'too_early', words: /./ },
  {
    name: '429 without a time',
    fault: { kind: 'answer', status: 429, body: platformError('rate_limited'), match: isPush },
    status: 429,
    code: 'rate_limited',
    words: /rate_limited/,
  },
  {
    name: '404 that the platform did not write',
    fault: { kind: 'answer', status: 404, body: 'not here', match: isPush },
    status: 404,
    code: null,
    words: /answered 404/,
  },
]

describe('waits, and is delivered when the fault is over', () => {
  it.each(waiting)('$name', async ({ fault, status, code, words, alreadyThere = false }) => {
    const ids = await writeUnder(fault)
    await device.until(() => areAll(ids, 'waiting'), 'the failure')
    for (const item of items(ids)) {
      expect(item).toMatchObject({ state: 'waiting', attempts: 1, heldBy: null, reason: expect.stringMatching(words) })
      // The shortest back-off is a second; at the first failure it is at most two.
      expect(item.nextAt ?? 0).toBeGreaterThan(device.clock.now() - 1_000)
      expect(item.nextAt ?? 0).toBeLessThanOrEqual(device.clock.now() + 2_000)
    }
    expect(lastTry(ids[0] ?? '')).toMatchObject({ status, code, message: expect.stringMatching(words) })
    // It is tried again, for ever, and each try is shown.
    await device.until(() => items(ids).every(({ attempts }) => attempts >= 2), 'a second try', { jumpMs: 500 })
    expect(platformEnvelopes(scene.platformFile).filter(({ id }) => ids.includes(id))).toHaveLength(alreadyThere ? COUNT : 0)
    await expectDelivery()
    for (const id of ids) expect(outcomes(id).at(-1)).toBe(alreadyThere ? 'duplicate' : 'delivered')
  })

  it('a platform that does not answer: given up after its time, then tried again', async () => {
    const ids = await writeUnder({ kind: 'hang', match: isPush, times: 1 })
    await device.proxy.waitFor(isPush)
    expect(areAll(ids, 'sending')).toBe(true)
    device.clock.jump(31_000)
    await device.until(() => areAll(ids, 'waiting') || device.isDelivered(), 'the end of patience')
    await expectDelivery()
    expect(attemptsOf(device.dataDir, ids[0] ?? '')[0]).toMatchObject({ code: 'timeout', message: expect.stringMatching(/No answer within 30 s/) })
  })

  it.each(['slow', 'slow_answer'] as const)('a platform that is merely slow (%s): delivered at the first try', async (kind) => {
    const ids = await writeUnder({ kind, delayMs: 400, match: isPush })
    await device.until(() => areAll(ids, 'delivered'), 'the delivery')
    for (const id of ids) expect(outcomes(id)).toEqual(['delivered'])
  })

  it('a push that fails alone is not repeated at once although all the rest of the platform answers', async () => {
    const ids = await writeUnder({ kind: 'lose_answer', share: 1, match: isPush })
    await device.until(() => areAll(ids, 'waiting'), 'the failure')
    await device.until(async () => (await device.connection()).live === 'stream', 'the stream')
    await new Promise((resolve) => setTimeout(resolve, 600))
    expect(pushes()).toBeLessThanOrEqual(2)
  })
})

describe('waits as long as the platform says', () => {
  const told: { name: string; fault: FaultRule; code: string }[] = [
    {
      name: '503 with Retry-After in seconds',
      fault: { kind: 'answer', status: 503, headers: { 'retry-after': '120' }, body: platformError('maintenance') },
      code: 'maintenance',
    },
    {
      name: '429 with Retry-After in seconds',
      fault: { kind: 'answer', status: 429, headers: { 'retry-after': '120' }, body: platformError('rate_limited') },
      code: 'rate_limited',
    },
    { name: '429 with an HTTP date', fault: { kind: 'answer', status: 429, body: platformError('rate_limited') }, code: 'rate_limited' },
    {
      name: '429 with retry_after_s in its body',
      fault: { kind: 'answer', status: 429, body: platformError('rate_limited', { retry_after_s: 120 }) },
      code: 'rate_limited',
    },
  ]
  it.each(told)('$name', async ({ name, fault, code }) => {
    const rule: FaultRule = { ...fault, match: isPush, times: 1 }
    if (rule.kind === 'answer' && name.includes('date')) rule.headers = { 'retry-after': new Date(Date.now() + 120_000).toUTCString() }
    const ids = await writeUnder(rule)
    await device.until(() => areAll(ids, 'waiting'), 'the refusal')
    for (const { nextAt } of items(ids)) {
      const waitMs = (nextAt ?? 0) - device.clock.now()
      expect(waitMs).toBeGreaterThan(110_000)
      expect(waitMs).toBeLessThanOrEqual(121_000)
    }
    expect(lastTry(ids[0] ?? '')).toMatchObject({ code })
    device.clock.jump(100_000)
    // The network coming back does not shorten a time that the platform named.
    await device.call('workspaces.syncNow', { workspaceId: device.workspaceId })
    await new Promise((resolve) => setTimeout(resolve, 150))
    expect(areAll(ids, 'waiting')).toBe(true)
    expect(pushes()).toBe(1)
    device.clock.jump(21_500)
    await expectDelivery()
    for (const id of ids) expect(outcomes(id)).toEqual(['waiting', 'delivered'])
  })

  it('but never longer than an hour', async () => {
    const ids = await writeUnder({
      kind: 'answer',
      status: 503,
      headers: { 'retry-after': '864000' },
      body: platformError('maintenance'),
      match: isPush,
      times: 1,
    })
    await device.until(() => areAll(ids, 'waiting'), 'the refusal')
    for (const { nextAt } of items(ids)) expect((nextAt ?? 0) - device.clock.now()).toBeLessThanOrEqual(3_600_000)
    device.clock.jump(3_600_500)
    await expectDelivery()
  })
})

describe('is held by its meter', () => {
  const quotas = [
    { status: 402, code: 'encrypted_bytes_exceeded', meter: 'encrypted_bytes' },
    { status: 402, code: 'sync_devices_exceeded', meter: 'sync_devices' },
    { status: 403, code: 'sync_operations_limit_reached', meter: 'sync_operations' },
    { status: 429, code: 'sync_operations_exceeded', meter: 'sync_operations' },
  ]
  it.each(quotas)('$status $code', async ({ status, code, meter }) => {
    const reason = `No room left for ${meter}. Upgrade to Pro.`
    const ids = await writeUnder({ kind: 'answer', status, body: platformError(code, { meter, used: 10, limit: 10, reason }), match: isPush })
    await device.until(() => areAll(ids, 'held'), 'the hold')
    expect(items(ids).map(({ heldBy }) => heldBy)).toEqual(ids.map(() => meter))
    expect(lastTry(ids[0] ?? '')).toMatchObject({ status, code, message: reason })
    const { held } = await device.call('overview.read', { workspaceId: device.workspaceId })
    expect(held).toMatchObject({ count: COUNT, reasons: [{ meter, reason }] })
    // What comes later of the same kind is held too, unasked, and waits behind the meter. The words are those of the write that was refused.
    const asked = pushes()
    const { envelopeId } = await device.write('later')
    expect(items([envelopeId])).toMatchObject([{ state: 'held', heldBy: meter, attempts: 0 }])
    const { rows } = await device.call('outbox.page', { workspaceId: device.workspaceId, filter: {}, before: null, limit: 10 })
    const words = new Map(rows.map((row) => [row.id, row.reason]))
    expect(words.get(ids[0] ?? '')).toBe(reason)
    for (const id of [ids[1] ?? '', envelopeId]) expect(words.get(id)).toMatch(/^Waits behind .+: .+ of .+ used\.$/)
    device.clock.jump(13_000)
    await new Promise((resolve) => setTimeout(resolve, 150))
    expect(pushes()).toBe(asked)
    // One write asks whether there is room after all, and is refused.
    device.clock.jump(3_000)
    await device.until(() => pushes() === asked + 1, 'the probe')
    expect(envelopesIn(device.proxy.requests.findLast(isPush)?.body ?? Buffer.alloc(0))).toBe(1)
    // A person asks once more.
    await device.proxy.setFaults()
    await device.call('outbox.retry', { workspaceId: device.workspaceId, selection: { filter: { states: ['held'] } } })
    await expectDelivery()
  })
})

describe('a whole call refused in words that may be about the account', () => {
  it.each([
    { status: 404, code: 'not_found' },
    { status: 403, code: 'forbidden' },
    { status: 400, code: 'invalid_request' },
  ])('$status $code to all 400 writes: at most 12 pushes in 8 s, nothing rejected, and delivered when it is over', async ({ status, code }) => {
    await device.proxy.setFaults({ kind: 'answer', status, body: platformError(code), match: isPush })
    device.proxy.forgetRequests()
    await device.writeTogether(Array.from({ length: 400 }, (_, index) => `memory-${index}`))
    await device.until(() => device.states().waiting === 400, 'the refusal')
    for (let second = 0; second < 8; second += 1) {
      device.clock.jump(1_000)
      await new Promise((resolve) => setTimeout(resolve, 60))
    }
    expect(pushes()).toBeGreaterThan(1)
    expect(pushes()).toBeLessThanOrEqual(12)
    expect(device.states().rejected ?? 0).toBe(0)
    const { troubles } = await device.call('outbox.tally', { workspaceId: device.workspaceId })
    expect(troubles).toMatchObject([{ route: 'envelopes', status, code, message: `Words of the platform about ${code}.` }])
    await expectDelivery()
  })
})

describe('asks the person to sign in, and uses up no attempt', () => {
  it('401', async () => {
    const ids = await writeUnder({ kind: 'answer', status: 401, body: platformError('token_expired') })
    await device.until(async () => (await device.connection()).state === 'signed_out', 'the question')
    expect(await device.connection()).toMatchObject({ detail: 'Words of the platform about token_expired.' })
    device.clock.jump(600_000)
    await new Promise((resolve) => setTimeout(resolve, 150))
    for (const item of items(ids)) expect(item).toMatchObject({ state: 'pending', attempts: 0 })
    await device.proxy.setFaults()
    await device.call('workspaces.signIn', { workspaceId: device.workspaceId, token: await tenantToken(scene.sandbox.url) })
    await expectDelivery()
  })

  it('403 device_revoked: the device comes back as another one', async () => {
    const [mine] = await device.call('devices.list', { workspaceId: device.workspaceId })
    const ids = await writeUnder({ kind: 'answer', status: 403, body: platformError('device_revoked') })
    await device.until(async () => (await device.connection()).state === 'device_revoked', 'the revocation')
    for (const item of items(ids)) expect(item).toMatchObject({ state: 'pending', attempts: 0 })
    await device.proxy.setFaults()
    await device.call('workspaces.signIn', { workspaceId: device.workspaceId, token: await tenantToken(scene.sandbox.url) })
    await device.until(() => device.isDelivered(), 'the delivery', { jumpMs: 500 })
    const pushed = platformEnvelopes(scene.platformFile).map(({ deviceId }) => deviceId)
    expect(pushed).toHaveLength(COUNT)
    expect(pushed).not.toContain(mine?.id)
  })
})

describe('is rejected with the platform’s words', () => {
  it('413 for a single envelope; a person tries it again', async () => {
    const ids = await writeUnder({ kind: 'answer', status: 413, body: platformError('body_too_large'), match: isPush })
    await device.until(() => areAll(ids, 'rejected'), 'the rejection', { jumpMs: 200 })
    for (const item of items(ids)) expect(item.reason).toBe('Words of the platform about body_too_large.')
    await device.proxy.setFaults()
    expect((await device.call('outbox.retry', { workspaceId: device.workspaceId, selection: { ids } })).count).toBe(COUNT)
    await expectDelivery()
  })

  it('413 for a batch alone: it is sent in smaller pieces, and nothing is rejected', async () => {
    await device.proxy.setFaults({
      kind: 'answer',
      status: 413,
      body: platformError('push_too_large'),
      match: (request) => isPush(request) && envelopesIn(request.body) > 10,
    })
    await Promise.all(Array.from({ length: 80 }, (_, index) => device.write(`piece-${index}`)))
    await device.until(() => device.isDelivered(), 'the pieces', { jumpMs: 200 })
    expect(device.states()).toEqual({ delivered: 80 })
    expect(await scene.contradictions(true)).toEqual([])
  })

  it.each([
    { name: '422 as a whole', fault: { status: 422, body: platformError('unprocessable') }, words: 'Words of the platform about unprocessable.' },
    { name: '400 as a whole', fault: { status: 400, body: platformError('invalid_request') }, words: 'Words of the platform about invalid_request.' },
  ])('one poisoned item among 500 ($name): the rest is delivered, it alone is rejected', async ({ fault, words }) => {
    await device.proxy.setFaults({ kind: 'refuse' })
    const written = await device.writeAll(Array.from({ length: 500 }, (_, index) => `memory-${index}`))
    const poisoned = written[321]?.envelopeId ?? ''
    await device.proxy.setFaults({ kind: 'answer', ...fault, match: (request) => isPush(request) && request.body.includes(poisoned) })
    await device.until(() => device.states().delivered === 499 && areAll([poisoned], 'rejected'), 'the others, and the rejection', { jumpMs: 500 })
    expect(items([poisoned])).toMatchObject([{ reason: words }])
    expect(platformEnvelopes(scene.platformFile).map(({ id }) => id)).not.toContain(poisoned)
    // Its lane stays closed: a newer revision does not overtake it.
    const later = await device.write('memory-321')
    await device.write('another')
    await device.until(() => device.states().delivered === 500, 'another memory', { jumpMs: 500 })
    expect(items([later.envelopeId])).toMatchObject([{ state: 'pending' }])
    await device.proxy.setFaults()
    await device.call('outbox.retry', { workspaceId: device.workspaceId, selection: { ids: [poisoned] } })
    await expectDelivery()
  })

  it('one item among 500 that makes the platform fail (500): found by splitting, the rest is delivered, it alone waits', async () => {
    await device.proxy.setFaults({ kind: 'refuse' })
    const written = await device.writeAll(Array.from({ length: 500 }, (_, index) => `memory-${index}`))
    const poisoned = written[77]?.envelopeId ?? ''
    await device.proxy.setFaults({
      kind: 'answer',
      status: 500,
      body: platformError('internal_error'),
      match: (request) => isPush(request) && request.body.includes(poisoned),
    })
    await device.until(() => device.states().delivered === 499, 'the others', { jumpMs: 1_000, withinMs: 60_000 })
    expect(items([poisoned])).toMatchObject([{ state: expect.stringMatching(/waiting|sending/) }])
    await expectDelivery()
  })

  it('one item that the platform answers with 503 and a time of its own does not keep the others waiting for ever', async () => {
    await device.proxy.setFaults({ kind: 'refuse' })
    const { envelopeId } = await device.write('poisoned')
    await device.proxy.setFaults({
      kind: 'answer',
      status: 503,
      headers: { 'retry-after': '10' },
      body: platformError('overloaded'),
      match: (request) => isPush(request) && request.body.includes(envelopeId),
    })
    await device.until(() => areAll([envelopeId], 'waiting'), 'the refusal', { jumpMs: 500 })
    const others = await device.writeAll(['one', 'two', 'three'])
    await device.until(
      () =>
        areAll(
          others.map((other) => other.envelopeId),
          'delivered',
        ),
      'the others',
      { jumpMs: 500, withinMs: 10_000 },
    )
    expect(items([envelopeId])[0]?.state).not.toBe('delivered')
    await expectDelivery()
  })

  it('a conflict: another envelope under the same id stays as it is, mine is rejected', async () => {
    await device.proxy.setFaults({ kind: 'refuse' })
    const { envelopeId } = await device.write('mine')
    await device.write('other')
    await pushUnderId(scene, envelopeId)
    const before = platformEnvelopes(scene.platformFile)
    await device.proxy.setFaults()
    await device.until(() => items([envelopeId])[0]?.state === 'rejected' && device.states().delivered === 1, 'the conflict', { jumpMs: 500 })
    expect(lastTry(envelopeId)).toMatchObject({ code: 'envelope_conflict' })
    expect(platformEnvelopes(scene.platformFile).find(({ id }) => id === envelopeId)).toEqual(before[0])
  })
})

describe('a redirect to another origin', () => {
  let other: Server
  const seen: string[] = []
  beforeEach(async () => {
    seen.length = 0
    other = createServer((request, response) => {
      seen.push(`${request.method} ${request.url} ${request.headers.authorization ?? ''}`)
      response.end('{}')
    })
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  })
  afterEach(() => void other.close())

  it.each([301, 302, 307, 308])('%i: waits, is shown as a problem of the connection, and the token goes nowhere', async (status) => {
    const location = `http://127.0.0.1:${(other.address() as AddressInfo).port}/elsewhere`
    const ids = await writeUnder({ kind: 'redirect', location, status })
    await device.until(() => areAll(ids, 'waiting'), 'the failure')
    expect(items(ids)[0]?.reason).toMatch(/redirects to 127\.0\.0\.1:\d+; the token was not sent there/)
    await device.call('workspaces.syncNow', { workspaceId: device.workspaceId })
    device.proxy.cut()
    await device.until(async () => (await device.connection()).state === 'problem', 'the connection problem', { jumpMs: 200 })
    expect((await device.connection()).detail).toMatch(/token was not sent/)
    expect(seen).toEqual([])
    await expectDelivery()
  })
})

function envelopesIn(body: Buffer): number {
  const parsed: unknown = JSON.parse(body.toString())
  return typeof parsed === 'object' && parsed !== null && 'envelopes' in parsed && Array.isArray(parsed.envelopes) ? parsed.envelopes.length : 0
}

/** Another device, with the same token, stores something else under this id. */
async function pushUnderId(target: Scene, id: string): Promise<void> {
  const bytes = Buffer.from('something else')
  const { createHash, randomUUID } = await import('node:crypto')
  const hash = createHash('sha256').update(bytes).digest('hex')
  const answer = await fetch(`${target.sandbox.url}${PUSH}`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${await tenantToken(target.sandbox.url)}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({
      device_id: randomUUID(),
      session_id: null,
      envelopes: [
        {
          id,
          memory_ref: hash,
          revision: 1,
          sub_key_id: null,
          created_at: new Date().toISOString(),
          size_bytes: bytes.length,
          sha256: hash,
          ciphertext: bytes.toString('base64'),
        },
      ],
    }),
  })
  if (answer.status !== 200) throw new Error(`the push was answered ${answer.status}`)
}
