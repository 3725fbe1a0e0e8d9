/** `kill -9` while what a platform lost is sent again: nothing is lost, nothing doubled, the order holds. FAULT_CYCLES for more of them, FAULT_SEED for others. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from '../../main/sandbox/server.ts'
import { bundleEngineProcess, type EngineChild, startEngineChild } from './engine-child.ts'
import { platformEnvelopes, queueItems } from './evidence.ts'
import { tenantToken } from './fixture.ts'
import { between, seeded } from './seeded.ts'

const CYCLES = Number(process.env.FAULT_CYCLES ?? 5)
const SEED = Number(process.env.FAULT_SEED ?? Date.now() % 1_000_000)
const SPEED = 15
/** Written before each copy and after it; memories are few, so that lanes are long. */
const KEPT = 5
const LOST = 60
const MEMORIES = 12
const WITHIN_MS = 90_000

const random = seeded(SEED)
const acknowledged: { id: string; memoryId: string }[] = []
let folder = ''
let dataDir = ''
let platformDir = ''
let port = 0
let sandbox: Sandbox
let bundlePath = ''
let agent = ''
let workspaceId = ''
let child: EngineChild | null = null

beforeAll(async () => {
  console.log(`kill -9 inside sending again: ${CYCLES} cycles with FAULT_SEED=${SEED}`)
  folder = mkdtempSync(join(tmpdir(), 'tidemark-sent-again-'))
  dataDir = join(folder, 'console')
  platformDir = join(folder, 'platform')
  bundlePath = await bundleEngineProcess({ eagerCompaction: false })
  await startPlatform()
  const first = await startConsole()
  workspaceId = (await first.call('workspaces.add', { url: sandbox.url, token: await tenantToken(sandbox.url) })).id
  agent = (await first.call('subKeys.create', { workspaceId, name: 'agent' })).secret
})
afterAll(async () => {
  await child?.kill()
  await sandbox.stop()
  rmSync(folder, { recursive: true, force: true })
})

it(
  `${CYCLES} times at random moments`,
  async () => {
    let inside = 0
    for (let cycle = 0; cycle < CYCLES; cycle += 1) {
      await write(KEPT)
      await allDelivered()
      await restartPlatform(() => cpSync(platformDir, join(folder, 'copy'), { recursive: true }))
      await write(LOST)
      await allDelivered()
      await restartPlatform(() => {
        rmSync(platformDir, { recursive: true })
        cpSync(join(folder, 'copy'), platformDir, { recursive: true })
        rmSync(join(folder, 'copy'), { recursive: true })
      })
      await present().call('workspaces.syncNow', { workspaceId })
      await until('something is sent again', () => open() > 0)
      await new Promise((resolve) => setTimeout(resolve, between(random, 0, 60)))
      await present().kill()
      if (open() > 0) inside += 1
      await startConsole()
      await until('what was lost is dealt with', async () => {
        const { wentBack } = await present().call('histories.read', { workspaceId })
        return wentBack?.comparing === false && open() === 0
      })
      // What was lost in this cycle, and what was killed before its delivery was written down, is there once; a lane keeps its order.
      const stored = platformEnvelopes(join(platformDir, 'platform.db'))
      expect(stored.map(({ id }) => id).sort()).toEqual(acknowledged.map(({ id }) => id).sort())
      const revisions = new Map<string, number>()
      for (const { memoryRef, revision } of stored) {
        expect(revision).toBe((revisions.get(memoryRef) ?? 0) + 1)
        revisions.set(memoryRef, revision)
      }
      expect((await present().call('histories.read', { workspaceId })).wentBack).toMatchObject({ again: LOST, gone: 0 })
      await present().call('histories.dismiss', { workspaceId, what: 'went_back' })
    }
    console.log(`killed while something was still to be sent: ${inside} of ${CYCLES}`)
    // A test that never was where it wanted to kill would prove nothing.
    expect(inside).toBeGreaterThanOrEqual(1)
    const { lines } = await present().call('honesty.audit', { workspaceId })
    expect(lines.filter(({ meter, verdict }) => meter.startsWith('stored') && verdict !== 'agrees')).toEqual([])
  },
  60_000 + CYCLES * 60_000,
)

async function startPlatform(): Promise<void> {
  sandbox = await startSandbox({ port, dataDir: platformDir, report: (error) => console.error(error) })
  port = Number(new URL(sandbox.url).port)
}

async function restartPlatform(between: () => void): Promise<void> {
  await sandbox.stop()
  between()
  await startPlatform()
}

async function startConsole(): Promise<EngineChild> {
  child = await startEngineChild(bundlePath, { dataDir, sandboxUrl: sandbox.url, speed: SPEED, seed: between(random, 0, 1_000_000) })
  return child
}

function present(): EngineChild {
  if (child === null) throw new Error('the console is not there')
  return child
}

async function write(count: number): Promise<void> {
  const memories = Array.from({ length: count }, () => ({
    id: `memory-${between(random, 0, MEMORIES)}`,
    content_type: 'text/plain',
    content_base64: Buffer.from(String(random())).toString('base64'),
  }))
  const answer = await fetch(`http://127.0.0.1:${present().intakePort}/v1/memories/batch`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${agent}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ memories }),
  })
  expect(answer.status).toBe(201)
  const { results } = (await answer.json()) as { results: { envelope_id: string }[] }
  acknowledged.push(...results.map((result, index) => ({ id: result.envelope_id, memoryId: memories[index]?.id ?? '' })))
}

function open(): number {
  return queueItems(dataDir).filter(({ state }) => state !== 'delivered').length
}

async function allDelivered(): Promise<void> {
  await present().call('workspaces.syncNow', { workspaceId })
  await until('delivery', () => open() === 0)
}

async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + WITHIN_MS
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`${what} did not come: ${open()} are open; ${present().reports.slice(-5).join(' | ')}`)
    // Each look opens the file, and the platform lives in this process too.
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
