/** `kill -9` five seconds after the last acknowledgement, then outbox.db's log is gone: SQLite says nothing, and nothing is lost. */
import { mkdtempSync, rmSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from '../../main/sandbox/server.ts'
import { bundleEngineProcess, type EngineChild, startEngineChild } from './engine-child.ts'
import { tenantToken } from './fixture.ts'
import { type FaultProxy, startFaultProxy } from './proxy.ts'

let folder = ''
let sandbox: Sandbox
let proxy: FaultProxy
let bundlePath = ''
let child: EngineChild | null = null

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tidemark-lost-log-'))
  bundlePath = await bundleEngineProcess({ eagerCompaction: false })
  sandbox = await startSandbox({ port: 0, dataDir: join(folder, 'platform'), report: (error) => console.error(error) })
  proxy = await startFaultProxy({ target: sandbox.url, seed: 1 })
})
afterAll(async () => {
  await child?.kill()
  await proxy.close()
  await sandbox.stop()
  rmSync(folder, { recursive: true, force: true })
})

async function write(engine: EngineChild, secret: string, memoryId: string, method = 'POST'): Promise<void> {
  const headers = { Authorization: `Bearer ${secret}`, 'Tidemark-Memory-Id': memoryId, 'Content-Type': 'text/plain' }
  const path = method === 'DELETE' ? `/v1/memories/${memoryId}` : '/v1/memories'
  const answer = await fetch(`http://127.0.0.1:${engine.intakePort}${path}`, {
    method,
    headers,
    ...(method === 'POST' ? { body: `words of ${memoryId}` } : {}),
  })
  expect(answer.status, await answer.text()).toBeLessThan(300)
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 300; turn += 1) {
    if (await condition()) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  expect.unreachable('it did not come')
}

it('keeps envelopes, deletes, settings, alerts and names that were acknowledged five seconds before', async () => {
  const dataDir = join(folder, 'console')
  const start = () => startEngineChild(bundlePath, { dataDir, sandboxUrl: sandbox.url, speed: 1, seed: 1 })
  child = await start()
  const workspaceId = (await child.call('workspaces.add', { url: proxy.url, token: await tenantToken(sandbox.url) })).id
  const { secret } = await child.call('subKeys.create', { workspaceId, name: 'agent' })
  await write(child, secret, 'delivered')
  const page = async () => (await (child as EngineChild).call('outbox.page', { workspaceId, filter: {}, before: null, limit: 200 })).rows
  await until(async () => (await page()).every(({ state }) => state === 'delivered'))
  // The log is what a kill leaves behind; a rest empties it, so that all that follows is in it alone.
  await child.stop()
  await proxy.setFaults({ kind: 'refuse' })
  child = await start()
  for (let number = 0; number < 30; number += 1) await write(child, secret, `m${number % 20}`)
  await write(child, secret, 'delivered', 'DELETE')
  await write(child, secret, 'm3', 'DELETE')
  for (const [key, value] of Object.entries({ org_name: 'Tide works', billing_email: 'bills@tide.example' }))
    await child.call('settings.put', { workspaceId, key, value })
  const { rules } = await child.call('alerts.read', { workspaceId })
  const rule = rules.find(({ confirmed }) => confirmed !== null)
  if (!rule?.confirmed) throw new Error('the catalog brings no alert')
  const { id, measure, meter, confirmed } = rule
  await child.call('alerts.put', { workspaceId, id, measure, meter, fields: { ...confirmed, enabled: !confirmed.enabled } })
  const before = await page()
  expect(before.length).toBeGreaterThan(30)
  await new Promise((resolve) => setTimeout(resolve, 5_000))
  await child.kill()
  truncateSync(join(dataDir, 'outbox.db-wal'), 0)

  child = await start()
  const after = await page()
  const owed = (rows: typeof before) =>
    rows
      .filter(({ state }) => state !== 'delivered' && state !== 'discarded')
      .map(({ id, sequence, title, kind, revision, sizeBytes }) => ({ id, sequence, title, kind, revision, sizeBytes }))
  expect(owed(after)).toEqual(owed(before))
  expect((await child.call('app.info', {})).warnings.map(({ kind }) => kind)).toContain('restore_copy')
  await proxy.setFaults()
  await child.call('workspaces.syncNow', { workspaceId })
  await until(async () => owed(await page()).length === 0)
})
