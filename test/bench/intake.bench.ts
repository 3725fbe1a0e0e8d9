/** The agents' door over HTTP: the whole engine in its thread, agents in another process, the platform out of reach. */
import { fork } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { runAgents } from './agents.ts'
import { firstWorkspace, pause, startConsole } from './console.ts'
import { median, report, roundsOr, temporaryFolder } from './measure.ts'
import { startPlatform } from './platform.ts'
import { contentBytes } from './queue.ts'
import { openRawTable, RAW_WORDS, rawRate } from './raw-sqlite.ts'
import { sealedSize } from '../../main/engine/vault/envelopes/envelope-format.ts'

const ROUNDS = roundsOr(5)
const CONNECTIONS = 16
const SINGLES = 6_000
const BATCHED = 20_000
/** The baselines are measured while the engine has nothing left to move: it would take the disk from them. */
const MOVER_REST_MS = 5_000

const folder = temporaryFolder()
const at = (name: string): string => {
  const path = join(folder.path, name)
  mkdirSync(path)
  return path
}
const platform = await startPlatform(at('platform'))
const engine = await startConsole(at('console'), platform)
const workspaceId = await firstWorkspace(engine)
const { secret } = await engine.call('subKeys.create', { workspaceId, name: 'bench' })
// Where the platform does its own work is another computer; here it would take one of two cores from the agents.
await platform.stop()

const bare = fork(join(import.meta.dirname, 'bare-server.process.js'), [at('bare')])
const barePort = z.object({ port: z.int() }).parse(await new Promise((resolve) => bare.once('message', resolve))).port
const raw = openRawTable(at('raw'))
const contentText = contentBytes({ sealedSize }).toString('latin1')
const intakePort = Number(new URL(engine.intakeUrl).port)
let firstNo = 0
const post = async (port: number, kind: 'single' | 'batch', total: number): Promise<number> => {
  firstNo += total
  return runAgents({ port, secret, kind, connections: CONNECTIONS, firstNo, total, contentText })
}

console.log(`Single posts, baseline: a bare Node HTTP server in a process of its own, one synced insert a request (${RAW_WORDS}).`)
console.log(`Batches, baseline: group commit of 100, without HTTP (${RAW_WORDS}).`)
console.log(
  `Subject: the engine in its thread with mover and LanceDB, platform offline; ${CONNECTIONS} connections of another process, each waiting for its answer.`,
)
await post(intakePort, 'single', SINGLES)
await post(intakePort, 'batch', BATCHED)
const rates = { bare: [] as number[], single: [] as number[], raw: [] as number[], batch: [] as number[] }
for (let round = 0; round < ROUNDS; round += 1) {
  await pause(MOVER_REST_MS)
  rates.bare.push(await post(barePort, 'single', SINGLES))
  rates.single.push(await post(intakePort, 'single', SINGLES))
  await pause(MOVER_REST_MS)
  rates.raw.push(rawRate(raw, BATCHED, 100))
  rates.batch.push(await post(intakePort, 'batch', BATCHED))
}
report('intake, single posts, against a bare server', median(rates.single), median(rates.bare), '/s', { atLeast: 0.5 })
report('intake, batches of 100, against a raw group commit of 100', median(rates.batch), median(rates.raw), '/s', { atLeast: 0.3 })

raw.close()
bare.disconnect()
await engine.stop()
folder.remove()
process.exit()
