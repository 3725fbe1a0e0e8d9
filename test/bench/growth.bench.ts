/** Growth: a queue of a million rows must be as quick as one of ten thousand. */
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { QueueFilter } from '../../shared/contract/console.ts'
import { pause, startConsole } from './console.ts'
import { median, report, reportValue, roundsOr, temporaryFolder } from './measure.ts'
import { spanRate, startPlatform } from './platform.ts'
import { CONTENT_TYPE, contentBytes, memoryName, openQueue } from './queue.ts'
import { copySeed, deliveredSeed, moveToPlatform, pendingSeed, type Seed } from './seed.ts'

const ROUNDS = roundsOr(3)
const MANY = 1_000_000
const FEW = 10_000
const WRITERS = 64
/** More than the lanes that wait in memory: the cost of writing them down is in the measurement. */
const ENQUEUED = 40_000
const DRAINED = 20_000
const PAGE = 100

const folder = temporaryFolder()
let copies = 0
const copyOf = (seed: Seed): Seed => {
  copies += 1
  return copySeed(seed, join(folder.path, String(copies)))
}
const drop = (seed: Seed): void => rmSync(seed.path, { recursive: true, force: true })

let lastNo = MANY * 10
async function enqueueRate(seed: Seed): Promise<number> {
  const queue = await openQueue(seed.path)
  const bytes = contentBytes(queue.vault)
  const { workspaceId, subKeyIds } = seed
  const subKeyId = subKeyIds[0] ?? null
  const started = performance.now()
  let left = ENQUEUED
  const writer = async (): Promise<void> => {
    while (left > 0) {
      left -= 1
      lastNo += 1
      await queue.memories.write({ workspaceId, subKeyId, memoryId: memoryName(lastNo), contentType: CONTENT_TYPE, bytes })
    }
  }
  await Promise.all(Array.from({ length: WRITERS }, writer))
  const rate = ENQUEUED / ((performance.now() - started) / 1000)
  await queue.close()
  return rate
}

/** Starts the engine on a folder whose queue is full and lets the first 20,000 leave. */
async function drainRate(seed: Seed): Promise<number> {
  const platformDir = join(folder.path, `platform-${copies}`)
  mkdirSync(platformDir)
  const platform = await startPlatform(platformDir)
  await platform.buy('team')
  moveToPlatform(seed, platform.url)
  const since = Date.now()
  const engine = await startConsole(seed.path, platform)
  while (platform.stored(since).count < DRAINED) await pause(100)
  await engine.stop()
  const span = platform.stored(since)
  await platform.stop()
  rmSync(platformDir, { recursive: true })
  return spanRate(span)
}

const few = await pendingSeed(FEW)
const fewAndMore = await pendingSeed(FEW + DRAINED)
const many = await pendingSeed(MANY)
const settled = await deliveredSeed(MANY, MANY / 10)

console.log(`Baseline: the same code on a queue of ${FEW.toLocaleString('en')} pending rows. Subject: ${MANY.toLocaleString('en')} pending rows.`)
const rates = { fewEnqueue: [] as number[], manyEnqueue: [] as number[], fewDrain: [] as number[], manyDrain: [] as number[] }
const manyCopy = copyOf(many)
for (let round = 0; round < ROUNDS; round += 1) {
  const fewCopy = copyOf(few)
  rates.fewEnqueue.push(await enqueueRate(fewCopy))
  rates.manyEnqueue.push(await enqueueRate(manyCopy))
  drop(fewCopy)
}
drop(manyCopy)
const manyDrained = copyOf(many)
for (let round = 0; round < ROUNDS; round += 1) {
  const fewCopy = copyOf(fewAndMore)
  rates.fewDrain.push(await drainRate(fewCopy))
  rates.manyDrain.push(await drainRate(manyDrained))
  drop(fewCopy)
}
drop(manyDrained)
report('enqueue (64 writers) with 1,000,000 rows, against 10,000', median(rates.manyEnqueue), median(rates.fewEnqueue), '/s', { atLeast: 0.75 })
report('drain with 1,000,000 rows, against 10,000', median(rates.manyDrain), median(rates.fewDrain), '/s', { atLeast: 0.75 })

const pages = copyOf(settled)
await measurePages(pages)
drop(pages)
const manyStore = copyOf(many)
await measureDisk(manyStore)
folder.remove()
process.exit()

/** Pages of 100 at many depths, for every filter that the Outbox page offers. */
async function measurePages(seed: Seed): Promise<void> {
  const { outbox, close } = await openQueue(seed.path)
  const { workspaceId, subKeyIds } = seed
  const agent = subKeyIds[1] ?? ''
  const filters: Record<string, QueueFilter> = {
    'no filter': {},
    delivered: { states: ['delivered'] },
    held: { states: ['held'] },
    'held by a meter': { states: ['held'], heldBy: 'encrypted_bytes' },
    'one agent': { subKeyId: agent },
    'one agent, held': { subKeyId: agent, states: ['held'] },
    'envelopes that are open': { kinds: ['envelope'], states: ['pending', 'sending', 'waiting', 'held', 'rejected'] },
    'nothing found': { states: ['rejected'] },
  }
  let slowestMs = 0
  let slowest = ''
  for (const [name, filter] of Object.entries(filters)) {
    for (let part = 1; part <= 10; part += 1) {
      const before = part === 10 ? null : Math.round(((MANY + MANY / 10) * part) / 10)
      const times = Array.from({ length: 7 }, () => {
        const started = performance.now()
        outbox.page(workspaceId, filter, before, PAGE)
        return performance.now() - started
      })
      if (median(times) > slowestMs) {
        slowestMs = median(times)
        slowest = `${name}, ${before === null ? 'first page' : `below row ${before.toLocaleString('en')}`}`
      }
    }
  }
  reportValue(`Outbox page of ${PAGE} of 1,100,000 rows, slowest of ${Object.keys(filters).length} filters × 10 depths (${slowest})`, slowestMs, 'ms', 5)
  await close()
}

async function measureDisk(seed: Seed): Promise<void> {
  const { store, close } = await openQueue(seed.path)
  await store.compact()
  report('disk use of the Lance store after compaction, against the ciphertext in it', await store.diskBytes(), await store.bytes(), 'bytes', { atMost: 1.3 })
  await close()
}
