/** Start without a network: how late the first page's data is on a folder with a million rows, against an empty one. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { z } from 'zod'
import { compare, report, roundsOr, temporaryFolder } from './measure.ts'
import { copySeed, deliveredSeed, emptySeed, moveToPlatform, type Seed } from './seed.ts'

const ROUNDS = roundsOr(11)
const DELIVERED = 1_000_000
const HELD = 100_000
/** Nobody listens there: every request is refused at once. */
const NOWHERE = 'http://127.0.0.1:9'

const folder = temporaryFolder()
const empty = copySeed(await emptySeed(), join(folder.path, 'empty'))
const full = copySeed(await deliveredSeed(DELIVERED, HELD), join(folder.path, 'full'))
for (const seed of [empty, full]) moveToPlatform(seed, NOWHERE)

const answer = z.object({ ms: z.number(), delivered: z.int(), held: z.int() })
function startMs({ path, workspaceId }: Seed, rows: { delivered: number; held: number }): number {
  const run = spawnSync(process.execPath, [join(import.meta.dirname, 'start-once.process.js'), path, workspaceId], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const { ms, delivered, held } = answer.parse(JSON.parse(run.stdout))
  if (delivered !== rows.delivered || held !== rows.held) throw new Error(`the overview shows ${delivered} delivered and ${held} held items`)
  return ms
}

console.log('From the start of the process to the answer of overview.read, which is the first page; folders in the page cache, platform out of reach.')
const onEmpty = (): number => startMs(empty, { delivered: 0, held: 0 })
const onFull = (): number => startMs(full, { delivered: DELIVERED, held: HELD })
onEmpty()
onFull()
const { baseline, subject } = await compare(ROUNDS, onEmpty, onFull)
report('first page with 1,000,000 delivered and 100,000 held items, against an empty folder', subject, baseline, 'ms', { atMost: 1.5 })
folder.remove()
process.exit()
