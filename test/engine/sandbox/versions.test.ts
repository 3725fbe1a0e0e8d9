import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  deleteEnvelopeResponse,
  deletedEnvelope,
  deviceSummary,
  idsResponse,
  restoredEnvelope,
  restoreResponse,
  sessionResponse,
} from '../../../shared/contract/platform.ts'
import { DEVICE, envelope, OTHER_DEVICE, SandboxFixture, SteppedClock, withSteppedSandbox } from './fixture.ts'

const instance = randomUUID()
const later = randomUUID()

describe('versions at the platform', () => {
  test('each result and each restored envelope says when it was stored, also of a duplicate', () =>
    withSteppedSandbox(async (fixture, clock) => {
      const one = envelope(100)
      const storedAt = new Date(clock.now()).toISOString()
      expect((await fixture.push([one])).value.results).toEqual([{ id: one.id, status: 'stored', stored_at: storedAt }])
      clock.step(60_000)
      expect((await fixture.push([one])).value.results).toEqual([{ id: one.id, status: 'duplicate', stored_at: storedAt }])
      const { value } = await fixture.send(restoreResponse, 'GET', '/v1/sync/envelopes')
      expect(value.envelopes.map((each) => restoredEnvelope.parse(each).stored_at)).toEqual([storedAt])
    }))

  test('a deleted one keeps its row without ciphertext, at a new place of the order, whoever has read past it', () =>
    withSteppedSandbox(async (fixture, clock) => {
      const [first, second] = [envelope(100), envelope(100)]
      await fixture.push([first, second])
      const { value: before } = await fixture.send(restoreResponse, 'GET', '/v1/sync/envelopes')
      clock.step(5_000)
      await fixture.send(deleteEnvelopeResponse, 'DELETE', `/v1/sync/envelopes/${first.id}`)
      // A repeat moves it no further.
      await fixture.send(deleteEnvelopeResponse, 'DELETE', `/v1/sync/envelopes/${first.id}`)
      const { value: after } = await fixture.send(restoreResponse, 'GET', `/v1/sync/envelopes?since=${before.cursor}`)
      expect(after.envelopes).toHaveLength(1)
      const gone = after.envelopes[0]
      expect(deletedEnvelope.parse(gone)).toEqual({
        id: first.id,
        device_id: DEVICE,
        memory_ref: first.memory_ref,
        revision: 1,
        sub_key_id: null,
        created_at: first.created_at,
        stored_at: new Date(clock.now() - 5_000).toISOString(),
        deleted_at: new Date(clock.now()).toISOString(),
      })
      expect(gone).not.toHaveProperty('ciphertext')
      const { value: all } = await fixture.send(restoreResponse, 'GET', '/v1/sync/envelopes')
      expect(all.envelopes.map(({ id }) => id)).toEqual([second.id, first.id])
      // Its id stays remembered, and what comes next goes behind it.
      expect((await fixture.push([first])).value.results[0]?.status).toBe('duplicate')
      const third = envelope(100)
      await fixture.push([third])
      expect((await fixture.send(restoreResponse, 'GET', `/v1/sync/envelopes?since=${after.cursor}`)).value.envelopes.map(({ id }) => id)).toEqual([third.id])
    }))

  test('one that comes after its delete is a deleted version like any other: stored nowhere, counted nowhere, and told to whoever restores', () =>
    withSteppedSandbox(async (fixture, clock) => {
      const late = envelope(100)
      const page = async (since = '') => (await fixture.send(restoreResponse, 'GET', `/v1/sync/envelopes${since}`)).value
      const { value } = await fixture.send(deleteEnvelopeResponse, 'DELETE', `/v1/sync/envelopes/${late.id}`)
      expect(value.status).toBe('unknown')
      const deletedAt = new Date(clock.now()).toISOString()
      // Only an id: nothing can be said of it.
      const { cursor, envelopes: none } = await page()
      expect(none).toEqual([])
      clock.step(5_000)
      const storedAt = new Date(clock.now()).toISOString()
      const told = { id: late.id, status: 'duplicate', stored_at: storedAt }
      expect((await fixture.push([late, late])).value.results).toEqual([told, told])
      clock.step(5_000)
      expect((await fixture.push([late])).value.results).toEqual([told])
      const { envelopes } = await page(`?since=${cursor}`)
      const { id, memory_ref, created_at } = late
      const gone = { id, memory_ref, created_at, device_id: DEVICE, revision: 1, sub_key_id: null, stored_at: storedAt, deleted_at: deletedAt }
      expect(envelopes.map((each) => deletedEnvelope.parse(each))).toEqual([gone])
      const { value: summary } = await fixture.send(deviceSummary, 'GET', `/v1/devices/${DEVICE}/summary`)
      expect(summary).toMatchObject({ count: 1, stored_envelopes: 0, stored_bytes: 0 })
      expect((await fixture.counters()).encrypted_bytes?.used).toBe(0)
      expect((await fixture.send(idsResponse, 'GET', `/v1/sync/ids?device=${DEVICE}`)).value.ids).toEqual([{ id, deleted: true }])
      expect((await fixture.push([{ ...envelope(100), id }])).value.results).toMatchObject([{ status: 'conflict' }])
    }))
})

describe('starts of a device', () => {
  let fixture: SandboxFixture
  const clock = new SteppedClock()
  beforeAll(async () => {
    fixture = await SandboxFixture.start({ clock })
  })
  afterAll(() => fixture.stop())
  const open = async (device_id: string, own: string, earlier: string[]): Promise<string> =>
    (await fixture.send(sessionResponse, 'POST', '/v1/sessions', { body: { device_id, instance: own, earlier } })).value.id
  const devices = async (): Promise<number | undefined> => (await fixture.counters()).sync_devices?.used

  test('one after the other in a folder hand the session over, and are one device', async () => {
    const first = await open(DEVICE, instance, [])
    // A lost answer.
    expect(await open(DEVICE, instance, [])).toBe(first)
    // A crash, and starts without a network in between.
    const second = await open(DEVICE, later, [randomUUID(), instance])
    expect(second).not.toBe(first)
    expect(await devices()).toBe(1)
    expect(await fixture.refused('POST', `/v1/sessions/${first}/renew`)).toMatchObject({ status: 404 })
    // What still goes as the one before is told at once; nothing of it is stored.
    const late = envelope(100)
    expect(await fixture.pushRefused([late], { sessionId: first })).toMatchObject({ status: 410, error: { code: 'session_closed' } })
    expect((await fixture.push([late], { sessionId: second })).value.results[0]?.status).toBe('stored')
  })

  test('another folder under the same id is refused in words, and a new id is a device of its own', async () => {
    // As the other folder would: it knows the first start, not the one that came after the copy was made.
    const body = { device_id: DEVICE, instance: randomUUID(), earlier: [instance] }
    expect(await fixture.refused('POST', '/v1/sessions', { body })).toMatchObject({ status: 409, error: { code: 'device_forked' } })
    await open(OTHER_DEVICE, body.instance, body.earlier)
    expect(await devices()).toBe(2)
    await open(DEVICE, later, [instance])
    expect(await devices()).toBe(2)
  })

  test('a platform that was put back and knows an older start only hands over as well', async () => {
    const device = randomUUID()
    clock.step(121_000)
    await open(device, instance, [])
    await open(device, randomUUID(), [later, instance])
    expect(await devices()).toBe(1)
  })
})
