/** `kill -9` while agents write: what was acknowledged is there exactly once, whatever the moment. FAULT_CYCLES for more of them, FAULT_SEED for others. */
import { randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { type Sandbox, startSandbox } from '../../main/sandbox/server.ts'
import { submitForm } from '../engine/sandbox/fixture.ts'
import { bundleEngineProcess, type EngineChild, launchEngineChild, startEngineChild } from './engine-child.ts'
import {
  type Acknowledged,
  attemptsOf,
  contradictions,
  lanceRows,
  platformCounters,
  platformEnvelopes,
  type QueueItem,
  queueHolds,
  queueItems,
  stagedCiphertexts,
} from './evidence.ts'
import { acknowledgement, miscounts, tenantToken } from './fixture.ts'
import { type FaultProxy, startFaultProxy } from './proxy.ts'
import { between, pick, seeded } from './seeded.ts'

const CYCLES = Number(process.env.FAULT_CYCLES ?? 20)
const SEED = Number(process.env.FAULT_SEED ?? Date.now() % 1_000_000)
/** The engine's own waits (mover, compaction, back-offs) pass this much faster, so that each life of a second has some of all. */
const SPEED = 15
/** Of those of a salvage: a fifth as many. */
const SALVAGES = Math.max(2, Math.ceil(CYCLES / 10))
const POINTS = ['intake', 'mover', 'compaction', 'push', 'answer', 'start'] as const
type Point = (typeof POINTS)[number]

const random = seeded(SEED)
const acknowledged: Acknowledged[] = []
let folder = ''
let dataDir = ''
let sandbox: Sandbox
let proxy: FaultProxy
let bundlePath = ''
const agents: { id: string; secret: string }[] = []
let workspaceId = ''
let child: EngineChild | null = null

beforeAll(async () => {
  console.log(`kill -9: ${CYCLES} cycles with FAULT_SEED=${SEED}`)
  folder = mkdtempSync(join(tmpdir(), 'tidemark-kill-'))
  dataDir = join(folder, 'console')
  bundlePath = await bundleEngineProcess({ eagerCompaction: true })
  sandbox = await startSandbox({ port: 0, dataDir: join(folder, 'platform'), report: (error) => console.error(error) })
  proxy = await startFaultProxy({ target: sandbox.url, seed: SEED })
  const first = await start()
  workspaceId = (await first.call('workspaces.add', { url: proxy.url, token: await tenantToken(sandbox.url) })).id
  for (const name of ['one', 'two']) {
    const { subKey, secret } = await first.call('subKeys.create', { workspaceId, name })
    agents.push({ id: subKey.id, secret })
  }
  await first.stop()
})
afterAll(async () => {
  await child?.kill()
  await proxy.close()
  await sandbox.stop()
  rmSync(folder, { recursive: true, force: true })
})

it(
  `${CYCLES} times at random points of intake, mover, compaction, push, answer and start`,
  async () => {
    const reached = new Map<Point, number>()
    for (let cycle = 0; cycle < CYCLES; cycle += 1) {
      const point = POINTS[cycle % POINTS.length] ?? 'intake'
      // Now and then answers are lost as well, so that what was pushed before the kill is doubtful twice over.
      await proxy.setFaults(...(cycle % 3 === 0 ? [{ kind: 'lose_answer' as const, share: 0.3 }] : []))
      const life = await start()
      const writing = agents.map((agent, index) => writeUntilDeath(life, agent, `${index}`))
      if (await cameTo(point, life)) reached.set(point, (reached.get(point) ?? 0) + 1)
      await life.kill()
      await Promise.all(writing)
      child = null
    }
    console.log(`points reached: ${[...reached].map(([point, count]) => `${point} ${count}`).join(', ')}; ${acknowledged.length} writes acknowledged`)
    // A test that never was where it wanted to kill would prove nothing.
    for (const point of POINTS) expect(reached.get(point) ?? 0, point).toBeGreaterThanOrEqual(Math.floor(CYCLES / POINTS.length / 2))
    expect(acknowledged.length).toBeGreaterThan(CYCLES)

    await proxy.setFaults()
    const last = await start()
    // What fits the Free plan first: a push that comes while the plan changes counts in the period that ends.
    await drains('what fits is delivered', ({ state }) => state === 'delivered' || state === 'held')
    const url = await checkoutAt(last)
    await submitForm(url, { number: '4242 4242 4242 4242', expiry: '12/40', cvc: '123' })
    await drains('every envelope is delivered', ({ state }) => state === 'delivered')
    await goesOn('every ciphertext is moved', () => stagedCiphertexts(dataDir).size)
    await last.stop()
    child = null

    await nothingIsLost()
    expect(readdirSync(dataDir).filter((name) => name.includes('damaged'))).toEqual([])
  },
  120_000 + CYCLES * 30_000,
)

it(
  `${SALVAGES} times while a queue that was cut in half is salvaged`,
  async () => {
    // Nothing leaves meanwhile: what the platform has is no longer owed, and may cost this computer its own copy.
    await proxy.setFaults({ kind: 'answer', status: 503, match: ({ path }) => path.startsWith('/v1/sync/push') })
    const before = acknowledged.length
    let inside = 0
    for (let cycle = 0; cycle < SALVAGES; cycle += 1) {
      const life = await start()
      const writing = agents.map((agent, index) => writeUntilDeath(life, agent, `${index}`))
      await cameTo('intake', life)
      await life.kill()
      await Promise.all(writing)
      if (await killedInSalvage()) inside += 1
    }
    console.log(`killed inside a salvage: ${inside} of ${SALVAGES}; ${acknowledged.length - before} more writes acknowledged`)
    expect(inside).toBeGreaterThanOrEqual(Math.floor(SALVAGES / 2))

    await proxy.setFaults()
    const last = await start()
    await drains('every envelope is delivered', ({ state }) => state === 'delivered')
    await goesOn('every ciphertext is moved', () => stagedCiphertexts(dataDir).size)
    expect(await comes(() => !existsSync(join(dataDir, 'outbox.db.mending')))).toBe(true)
    await last.stop()
    child = null
    await nothingIsLost()
    // Each salvage keeps the file that it read; none was left half done.
    const setAside = readdirSync(dataDir).filter((name) => /damaged|salvag/.test(name))
    expect(setAside.filter((name) => !/^outbox\.db\.damaged-/.test(name))).toEqual([])
  },
  120_000 + SALVAGES * 30_000,
)

/** Agents, queue, table and platform agree on every write, once, whose bytes are what was written. */
async function nothingIsLost(): Promise<void> {
  const masterKeyRecord = secretOf('master-key')
  const platform = platformEnvelopes(join(folder, 'platform', 'platform.db'))
  expect(await contradictions({ acknowledged, dataDir, masterKeyRecord, platform, allDelivered: true })).toEqual([])
  // A folder that was put back to its copy may run as another device from then on, which reads what the one before it wrote.
  const restorePages = proxy.requests.filter(({ path }) => path.startsWith('/v1/sync/envelopes')).length
  if (restorePages > 0) console.log(`another device after a salvage: ${restorePages} pages read back`)
  expect(miscounts(join(folder, 'platform', 'platform.db'), restorePages)).toEqual([])
  // The three know the same envelopes; those that were durable but whose answer did not get out are among them.
  const ids = queueItems(dataDir).map(({ id }) => id)
  expect(platform.map(({ id }) => id).sort()).toEqual([...ids].sort())
  expect((await lanceRows(dataDir)).map(({ id }) => id).sort()).toEqual([...ids].sort())
}

/** Asks again as a person does: the half minute after which the engine gives up an answer is two seconds of ours. */
async function checkoutAt(life: EngineChild): Promise<string> {
  for (let tries = 1; ; tries += 1) {
    try {
      return (await life.call('billing.checkout', { workspaceId, planId: 'team' })).url
    } catch (error) {
      if (tries === 10 || !String(error).includes('No answer within')) throw error
    }
  }
}

async function start(): Promise<EngineChild> {
  child = await startEngineChild(bundlePath, { dataDir, sandboxUrl: proxy.url, speed: SPEED, seed: between(random, 0, 1_000_000) })
  return child
}

/** Waits until the engine is at this point, and a random moment longer. False: it did not come there in time, and is killed wherever it is. */
async function cameTo(point: Point, life: EngineChild): Promise<boolean> {
  const moment = random()
  const here = await arrival(point, life)
  // A batch of the mover takes some ten milliseconds, a compaction more; a push and its answer a few.
  await delay(moment * (point === 'compaction' ? 120 : point === 'mover' ? 40 : 15))
  return here
}

async function arrival(point: Point, life: EngineChild): Promise<boolean> {
  switch (point) {
    case 'start':
      await delay(random() * 60)
      return true
    case 'intake': {
      const before = acknowledged.length
      const wanted = between(random, 1, 60)
      return await comes(() => acknowledged.length >= before + wanted)
    }
    case 'mover': {
      const before = new Set(lanceDataFiles())
      return await comes(() => lanceDataFiles().some((name) => !before.has(name)))
    }
    case 'compaction':
      return await comes(() => life.reports.includes('compacting'))
    case 'push': {
      const before = pushes().length
      const wanted = between(random, 1, 5)
      return await comes(() => pushes().length >= before + wanted)
    }
    case 'answer': {
      // The platform acts at once; its answer is on the way for a while, and the engine dies before, at or after its arrival.
      await proxy.setFaults({ kind: 'slow_answer', delayMs: between(random, 0, 25), match: ({ path }) => path.startsWith('/v1/sync/push') })
      const before = pushes().length
      return await comes(() => pushes().length > before)
    }
  }
}

/**
 * Lets everything that was acknowledged come to rest in all its places, cuts the queue in half, and kills the start that salvages it.
 * False: the start was through before.
 */
async function killedInSalvage(): Promise<boolean> {
  const rest = await start()
  // The engine has five seconds for that; its disk is no faster than ours, whatever its clock says.
  await goesOn(
    'every write lies in the journal',
    () => notJournaled().length,
    () => notJournaled().slice(0, 5).join(', '),
  )
  // The id of a record stands before its ciphertext.
  await delay(100)
  await rest.kill()
  child = null
  const path = join(dataDir, 'outbox.db')
  truncateSync(path, Math.floor(statSync(path).size / 2))
  const salvaging = launchEngineChild(bundlePath, { dataDir, sandboxUrl: proxy.url, speed: SPEED, seed: between(random, 0, 1_000_000) })
  let isThrough = false
  const end = (): void => {
    isThrough = true
  }
  salvaging.ready.then(end, end)
  const seen = (): boolean => existsSync(`${path}.salvaging`) || existsSync(`${path}.salvaged`)
  await comes(() => seen() || isThrough)
  await delay(random() * 15)
  const inside = seen()
  await salvaging.kill()
  return inside
}

/** What is owed, and lies in outbox.db alone. */
function notJournaled(): string[] {
  const undelivered = join(dataDir, 'undelivered')
  const journal = Buffer.concat(readdirSync(undelivered).map((name) => readFileSync(join(undelivered, name)))).toString('latin1')
  const written = new Set(journal.match(UUID))
  return queueItems(dataDir).flatMap(({ id, state }) => (state === 'delivered' || written.has(id) ? [] : id))
}

function pushes() {
  return proxy.requests.filter(({ path }) => path.startsWith('/v1/sync/push'))
}

function lanceDataFiles(): string[] {
  try {
    return readdirSync(join(dataDir, 'envelopes.lance', 'data'))
  } catch {
    return []
  }
}

/** An agent writes new memories and new revisions of old ones, one by one and in batches, until nobody answers. */
async function writeUntilDeath(life: EngineChild, agent: { secret: string }, name: string): Promise<void> {
  const url = `http://127.0.0.1:${life.intakePort}/v1/memories`
  const headers = { Authorization: `Bearer ${agent.secret}` }
  for (;;) {
    try {
      if (random() < 0.3) {
        const memories = Array.from({ length: between(random, 2, 12) }, () => ({ id: memoryName(name), bytes: randomBytes(between(random, 1, 2_000)) }))
        const answer = await fetch(`${url}/batch`, {
          method: 'POST',
          headers: { ...headers, 'Content-Type': 'application/json' },
          body: JSON.stringify({ memories: memories.map(({ id, bytes }) => ({ id, content_base64: bytes.toString('base64') })) }),
        })
        const body: unknown = await answer.json()
        if (answer.status !== 201 || typeof body !== 'object' || body === null || !('results' in body) || !Array.isArray(body.results))
          throw new Refused(answer.status, body)
        for (const [index, one] of memories.entries()) acknowledged.push(acknowledgement(one.id, one.bytes, body.results[index]))
      } else {
        const memoryId = memoryName(name)
        const bytes = randomBytes(between(random, 1, 4_000))
        const answer = await fetch(url, { method: 'POST', headers: { ...headers, 'Tidemark-Memory-Id': memoryId }, body: bytes })
        const body: unknown = await answer.json()
        if (answer.status !== 201) throw new Refused(answer.status, body)
        acknowledged.push(acknowledgement(memoryId, bytes, body))
      }
    } catch (error) {
      // The connection broke: this write may be there or not, and nobody was told that it is.
      if (!(error instanceof Refused)) return
      // Ten seconds of the engine's own are little of ours: on a busy machine it takes a request for a stalled one, and says so.
      if (error.status !== 408) throw error
    }
    await delay(random() * 4)
  }
}

class Refused extends Error {
  readonly status: number
  constructor(status: number, body: unknown) {
    super(`the intake answered ${status} ${JSON.stringify(body)}`)
    this.status = status
  }
}

/** Few memories with many revisions, so that the order within one is put to the test, and many with one. */
function memoryName(agent: string): string {
  return random() < 0.5 ? `${agent}-often-${between(random, 0, 8)}` : `${agent}-once-${pick(random, ['a', 'b', 'c'])}-${between(random, 0, 1_000_000)}`
}

function secretOf(key: string): string {
  const { entries } = z.object({ entries: z.record(z.string(), z.string()) }).parse(JSON.parse(readFileSync(join(dataDir, 'secrets.json'), 'utf8')))
  const value = entries[key]
  if (typeof value !== 'string') throw new Error(`${key} is not among the secrets`)
  return value
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/** Waits until every envelope of the queue is where it should be, however long a slow machine takes for that. */
async function drains(goal: string, isThere: (item: QueueItem) => boolean): Promise<void> {
  await goesOn(goal, () => queueItems(dataDir).filter((item) => !isThere(item)).length, describeQueue)
}

/** A queue that moves is only slow; one of which nothing has left for this long, the engine's own waits passing so much faster, is stuck. */
const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g
const STUCK_AFTER_MS = 90_000

/** Waits until nothing is left, for as long as something goes on. @throws with the state of things when nothing went on any more. */
async function goesOn(goal: string, countLeft: () => number, describe: () => string = () => ''): Promise<void> {
  let left = countLeft()
  let movedAt = performance.now()
  let lookedForMs = 0
  while (left > 0) {
    // The platform runs in this very process: who looks at a long queue all the time keeps it from draining.
    await delay(Math.max(50, 9 * lookedForMs))
    const lookedAt = performance.now()
    const now = countLeft()
    lookedForMs = performance.now() - lookedAt
    if (now < left) movedAt = performance.now()
    else if (performance.now() - movedAt > STUCK_AFTER_MS)
      throw new Error(`${goal}: ${now} are left, and nothing has moved for ${STUCK_AFTER_MS / 1000} s. ${describe()}`)
    left = now
  }
}

/** States of the queue with their numbers, the holds, and the first few items that are not delivered with all that is known of them. */
function describeQueue(): string {
  const items = queueItems(dataDir)
  const counts = new Map<string, number>()
  for (const { state } of items) counts.set(state, (counts.get(state) ?? 0) + 1)
  const open = items.filter(({ state }) => state !== 'delivered').slice(0, 5)
  return JSON.stringify({
    now: Date.now(),
    states: Object.fromEntries(counts),
    holds: queueHolds(dataDir),
    counters: [...platformCounters(join(folder, 'platform', 'platform.db')).values()],
    first: open.map((item) => ({ ...item, attempts: attemptsOf(dataDir, item.id).slice(-4) })),
  })
}

/** Looks every few milliseconds whether it has come. */
async function comes(condition: () => boolean, withinMs = 20_000): Promise<boolean> {
  const deadline = performance.now() + withinMs
  while (!condition()) {
    if (performance.now() > deadline) return false
    await delay(3)
  }
  return true
}
