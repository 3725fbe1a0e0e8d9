import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type QueryKey, QueryClient, QueryObserver, type QueryObserverResult } from '@tanstack/react-query'
import Sqlite from 'better-sqlite3'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { shippedCatalogs } from '../../main/sandbox/catalogs.ts'
import { demoWorkspaces } from '../../main/sandbox/demo/demo-workspaces.ts'
import { readKey } from '../../renderer/state/reads.ts'
import { createRefresher } from '../../renderer/state/refresher.ts'
import type { CallInput, CallOutput, EngineCallName, ReadName } from '../../shared/contract/console.ts'
import { mountPalomar, readObservatory } from '../sixth-catalog/observatory.ts'
import { SandboxFixture } from './sandbox/fixture.ts'
import { openWholeEngine, type WholeEngine } from './whole-engine.ts'

const OF_INVOICES = ['invoice', 'payment_methods']

let platform: SandboxFixture
let engine: WholeEngine
let workspaceId: string

beforeEach(async () => {
  platform = await SandboxFixture.start({ catalogs: [readObservatory(), ...shippedCatalogs.all], demo: [mountPalomar, ...demoWorkspaces] })
  await platform.sandbox.tick()
  engine = await openWholeEngine(platform.sandbox.url)
  workspaceId = (await engine.call('workspaces.add', { url: platform.sandbox.url, token: platform.token('director') })).id
  await expect.poll(async () => (await engine.call('invoices.list', { workspaceId })).invoices.length, { timeout: 20_000 }).toBeGreaterThan(0)
})
afterEach(async () => {
  await engine.close()
  await platform.stop()
})

/** Topics of what lies in the cache, whoever may ask for it. */
function cachedTopics(): string[] {
  const database = new Sqlite(join(engine.dataDir, 'cache.db'), { readonly: true })
  try {
    return database.prepare<[], string>('SELECT DISTINCT topic FROM documents').pluck().all()
  } finally {
    database.close()
  }
}

test('another member’s role: what it may not see leaves this computer, and comes back with a role that may', async () => {
  const { invoices } = await engine.call('invoices.list', { workspaceId })
  await engine.call('invoices.pdf', { workspaceId, id: invoices[0]?.id ?? '' })
  const files = join(engine.dataDir, 'invoices', workspaceId)
  expect(existsSync(files)).toBe(true)
  expect(cachedTopics()).toEqual(expect.arrayContaining([...OF_INVOICES, 'counter', 'plan']))

  await engine.call('workspaces.signIn', { workspaceId, token: platform.token('astronomer') })
  await expect.poll(() => cachedTopics().filter((topic) => OF_INVOICES.includes(topic))).toEqual([])
  await expect.poll(() => existsSync(files)).toBe(false)
  expect(cachedTopics()).toEqual(expect.arrayContaining(['counter', 'plan', 'plans', 'member']))
  expect(await engine.refusal('invoices.list', { workspaceId })).toMatchObject({ code: 'forbidden', message: expect.stringContaining('Ask a Director') })
  expect((await engine.call('workspaces.list', {}))[0]).toMatchObject({ role: 'Astronomer', connection: { state: 'online' } })

  await engine.call('workspaces.signIn', { workspaceId, token: platform.token('director') })
  await expect.poll(async () => (await engine.call('invoices.list', { workspaceId })).invoices.length).toBe(invoices.length)
  expect(cachedTopics()).toEqual(expect.arrayContaining(OF_INVOICES))
})

test('another member’s role: the pages that are open show what that one may do, and nobody asks them to', async () => {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Number.POSITIVE_INFINITY, retry: false, networkMode: 'always' } } })
  const refresher = createRefresher(client, 20, { set: (run, delayMs) => Number(setTimeout(run, delayMs)), clear: (id) => clearTimeout(id) })
  const open = <N extends ReadName & EngineCallName>(name: N, input: CallInput<N>): (() => QueryObserverResult<CallOutput<N>>) => {
    const observer = new QueryObserver<CallOutput<N>, Error, CallOutput<N>, CallOutput<N>, QueryKey>(client, {
      queryKey: readKey(name, input),
      queryFn: () => engine.call(name, input),
    })
    observer.subscribe(() => undefined)
    return () => observer.getCurrentResult()
  }
  const plans = open('offers.read', { workspaceId })
  const alerts = open('alerts.read', { workspaceId })
  const invoices = open('invoices.list', { workspaceId })
  const tenants = open('tenants.list', { workspaceId })
  await expect.poll(() => [plans(), alerts(), invoices(), tenants()].map(({ isSuccess }) => isSuccess)).toEqual([true, true, true, true])
  expect(plans().data?.permission.state).toBe('may')
  expect(alerts().data?.mayNot).toBeNull()
  engine.events.splice(0)
  // Only what is told of who is signed in: what the other role's documents bring along must not be what refreshes the pages.
  const told = setInterval(() => {
    for (const event of engine.events.splice(0)) if (event.event === 'workspaces.changed') refresher.note(event)
  }, 10)
  try {
    await engine.call('workspaces.signIn', { workspaceId, token: platform.token('guest') })
    await expect.poll(() => plans().data?.permission.state).toBe('no')
    await expect.poll(() => alerts().data?.mayNot).toMatch(/Ask a/)
    await expect.poll(() => invoices().error?.message).toMatch(/forbidden/)
    await expect.poll(() => tenants().error?.message).toMatch(/forbidden/)

    await engine.call('workspaces.signIn', { workspaceId, token: platform.token('astronomer') })
    await expect.poll(() => plans().data?.permission.state).toBe('request')
  } finally {
    clearInterval(told)
    refresher.stop()
    client.clear()
  }
})

test('a member added to begin with gets no more than the role may see', async () => {
  const other = await openWholeEngine(platform.sandbox.url)
  try {
    const { id } = await other.call('workspaces.add', { url: platform.sandbox.url, token: platform.token('guest') })
    await expect.poll(async () => (await other.call('overview.read', { workspaceId: id })).meters.length).toBeGreaterThan(0)
    const database = new Sqlite(join(other.dataDir, 'cache.db'), { readonly: true })
    expect(database.prepare("SELECT count(*) FROM documents WHERE topic IN ('invoice', 'payment_methods')").pluck().get()).toBe(0)
    database.close()
  } finally {
    await other.close()
  }
})
