import { expect, it } from 'vitest'
import { randomFrom } from '../../../main/sandbox/demo/shape.ts'
import { Traffic } from '../../../main/sandbox/traffic/traffic.ts'
import { MeteredAccount } from './fixture.ts'

it('uses every kind of meter at a human pace, stays under the limit of a meter that refuses, and stops when told', async () => {
  const account = await MeteredAccount.open({ catalogId: 'truss', planId: 'pro' })
  const failures: unknown[] = []
  const random = randomFrom('traffic')
  const traffic = new Traffic({
    store: account.store,
    clock: account.clock,
    random,
    workspaces: [{ id: account.workspaceId, members: [{ id: 'ann' }] }],
    report: (error) => failures.push(error),
  })
  for (let turn = 0; turn < 300; turn += 1) {
    account.clock.step(60_000)
    await traffic.one()
  }
  expect(failures).toEqual([])
  expect(account.rows('SELECT DISTINCT metric FROM usage_events').length).toBeGreaterThanOrEqual(5)
  expect(account.rows("SELECT 1 FROM usage_events WHERE source <> 'traffic' OR user_id <> 'ann'")).toEqual([])
  expect(account.rows('SELECT metric FROM counters WHERE quota_limit >= 0 AND used > quota_limit')).toEqual([])

  const before = account.rows('SELECT count(*) AS n FROM usage_events')
  traffic.start()
  await traffic.stop()
  for (let turn = 0; turn < 20; turn += 1) {
    account.clock.step(60_000)
    // Writes come one after another: what a turn of it had begun is written before this one.
    await account.with(() => undefined)
  }
  expect(account.rows('SELECT count(*) AS n FROM usage_events')).toEqual(before)
  await account.close()
})
