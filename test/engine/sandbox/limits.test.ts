import { randomUUID } from 'node:crypto'
import BetterSqlite3 from 'better-sqlite3'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { alertsResponse } from '../../../shared/contract/platform/alerts.ts'
import { auditLogsResponse } from '../../../shared/contract/platform/audit.ts'
import { entitlement, entitlementsResponse, operationResponse, quotaResponse } from '../../../shared/contract/platform/account.ts'
import { previewResponse } from '../../../shared/contract/platform/purchase.ts'
import { usageEventsResponse } from '../../../shared/contract/platform/usage.ts'
import * as contract from '../../../shared/contract/platform.ts'
import { envelope, type SandboxFixture, SteppedClock, withSandbox, withSteppedSandbox } from './fixture.ts'

const HOUR_MS = 3_600_000
const MIB = 1024 * 1024
const NOW = new Date(Date.UTC(2026, 0, 31, 12)).toISOString()

async function use(fixture: SandboxFixture, catalog: string, metric: string, amount: Record<string, unknown>): Promise<void> {
  const event = { source: 'test', id: randomUUID(), metric, timestamp: NOW, ...amount }
  const { value } = await fixture.send(usageEventsResponse, 'POST', '/v1/usage/events', { catalog, body: { events: [event] } })
  expect(value).toMatchObject({ accepted: 1 })
}

const counterOf = async (fixture: SandboxFixture, catalog: string, metric: string) =>
  (await fixture.send(contract.countersResponse, 'GET', '/v1/billing/usage', { catalog })).value.find((counter) => counter.metric === metric)

describe('one decision', () => {
  test('at the limit of a meter that bills every route says the same, before and after one more', async () => {
    await withSteppedSandbox(async (fixture) => {
      const catalog = 'truthlocks'
      const metric = 'antifraud.deepfake_scans'
      const answers = async () => {
        const quota = (await fixture.send(quotaResponse, 'GET', `/api/billing/quota?resource=${metric}`, { catalog })).value
        const one = (await fixture.send(entitlement, 'GET', `/v1/entitlements/${metric}`, { catalog })).value
        const listed = (await fixture.send(entitlementsResponse, 'GET', '/v1/entitlements', { catalog })).value.entitlements.find(
          (each) => each.metric === metric,
        )
        const counter = await counterOf(fixture, catalog, metric)
        return { allowed: [quota, one, listed, counter].map((answer) => answer?.allowed), reasons: [quota, one, listed].map((answer) => answer?.reason), quota }
      }
      await use(fixture, catalog, metric, { quantity: 499 })
      expect(await answers()).toMatchObject({ allowed: [true, true, true, true], reasons: [undefined, undefined, undefined] })
      await use(fixture, catalog, metric, { quantity: 1 })
      const price = 'Beyond the plan: 1 × $0.15 = $0.15'
      expect(await answers()).toMatchObject({
        allowed: [false, false, false, false],
        reasons: [price, price, price],
        // It may run all the same: nobody takes this for a refusal.
        quota: { enforcement: 'bill' },
      })
      await use(fixture, catalog, metric, { quantity: 1 })
      expect(await answers()).toMatchObject({ allowed: [false, false, false, false], reasons: [price, price, price] })
      const twelve = (await fixture.send(entitlement, 'GET', `/v1/entitlements/${metric}?quantity=12`, { catalog })).value
      expect(twelve.reason).toBe('Beyond the plan: 12 × $0.15 = $1.80')
    })
  })

  test('a plan answers the metrics that it has the features for, and refuses use of the others', async () => {
    await withSteppedSandbox(async (fixture) => {
      const catalog = 'truthlocks'
      const metrics = async () => (await fixture.send(contract.countersResponse, 'GET', '/v1/billing/usage', { catalog })).value.map(({ metric }) => metric)
      expect(await metrics()).toHaveLength(16)
      const database = new BetterSqlite3(join(fixture.dataDir, 'platform.db'))
      database.prepare("UPDATE workspaces SET plan_id = 'developer' WHERE catalog = 'truthlocks'").run()
      database.close()
      const core = ['attestations.mint', 'verifications_monthly', 'storage_bytes', 'proof_bundles', 'webhook_endpoints', 'webhook_deliveries', 'seats']
      expect(await metrics()).toEqual(core)
      const { value } = await fixture.send(entitlementsResponse, 'GET', '/v1/entitlements', { catalog })
      expect(value.entitlements.map(({ metric }) => metric)).toEqual(core)
      const scans = (await fixture.send(entitlement, 'GET', '/v1/entitlements/antifraud.deepfake_scans', { catalog })).value
      expect(scans).toMatchObject({ allowed: false, reason: expect.stringMatching(/Developer.*Business/) })
      expect(scans.enforcement).toBeUndefined()
      const event = { source: 'test', id: randomUUID(), metric: 'antifraud.deepfake_scans', timestamp: NOW, quantity: 1 }
      const refused = (await fixture.send(usageEventsResponse, 'POST', '/v1/usage/events', { catalog, body: { events: [event] } })).value
      expect(refused.refused).toMatchObject([{ code: 'antifraud.deepfake_scans_exceeded', message: scans.reason }])
    })
  })
})

describe('the size of the database', () => {
  const catalog = 'truss'
  const operate = (action: string) => ({ catalog, body: { action, target: 'database/main' } })

  test('is checked on every write operation, and on no other', async () => {
    await withSteppedSandbox(async (fixture) => {
      await fixture.send(operationResponse, 'POST', '/v1/operations', operate('schema.change'))
      await use(fixture, catalog, 'database_size', { reading: 15_000_000_000 })
      for (const action of ['schema.change', 'backup.restore', 'branch.create']) {
        expect(await fixture.refused('POST', '/v1/operations', operate(action)), action).toMatchObject({
          status: 403,
          error: { code: 'database_size_exceeded', meter: 'database_size', reason: expect.stringContaining('Team') },
        })
      }
      for (const action of ['backup.create', 'branch.delete', 'webhook.test']) await fixture.send(operationResponse, 'POST', '/v1/operations', operate(action))
      await use(fixture, catalog, 'database_size', { reading: 14_999_999_999 })
      await fixture.send(operationResponse, 'POST', '/v1/operations', operate('schema.change'))
    })
  })

  test('is found over its limit in the background, once a period', async () => {
    await withSteppedSandbox(async (fixture, clock) => {
      const found = async () =>
        (await fixture.send(auditLogsResponse, 'GET', '/api/billing/audit-logs?action=quota.exceeded', { catalog })).value.entries.map(
          ({ actor, target, metadata }) => ({ actor, target, ...metadata }),
        )
      await use(fixture, catalog, 'database_size', { reading: 16_000_000_000 })
      expect(await found()).toEqual([])
      for (let hour = 0; hour < 3; hour += 1) {
        clock.step(HOUR_MS)
        await fixture.sandbox.tick()
      }
      expect(await found()).toMatchObject([{ actor: 'system', target: 'meter/database_size', used: 16_000_000_000, limit: 15_000_000_000 }])
    })
  })
})

test('the sizes of an account whose subscription has ended are no news, and the clock goes on', async () => {
  const clock = new SteppedClock()
  const failures: unknown[] = []
  await withSandbox(
    async (fixture) => {
      await use(fixture, 'truss', 'database_size', { reading: 5_000_000_000 })
      const database = new BetterSqlite3(join(fixture.dataDir, 'platform.db'))
      database.prepare("UPDATE workspaces SET plan_id = '', subscription_id = NULL WHERE catalog = 'truss'").run()
      database.prepare("UPDATE counters SET quota_limit = 0 WHERE workspace_id = (SELECT id FROM workspaces WHERE catalog = 'truss')").run()
      clock.step(HOUR_MS)
      await fixture.sandbox.tick()
      const found = database.prepare("SELECT count(*) FROM audit_entries WHERE action = 'quota.exceeded'").pluck().get()
      database.close()
      expect(failures).toEqual([])
      expect(found).toBe(0)
    },
    { clock, report: (error) => failures.push(error) },
  )
})

test('a downgrade names every meter that would be over, those that begin anew with the period too', async () => {
  await withSteppedSandbox(async (fixture) => {
    const catalog = 'truss'
    await use(fixture, catalog, 'bandwidth', { quantity: 6_000_000_000 })
    await use(fixture, catalog, 'storage', { reading: 3_000_000_000 })
    await use(fixture, catalog, 'flag_evaluations', { quantity: 100_001 })
    for (let batch = 0; batch < 3; batch += 1) {
      const events = Array.from({ length: 700 }, (_, index) => ({
        source: 'kratos',
        id: randomUUID(),
        metric: 'auth_mau',
        timestamp: NOW,
        key: `${batch} ${index}`,
      }))
      await fixture.send(usageEventsResponse, 'POST', '/v1/usage/events', { catalog, body: { events } })
    }
    const overOn = async (body: object) =>
      (await fixture.send(previewResponse, 'POST', '/api/billing/preview', { catalog, body })).value.would_be_over.map(({ meter }) => meter)
    expect(await overOn({ plan: 'starter' })).toEqual(['storage', 'auth_mau', 'bandwidth', 'flag_evaluations'])
    expect(await overOn({ cancel: true })).toEqual(expect.arrayContaining(['storage', 'auth_mau', 'bandwidth', 'flag_evaluations']))
    expect(await overOn({ plan: 'team' })).toEqual([])
  })
})

describe('the first refusal', () => {
  test('is told of once a period, although the counter stands below its limit', async () => {
    await withSteppedSandbox(async (fixture, clock) => {
      const fired = async () => (await fixture.send(alertsResponse, 'GET', '/api/billing/alerts')).value.events.map(({ text, channels }) => [text, channels])
      for (let index = 0; index < 4; index += 1) await fixture.push([envelope(6 * MIB)])
      const before = await fired()
      // 24 of 25 MiB are used: 96 %.
      await fixture.pushRefused([envelope(2 * MIB)])
      await fixture.pushRefused([envelope(2 * MIB)])
      const after = await fired()
      expect(after).toHaveLength(before.length + 1)
      expect(after.find(([text]) => text?.includes('refusal'))).toEqual([
        'Encrypted bytes: 24 MiB of 25 MiB. The first refusal of this period: Encrypted bytes limit reached (24 MiB of 25 MiB, 2 MiB more does not fit). Upgrade to Pro for 5 GiB.',
        ['in_app', 'email'],
      ])
      clock.step(32 * 24 * HOUR_MS)
      await fixture.pushRefused([envelope(2 * MIB)])
      expect((await fired()).filter(([text]) => text?.includes('refusal'))).toHaveLength(2)
    })
  })

  test('says what helps with a meter of its kind', async () => {
    await withSteppedSandbox(async (fixture) => {
      for (let index = 0; index < 4; index += 1) await fixture.push([envelope(6 * MIB)])
      const { error } = await fixture.pushRefused([envelope(2 * MIB)])
      expect(error._suggestion).toBe('Upgrade to Pro or delete what is no longer needed.')
    })
  })
})
