/**
 * Data folders with a million rows, made once and kept in the system's folder for temporary files, under the hash of the
 * schema. All of it is written by the engine's own code: the workspace by a first start against the sandbox, the
 * queue by the memory service in transactions of 2,000, LanceDB by the mover, delivered and held rows by the settlement.
 */
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { z } from 'zod'
import { PROBE_CAP_MS } from '../../main/engine/outbox/delivery/hold-release.ts'
import type { DeliveryQueue, PushReport, ToMark } from '../../main/engine/outbox/queue/delivery-port.ts'
import { migrations } from '../../main/engine/store/migrations.ts'
import { firstWorkspace, startConsole } from './console.ts'
import { startPlatform } from './platform.ts'
import { CONTENT_TYPE, contentBytes, memoryName, openQueue, type Queue } from './queue.ts'
import { CIPHERTEXT_BYTES } from './raw-sqlite.ts'

/** Raise it when the seeds would be made in another way. */
const SEED_VERSION = 2
const AGENTS = 4
const PER_TRANSACTION = 2_000
const PER_FLUSH = 50_000
const PUSH = 500

const facts = z.object({ workspaceId: z.uuid(), subKeyIds: z.array(z.uuid()) })
export type Seed = z.infer<typeof facts> & { path: string }

/** A folder that knows its workspace and has nothing in its queue. */
export const emptySeed = (): Promise<Seed> => kept('empty', makeEmpty)

/** So many envelopes of four agents, all pending, their ciphertext in LanceDB, compacted. */
export const pendingSeed = (count: number): Promise<Seed> =>
  kept(`pending-${count}`, async (path) => {
    const seed = copySeed(await emptySeed(), path)
    const queue = await openQueue(path)
    await write(queue, seed, 0, count)
    await queue.store.compact()
    await queue.close()
    return seed
  })

/** So many delivered ones, and then so many that are held by a full plan. */
export const deliveredSeed = (delivered: number, held: number): Promise<Seed> =>
  kept(`delivered-${delivered}-held-${held}`, async (path) => {
    const seed = copySeed(await pendingSeed(delivered), path)
    const queue = await openQueue(path)
    deliverAll(queue, seed.workspaceId)
    const refusal = {
      meter: 'encrypted_bytes',
      code: 'encrypted_bytes_exceeded',
      reason: 'Encrypted bytes limit reached.',
      limit: 26_214_400,
      used: 26_214_400,
    }
    const now = Date.now()
    const counter = { version: null, used: null, limit: null }
    const hold = { refusal, refusedSequence: null, counter, retryAt: now + PROBE_CAP_MS, probes: 0, probedAt: null }
    deliveryQueue(queue, seed.workspaceId).record({ ...NOTHING, hold }, now)
    await write(queue, seed, delivered, held)
    await queue.store.compact()
    await queue.close()
    return seed
  })

/** A copy to work on. */
export function copySeed(seed: Seed, path: string): Seed {
  cpSync(seed.path, path, { recursive: true })
  return { ...seed, path }
}

/** The copy was signed in to a sandbox that is gone; the new one has the same accounts on another port. */
export function moveToPlatform(seed: Seed, url: string): void {
  const database = new BetterSqlite3(join(seed.path, 'outbox.db'))
  database.prepare('UPDATE workspaces SET url = ?').run(url)
  database.close()
}

async function kept(name: string, make: (path: string) => Promise<Pick<Seed, 'workspaceId' | 'subKeyIds'>>): Promise<Seed> {
  const key = createHash('sha256')
    .update(JSON.stringify([SEED_VERSION, CIPHERTEXT_BYTES, migrations]))
    .digest('hex')
    .slice(0, 16)
  const folder = join(tmpdir(), 'tidemark-bench-seeds', key)
  const path = join(folder, name)
  const factsPath = join(folder, `${name}.json`)
  if (!existsSync(factsPath)) {
    console.log(`Making the folder ${path} (once; later runs find it) …`)
    const unfinished = `${path}.unfinished`
    rmSync(unfinished, { recursive: true, force: true })
    rmSync(path, { recursive: true, force: true })
    mkdirSync(folder, { recursive: true })
    const { workspaceId, subKeyIds } = await make(unfinished)
    renameSync(unfinished, path)
    writeFileSync(factsPath, JSON.stringify({ workspaceId, subKeyIds }))
  }
  return { ...facts.parse(JSON.parse(readFileSync(factsPath, 'utf8'))), path }
}

async function makeEmpty(path: string): Promise<Pick<Seed, 'workspaceId' | 'subKeyIds'>> {
  mkdirSync(path)
  const platformDir = `${path}.platform`
  mkdirSync(platformDir)
  const platform = await startPlatform(platformDir)
  await platform.buy('team')
  const console = await startConsole(path, platform)
  const workspaceId = await firstWorkspace(console)
  const subKeyIds: string[] = []
  for (let agent = 0; agent < AGENTS; agent += 1) {
    const { subKey } = await console.call('subKeys.create', { workspaceId, name: `agent ${agent}` })
    subKeyIds.push(subKey.id)
  }
  await console.stop()
  await platform.stop()
  rmSync(platformDir, { recursive: true })
  return { workspaceId, subKeyIds }
}

async function write({ memories, mover, vault }: Queue, { workspaceId, subKeyIds }: Seed, firstNo: number, count: number): Promise<void> {
  const bytes = contentBytes(vault)
  for (let done = 0; done < count; done += PER_TRANSACTION) {
    const list = Array.from({ length: Math.min(PER_TRANSACTION, count - done) }, (_, index) => ({
      memoryId: memoryName(firstNo + done + index),
      contentType: CONTENT_TYPE,
      bytes,
    }))
    const subKeyId = subKeyIds[(done / PER_TRANSACTION) % subKeyIds.length] ?? null
    await memories.writeMany({ workspaceId, subKeyId, memories: list })
    // Lanes are folded in between the turns of the event loop.
    await new Promise((resolve) => setImmediate(resolve))
    if ((done + PER_TRANSACTION) % PER_FLUSH === 0) await mover.flush()
  }
  await mover.flush()
}

/** As the drain does it: the results of a push and the mark of the next one in one transaction. */
function deliverAll(queue: Queue, workspaceId: string): void {
  const delivery = deliveryQueue(queue, workspaceId)
  const decision = { next: 'delivered', duplicate: false, status: 200, storedAt: null } as const
  const next = (): ToMark => ({
    items: delivery.ready('envelope', 'pending', { count: PUSH, sizeBytes: Number.POSITIVE_INFINITY }).items,
    inSpiteOfHold: false,
  })
  for (let marked = delivery.markInFlight(next()); marked.items.length > 0; ) {
    const report = { ...NOTHING, pushNo: marked.pushNo, results: marked.items.map((inFlight) => ({ inFlight, decision })) }
    marked = delivery.record({ ...report, next: next() }, Date.now()) ?? marked
  }
}

function deliveryQueue({ outbox }: Queue, workspaceId: string): DeliveryQueue {
  const found = outbox.deliveryQueue(workspaceId)
  if (found === null) throw new Error('the workspace has queued nothing')
  return found
}

const NOTHING: PushReport = { kind: 'envelope', pushNo: 0, deviceId: null, results: [], notSent: [], unanswered: false, hold: null, next: null }
