/**
 * `kill -9` while a copied data folder becomes a device of its own and takes over what the other one wrote, and while a new computer restores.
 * FAULT_CYCLES for more of them, FAULT_SEED for others.
 */
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from '../../main/sandbox/server.ts'
import { bundleEngineProcess, type EngineChild, startEngineChild } from './engine-child.ts'
import { platformCounters, platformEnvelopes, queueItems } from './evidence.ts'
import { miscounts, tenantToken } from './fixture.ts'
import { between, seeded } from './seeded.ts'

const CYCLES = Number(process.env.FAULT_CYCLES ?? 5)
const SEED = Number(process.env.FAULT_SEED ?? Date.now() % 1_000_000)
const MEMORIES = 400
/** A taking over of three pages is over sooner than this. */
const LONGEST_LIFE_MS = 900
const LONGEST_RESTORE_MS = 300

const random = seeded(SEED)
let folder = ''
let sandbox: Sandbox
let bundlePath = ''
let child: EngineChild | null = null
let secret = ''
let workspaceId = ''

beforeAll(async () => {
  console.log(`taking over: ${CYCLES} cycles with FAULT_SEED=${SEED}`)
  folder = mkdtempSync(join(tmpdir(), 'tidemark-taking-over-'))
  bundlePath = await bundleEngineProcess({ eagerCompaction: false })
  sandbox = await startSandbox({ port: 0, dataDir: join(folder, 'platform'), report: (error) => console.error(error) })
})
afterAll(async () => {
  await child?.kill()
  await sandbox.stop()
  rmSync(folder, { recursive: true, force: true })
})

it(
  `${CYCLES} times at random moments: every later version is there, and each console is one device`,
  async () => {
    const first = await start('original')
    workspaceId = (await first.call('workspaces.add', { url: sandbox.url, token: await tenantToken(sandbox.url) })).id
    secret = (await first.call('subKeys.create', { workspaceId, name: 'writer' })).secret
    await writeAll(first, 'before')
    await isDelivered(first)
    await end()
    cpSync(join(folder, 'original'), join(folder, 'copy'), { recursive: true })
    const original = await start('original')
    for (const round of ['after 1', 'after 2']) await writeAll(original, round)
    await isDelivered(original)
    await end()

    let noticed = 0
    const written = new Map<string, string>()
    for (let cycle = 0; cycle < CYCLES; cycle += 1) {
      const life = await start('copy')
      // The intake does not wait for anything.
      const memory = `fresh ${cycle}`
      if ((await ask(life, 'POST', '/v1/memories', memory, `of cycle ${cycle}`)).status === 201) written.set(memory, `of cycle ${cycle}`)
      await wait(between(random, 0, LONGEST_LIFE_MS))
      const { warnings } = await life.call('app.info', {})
      if (warnings.some(({ kind }) => kind === 'forked')) noticed += 1
      await life.kill()
      child = null
    }
    console.log(`it was noticed in ${noticed} of ${CYCLES} lives`)

    const last = await start('copy')
    await isDelivered(last)
    await goesOn('every version is taken over', async () => (await readAll(last)).filter((content) => content !== 'after 2').length)
    for (const [memory, content] of written) expect((await ask(last, 'GET', `/v1/memories/${encodeURIComponent(memory)}`)).text).toBe(content)
    const devices = await last.call('devices.list', { workspaceId })
    expect(devices.length).toBeGreaterThanOrEqual(2)
    expect(platformCounters(join(folder, 'platform', 'platform.db')).get('sync_devices')?.used).toBe(1)
    await end()

    const platform = platformEnvelopes(join(folder, 'platform', 'platform.db'))
    expect(platform).toHaveLength(3 * MEMORIES + written.size)
    // Pages of a restore are operations too, and leave nothing behind that could be counted.
    expect(miscounts(join(folder, 'platform', 'platform.db')).filter((line) => !line.startsWith('sync_operations'))).toEqual([])
    expect(
      queueItems(join(folder, 'copy'))
        .map(({ id }) => id)
        .sort(),
    ).toEqual(platform.map(({ id }) => id).sort())
    // And back on the original, which is no fork: nobody else ran as it since.
    const again = await start('original')
    await again.call('vault.restore', { workspaceId })
    await goesOn('the original has them too', async () =>
      (await ask(again, 'GET', `/v1/memories/${encodeURIComponent([...written.keys()].at(-1) ?? '')}`)).status === 200 ? 0 : 1,
    )
    expect((await again.call('app.info', {})).warnings.filter(({ kind }) => kind === 'forked')).toEqual([])
    await end()
  },
  60_000 + CYCLES * 20_000,
)

it(
  `${CYCLES} times inside a restore to a new computer: what was acknowledged last is read`,
  async () => {
    const passphrase = 'correct horse battery'
    const original = await start('original')
    const backup = await original.call('vault.exportBackup', { passphrase })
    await end()
    const fresh = await start('new')
    await fresh.call('vault.importBackup', { text: backup.text, passphrase })
    workspaceId = (await fresh.call('workspaces.add', { url: sandbox.url, token: await tenantToken(sandbox.url) })).id
    await end()

    const before = platformEnvelopes(join(folder, 'platform', 'platform.db')).length
    let inside = 0
    const latest = new Map<string, string>()
    for (let cycle = 0; cycle < CYCLES; cycle += 1) {
      const life = await start('new')
      // Over memories whose earlier versions may not have come yet.
      const memory = `memory ${cycle % MEMORIES}`
      await life.call('vault.restore', { workspaceId })
      expect((await ask(life, 'POST', '/v1/memories', memory, `of restore ${cycle}`)).status).toBe(201)
      latest.set(memory, `of restore ${cycle}`)
      await wait(between(random, 0, LONGEST_RESTORE_MS))
      const { tally } = await life.call('outbox.tally', { workspaceId })
      if (tally.delivered.count < before) inside += 1
      await life.kill()
      child = null
    }
    console.log(`killed before everything was there: ${inside} of ${CYCLES}`)

    const last = await start('new')
    await last.call('vault.restore', { workspaceId })
    await isDelivered(last)
    await goesOn('every version is there', async () => before + CYCLES - (await last.call('outbox.tally', { workspaceId })).tally.delivered.count)
    const texts = await readAll(last)
    expect(texts).toEqual(texts.map((_, index) => latest.get(`memory ${index * 10}`) ?? 'after 2'))
    for (const [memory, content] of latest) expect((await ask(last, 'GET', `/v1/memories/${encodeURIComponent(memory)}`)).text).toBe(content)
    expect((await last.call('app.info', {})).warnings.filter(({ kind }) => kind === 'forked')).toEqual([])
    await end()
    const platform = platformEnvelopes(join(folder, 'platform', 'platform.db'))
    expect(new Set(platform.map(({ id }) => id)).size).toBe(platform.length)
    expect(
      queueItems(join(folder, 'new'))
        .map(({ id }) => id)
        .sort(),
    ).toEqual(platform.map(({ id }) => id).sort())
  },
  60_000 + CYCLES * 20_000,
)

async function start(name: string): Promise<EngineChild> {
  child = await startEngineChild(bundlePath, { dataDir: join(folder, name), sandboxUrl: sandbox.url, speed: 5, seed: between(random, 0, 1_000_000) })
  return child
}

async function end(): Promise<void> {
  await child?.stop()
  child = null
}

async function ask(life: EngineChild, method: string, path: string, memoryId?: string, body?: string): Promise<{ status: number; text: string }> {
  const answer = await fetch(`http://127.0.0.1:${life.intakePort}${path}`, {
    method,
    headers: { authorization: `Bearer ${secret}`, ...(memoryId === undefined ? {} : { 'tidemark-memory-id': encodeURIComponent(memoryId) }) },
    ...(body === undefined ? {} : { body }),
  })
  return { status: answer.status, text: await answer.text() }
}

async function writeAll(life: EngineChild, content: string): Promise<void> {
  const memories = Array.from({ length: MEMORIES }, (_, index) => ({ id: `memory ${index}`, text: content }))
  const answer = await fetch(`http://127.0.0.1:${life.intakePort}/v1/memories/batch`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    body: JSON.stringify({ memories }),
  })
  expect(answer.status).toBe(201)
}

async function readAll(life: EngineChild): Promise<string[]> {
  // One in ten: the order of pages leaves none of them out alone.
  const some = Array.from({ length: MEMORIES / 10 }, (_, index) => `memory ${index * 10}`)
  return await Promise.all(some.map(async (id) => (await ask(life, 'GET', `/v1/memories/${encodeURIComponent(id)}`)).text))
}

const isDelivered = (life: EngineChild): Promise<void> =>
  goesOn('everything is delivered', async () => {
    const { tally } = await life.call('outbox.tally', { workspaceId })
    return tally.pending.count + tally.sending.count + tally.waiting.count + tally.held.count
  })

/** Waits for zero, for as long as there is progress. */
async function goesOn(what: string, left: () => Promise<number>): Promise<void> {
  let best = Number.POSITIVE_INFINITY
  for (let since = Date.now(); ; ) {
    const now = await left()
    if (now === 0) return
    if (now < best) {
      best = now
      since = Date.now()
    }
    if (Date.now() - since > 30_000) throw new Error(`${what}: ${now} are left, and none of them moves`)
    await wait(50)
  }
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
