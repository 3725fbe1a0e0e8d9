import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { SandboxFixture } from './sandbox/fixture.ts'
import { openWholeEngine, type WholeEngine } from './whole-engine.ts'

let platform: SandboxFixture
let engine: WholeEngine
beforeEach(async () => {
  platform = await SandboxFixture.start()
  engine = await openWholeEngine(platform.sandbox.url)
})
afterEach(async () => {
  await engine.close()
  await platform.stop()
})

async function add(catalog: string): Promise<string> {
  return (await engine.call('workspaces.add', { url: platform.sandbox.url, token: platform.token('tenant_admin', catalog) })).id
}

function column(file: string, sql: string): unknown[] {
  const database = new Sqlite(join(engine.dataDir, file), { readonly: true })
  try {
    return database.prepare(sql).pluck().all()
  } finally {
    database.close()
  }
}

test('clearing the cache tells every page, and is no news about plan requests', async () => {
  const workspaceId = await add('analytics')
  const requests = async () => (await engine.call('offers.read', { workspaceId })).requests
  const members = () => engine.call('workspaces.members', { workspaceId })
  await expect.poll(members).not.toEqual([])
  await engine.call('offers.request', { workspaceId, planId: 'enterprise', note: '' })
  await expect.poll(() => engine.events.filter(({ event }) => event === 'request.moved')).toHaveLength(1)
  const cached = column('cache.db', 'SELECT DISTINCT topic FROM documents')
  const known = (await requests()).length

  engine.events.splice(0)
  await engine.call('data.clearCache', {})
  expect(await members()).toEqual([])
  const told = engine.events.flatMap((event) => (event.event === 'cache.changed' ? event.payload.topics : []))
  expect(told).toEqual(expect.arrayContaining([...cached, 'cost_day', 'snapshot', 'usage_day', 'ledger_line', 'audit_entry', 'audit_checkpoint']))

  const toldOfRequests = () => engine.events.filter((event) => event.event === 'cache.changed' && event.payload.topics.includes('plan_request'))
  await expect.poll(() => toldOfRequests().length).toBeGreaterThan(1)
  expect(await requests()).toHaveLength(known)
  expect(engine.events.filter(({ event }) => event === 'request.moved')).toEqual([])
})

test('a workspace that is removed takes along what this computer noted of it: added again it starts afresh', async () => {
  const workspaceId = await add('analytics')
  const other = await add('truss')
  const [platformName, otherName] = (await engine.call('workspaces.list', {})).map(({ name }) => name)
  for (const id of [workspaceId, other]) {
    await engine.call('workspaces.rename', { workspaceId: id, name: 'My own name' })
    await engine.call('overview.seen', { workspaceId: id })
  }
  const noted = (id: string) => column('outbox.db', `SELECT key FROM local_settings WHERE key LIKE '%${id}' ORDER BY key`)
  const all = (id: string) => [`alerts.seen.${id}`, `visit.${id}`, `workspace.name.${id}`]
  await expect.poll(() => [noted(workspaceId), noted(other)]).toEqual([all(workspaceId), all(other)])
  const happened = () => new Set(column('outbox.db', 'SELECT DISTINCT workspace_id FROM activity'))
  const outbox = new Sqlite(join(engine.dataDir, 'outbox.db'))
  for (const id of [workspaceId, other])
    outbox.prepare("INSERT INTO activity (workspace_id, at, kind, text) VALUES (?, 1, 'plan', 'The plan is now Pro.')").run(id)
  outbox.close()
  expect(happened()).toEqual(new Set([workspaceId, other]))

  await engine.call('workspaces.remove', { workspaceId })
  expect([noted(workspaceId), noted(other)]).toEqual([[], all(other)])
  expect(happened()).toEqual(new Set([other]))
  expect(await add('analytics')).toBe(workspaceId)
  expect((await engine.call('workspaces.list', {})).map(({ name }) => name).sort()).toEqual(['My own name', platformName].sort())
  expect(otherName).not.toBe('My own name')
  expect(await engine.call('overview.seen', { workspaceId })).toEqual({ since: null })
})

test('the agents of a workspace that was removed are refused: nothing is stored for nobody', async () => {
  const workspaceId = await add('layer-a')
  const { secret } = await engine.call('subKeys.create', { workspaceId, name: 'inbox' })
  const write = async (): Promise<number> =>
    (await fetch(`http://127.0.0.1:${engine.engine.intakePort}/v1/memories`, { method: 'POST', headers: { Authorization: `Bearer ${secret}` }, body: 'note' }))
      .status
  expect(await write()).toBe(201)
  await engine.call('workspaces.remove', { workspaceId })
  expect(await write()).toBe(401)
})

test('of the members one is you: the one whom the platform names', async () => {
  const workspaceId = await add('analytics')
  const members = () => engine.call('workspaces.members', { workspaceId })
  await expect.poll(async () => (await members()).length).toBeGreaterThan(1)
  const [you, ...more] = (await members()).filter((member) => member.you)
  expect(more).toEqual([])
  expect(you?.name).toBe((await engine.call('workspaces.list', {}))[0]?.memberName)
  expect(column('outbox.db', 'SELECT member_id FROM workspaces')).toEqual([you?.id])

  // Somebody else of the same name and role.
  const cache = new Sqlite(join(engine.dataDir, 'cache.db'))
  const added = cache.prepare(
    "INSERT INTO documents (workspace_id, topic, id, version, body, generation) SELECT workspace_id, topic, 'alike', version, json_set(body, '$.id', 'alike'), generation FROM documents WHERE workspace_id = ? AND topic = 'member' AND id = ?",
  )
  expect(added.run(workspaceId, you?.id).changes).toBe(1)
  cache.close()
  expect((await members()).filter((member) => member.you).map(({ id }) => id)).toEqual([you?.id])
})
