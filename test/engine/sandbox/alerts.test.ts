import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { alertRule, alertsResponse, deleteAlertResponse } from '../../../shared/contract/platform/alerts.ts'
import * as contract from '../../../shared/contract/platform.ts'
import { SandboxFixture, SteppedClock } from './fixture.ts'

const ALERTS = '/api/billing/alerts'
const catalog = 'analytics'
const DAY_MS = 86_400_000

let fixture: SandboxFixture
let clock: SteppedClock
beforeEach(async () => {
  clock = new SteppedClock()
  fixture = await SandboxFixture.start({ clock })
})
afterEach(() => fixture.stop())

async function use(metric: string, quantity: number): Promise<void> {
  const event = { source: 'test', id: randomUUID(), metric, timestamp: new Date(clock.now()).toISOString(), quantity }
  const { value } = await fixture.send(z.looseObject({ accepted: z.int() }), 'POST', '/v1/usage/events', { catalog, body: { events: [event] } })
  expect(value.accepted).toBe(1)
}
const read = async () => (await fixture.send(alertsResponse, 'GET', ALERTS, { catalog })).value
const budget = (changes: Record<string, unknown> = {}) => ({
  id: 'half',
  name: 'Half',
  measure: 'meter',
  meter: 'queries',
  at: 50_000,
  channels: ['email'],
  enabled: true,
  thresholds: [100],
  ...changes,
})
const put = async (body: object) => (await fixture.send(alertRule, 'PUT', ALERTS, { catalog, body })).value
const mailbox = async () => await (await fetch(`${fixture.sandbox.url}/mailbox`)).text()

describe('alerts of the plan', () => {
  test('the seed’s three, with their channels', async () => {
    const { rules, channels, events } = await read()
    expect(rules.map(({ name, at, inclusive, channels: by }) => [name, at, inclusive, [...by].sort()])).toEqual([
      ['Usage warning', 80, true, ['email', 'in_app']],
      ['Usage critical', 95, true, ['email', 'in_app', 'sms']],
      ['Overage', 100, false, ['email', 'in_app', 'sms']],
    ])
    expect(channels.map(({ id }) => id)).toEqual(['email', 'in_app', 'sms'])
    expect(events).toEqual([])
  })

  test('each fires once a period: at 80 %, at 95 %, and above the limit, not on it', async () => {
    const fired = async () => (await read()).events.map(({ thresholds, used }) => [used, thresholds.map(({ rule }) => rule)])
    await use('queries', 79_999)
    expect(await fired()).toEqual([])
    await use('queries', 1)
    clock.step(1)
    await use('queries', 1)
    clock.step(1)
    await use('queries', 14_999)
    clock.step(1)
    await use('queries', 5_000)
    expect(await fired()).toEqual([
      [95_000, ['usage_critical']],
      [80_000, ['usage_warning']],
    ])
    clock.step(1)
    await use('queries', 1)
    expect((await fired())[0]).toEqual([100_001, ['overage']])
    clock.step(40 * DAY_MS)
    await use('queries', 80_000)
    expect((await fired())[0]).toEqual([80_000, ['usage_warning']])
    expect(await fired()).toHaveLength(4)
  })

  test('one jump over several is one notification that names all, on the union of their channels, by mail and text message', async () => {
    await use('queries', 100_001)
    const { events } = await read()
    expect(events).toHaveLength(1)
    expect(events[0]).toMatchObject({
      meter: 'queries',
      used: 100_001,
      limit: 100_000,
      thresholds: [{ name: 'Usage warning' }, { name: 'Usage critical' }, { name: 'Overage' }],
    })
    expect(events[0]?.channels.toSorted()).toEqual(['email', 'in_app', 'sms'])
    await fixture.sandbox.tick()
    const page = await mailbox()
    expect(page).toContain('finance@northwind.example')
    expect(page).toContain('+15550100147')
    expect(page).toContain('Usage warning, Usage critical, Overage')
    expect(page.match(/>Sent</g)).toHaveLength(3)
    const { value: feed } = await fixture.send(contract.changesResponse, 'GET', '/v1/sync/changes?limit=1000', { catalog })
    expect(feed.changes.filter(({ topic }) => topic === 'alert_event')).toHaveLength(1)
  })

  test('a channel without a recipient is on record as failed, and the others still go', async () => {
    await fixture.send(contract.settingsResponse, 'PUT', '/api/billing/settings', { catalog, body: { key: 'billing_phone', value: '' } })
    await use('queries', 95_000)
    await fixture.sandbox.tick()
    const page = await mailbox()
    expect(page).toContain('The organisation has no billing_phone in its settings.')
    expect(page).toContain('finance@northwind.example')
  })

  test('what is refused moves no counter, so it fires nothing', async () => {
    const events = [{ source: 'test', id: 'x', metric: 'queries', timestamp: new Date(clock.now() + DAY_MS).toISOString(), quantity: 100_001 }]
    const { value } = await fixture.send(z.looseObject({ accepted: z.int() }), 'POST', '/v1/usage/events', { catalog, body: { events } })
    expect(value.accepted).toBe(0)
    expect((await read()).events).toEqual([])
  })

  test('can be switched off and sent elsewhere, but not deleted', async () => {
    const [warning] = (await read()).rules
    if (warning === undefined) throw new Error('no rule')
    const { id, name, measure, meter, at } = warning
    expect(await put({ id, name, measure, meter, at, channels: ['sms'], enabled: false, version: 0 })).toMatchObject({
      enabled: false,
      channels: ['sms'],
      version: 1,
    })
    await use('queries', 80_000)
    expect((await read()).events).toEqual([])
    expect((await fixture.refused('DELETE', `${ALERTS}?id=${id}`, { catalog })).error.code).toBe('alert_of_catalog')
  })
})

describe('budgets', () => {
  test('on a meter, on its own channels; fires once, and again after the amount was changed', async () => {
    expect(await put(budget({ version: 0 }))).toMatchObject({ id: 'half', version: 1, at: 50_000 })
    await use('queries', 50_000)
    await use('queries', 1)
    const { events } = await read()
    expect(events).toHaveLength(1)
    expect(events[0]).toMatchObject({ measure: 'meter', channels: ['email'], thresholds: [{ rule: 'half', at: 50_000 }] })
    await put(budget({ at: 60_000 }))
    clock.step(1)
    await use('queries', 10_000)
    expect((await read()).events[0]).toMatchObject({ used: 60_001, thresholds: [{ at: 60_000 }] })
  })

  test('tells at 50, 75 and 100 % unless told otherwise, each once; at once where it is set below what was used', async () => {
    const named = async () => (await read()).events.map(({ thresholds }) => thresholds.map(({ name, at }) => [name, at]))
    await put(budget({ thresholds: undefined }))
    await use('queries', 25_000)
    clock.step(1)
    await use('queries', 25_000)
    expect(await named()).toEqual([
      [
        ['75 % of Half', 37_500],
        ['Half', 50_000],
      ],
      [['50 % of Half', 25_000]],
    ])
    clock.step(1)
    await put(budget({ id: 'late', name: 'Late', at: 40_000, thresholds: [90, 200] }))
    expect((await named())[0]).toEqual([['90 % of Late', 36_000]])
  })

  test('on what is invoiced and accrued, by that name', async () => {
    await put(budget({ id: 'spend', name: 'Spend', measure: 'invoiced', meter: null, at: 100_000, thresholds: [50, 60, 100] }))
    const fired = async () => (await read()).events.filter(({ measure }) => measure === 'invoiced')
    await fixture.sandbox.tick()
    // The plan of this period is invoiced: $499.00.
    expect(await fired()).toEqual([])
    // 30,000 queries beyond the plan are $15.00 more, which the next invoice will have.
    await use('queries', 130_000)
    clock.step(60_000)
    await fixture.sandbox.tick()
    const [event] = await fired()
    expect(event).toMatchObject({ used: 51_400, thresholds: [{ rule: 'spend', at: 50_000 }] })
    expect(event?.text).toMatch(/^Invoiced and accrued: \$514/)
    // Set below where it stands, it fires at once.
    clock.step(1)
    await put(budget({ id: 'spend', name: 'Spend', measure: 'invoiced', meter: null, at: 40_000, thresholds: [100] }))
    expect((await fired())[0]).toMatchObject({ used: 51_400, thresholds: [{ at: 40_000 }] })
  })

  test('on use at list price', async () => {
    await put(budget({ id: 'money', measure: 'cost', meter: null, at: 1_000 }))
    await use('llm_tokens', 4_000_000)
    clock.step(60_000)
    await fixture.sandbox.tick()
    expect((await read()).events.filter(({ measure }) => measure === 'cost')).toEqual([])
    await use('llm_tokens', 1_000_000)
    clock.step(60_000)
    await fixture.sandbox.tick()
    const [event] = (await read()).events.filter(({ measure }) => measure === 'cost')
    expect(event).toMatchObject({ meter: null, thresholds: [{ rule: 'money', at: 1_000 }] })
    expect(event?.used).toBeGreaterThanOrEqual(1_000)
  })

  test('an edit of another version is a conflict that shows what is there; the repeat of an edit is none', async () => {
    await put(budget({ version: 0 }))
    expect(await put(budget({ version: 0 }))).toMatchObject({ version: 1 })
    const { status, error } = await fixture.refused('PUT', ALERTS, { catalog, body: budget({ at: 1, version: 0 }) })
    expect([status, error.code]).toEqual([409, 'version_conflict'])
    expect(error.current).toMatchObject({ key: 'alert:half', version: 1 })
  })

  test('deleted, deleted again, made anew: its versions go on', async () => {
    await put(budget())
    const remove = async () => (await fixture.send(deleteAlertResponse, 'DELETE', `${ALERTS}?id=half&version=1`, { catalog })).value.status
    expect(await remove()).toBe('deleted')
    expect(await remove()).toBe('unknown')
    expect((await read()).rules.some(({ id }) => id === 'half')).toBe(false)
    const { value: feed } = await fixture.send(contract.changesResponse, 'GET', '/v1/sync/changes?limit=1000', { catalog })
    expect(feed.changes.find(({ topic, id }) => topic === 'alert_rule' && id === 'half')).toMatchObject({ op: 'delete', body: null })
    expect(await put(budget())).toMatchObject({ version: 3 })
  })

  test('an edit of one that was deleted meanwhile is a conflict that names it and shows that nothing is there', async () => {
    await put(budget())
    await fixture.send(deleteAlertResponse, 'DELETE', `${ALERTS}?id=half&version=1`, { catalog })
    const { status, error } = await fixture.refused('PUT', ALERTS, { catalog, body: budget({ at: 1, version: 1 }) })
    expect([status, error.code]).toEqual([409, 'version_conflict'])
    expect(error.current).toEqual({ key: 'alert:half', value: '', version: 2 })
  })

  test.each([
    ['an unknown meter', budget({ meter: 'nothing' })],
    ['an unknown channel', budget({ channels: ['pigeon'] })],
    ['no channel', budget({ channels: [] })],
    ['no amount', budget({ at: 0 })],
    ['a fraction', budget({ at: 1.5 })],
    ['a meter with the cost', budget({ measure: 'cost' })],
    ['an alert on the limits', budget({ measure: 'limit', meter: null })],
    ['a field too many', budget({ secret: 'x' })],
  ])('%s is refused in words', async (_, body) => {
    const { status, error } = await fixture.refused('PUT', ALERTS, { catalog, body })
    expect([status, error.code]).toEqual([400, 'invalid_request'])
    expect((await read()).rules.every(({ id }) => id !== 'half')).toBe(true)
  })

  test('every role of the seed may set budget alerts', async () => {
    for (const role of ['platform_admin', 'tenant_admin', 'billing_contact']) {
      const { value } = await fixture.send(alertRule, 'PUT', ALERTS, { catalog, role, body: budget({ id: `by-${role.replaceAll('_', '-')}` }) })
      expect(value.enabled).toBe(true)
    }
  })
})
