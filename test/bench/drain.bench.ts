/** Drain: what an offline console queued leaves for the sandbox, against a bare client and against PouchDB. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { sealedSize } from '../../main/engine/vault/envelopes/envelope-format.ts'
import { runAgents } from './agents.ts'
import { postAll, preparePushes } from './bare-client.ts'
import { firstWorkspace, pause, startConsole, untilTally } from './console.ts'
import { median, report, roundsOr, temporaryFolder } from './measure.ts'
import { spanRate, startPlatform } from './platform.ts'
import { pouchRate } from './pouch.ts'
import { contentBytes } from './queue.ts'
import { CIPHERTEXT_BYTES } from './raw-sqlite.ts'

const ROUNDS = roundsOr(5)
const QUEUED = 20_000
/** The mover carries the queue to LanceDB meanwhile: a drain normally reads from there. */
const MOVER_REST_MS = 6_000

const folder = temporaryFolder()
const dataDir = join(folder.path, 'console')
const platformDir = join(folder.path, 'platform')
for (const path of [dataDir, platformDir]) mkdirSync(path)
const contentText = contentBytes({ sealedSize }).toString('latin1')

const platform = await startPlatform(platformDir)
await platform.buy('team')
const engine = await startConsole(dataDir, platform)
const workspaceId = await firstWorkspace(engine)
const { secret } = await engine.call('subKeys.create', { workspaceId, name: 'bench' })
const intakePort = Number(new URL(engine.intakeUrl).port)

async function bareRate(): Promise<number> {
  const bodies = preparePushes(QUEUED)
  engine.power('suspend')
  const since = Date.now()
  await postAll(platform, bodies)
  engine.power('resume')
  return spanRate(platform.stored(since))
}

let delivered = 0
async function drainRate(): Promise<number> {
  platform.freeze()
  await runAgents({ port: intakePort, secret, kind: 'batch', connections: 4, firstNo: delivered, total: QUEUED, contentText })
  await pause(MOVER_REST_MS)
  const since = Date.now()
  platform.thaw()
  delivered += QUEUED
  await untilTally(engine, workspaceId, (tally) => tally.delivered?.count === delivered)
  return spanRate(platform.stored(since))
}

console.log(
  `Baseline: a bare undici client that posts ready-made bodies of 500 envelopes of ${CIPHERTEXT_BYTES} bytes, one after the other, to the same sandbox process.`,
)
console.log('Subject: the engine in its thread; queue and LanceDB read, results and attempts written with synchronous=FULL, egress log kept.')
console.log('Both rates are read from the platform’s database: first to last stored push.')
await bareRate()
await drainRate()
const rates = { bare: [] as number[], drain: [] as number[] }
for (let round = 0; round < ROUNDS; round += 1) {
  rates.bare.push(await bareRate())
  rates.drain.push(await drainRate())
}
report(`drain of ${QUEUED.toLocaleString('en')}, against a bare client`, median(rates.drain), median(rates.bare), '/s', { atLeast: 0.7 })
await engine.stop()
await platform.stop()
folder.remove()
const pouch = pouchRate(QUEUED, CIPHERTEXT_BYTES)
report(`drain of ${QUEUED.toLocaleString('en')}, against PouchDB replicating the same items`, median(rates.drain), pouch, '/s', { atLeast: 5 })
process.exit()
