/**
 * One page of 100,000 settings (some 14 MiB), as an odd platform answers it: the longest time in which the engine's thread does nothing
 * else while the page is read and written, against reading and writing it in one go on that thread.
 */
import { join } from 'node:path'
import { systemClock } from '../../main/engine/base/clock.ts'
import { openDatabase } from '../../main/engine/store/database.ts'
import { migrations } from '../../main/engine/store/migrations.ts'
import { createBigAnswers } from '../../main/engine/sync/client/big-answers/big-answers.ts'
import { readAnswer } from '../../main/engine/sync/client/read-answer.ts'
import { Documents } from '../../main/engine/sync/documents/documents.ts'
import { applyInSlices, pauseForOthers } from '../../main/engine/sync/documents/page-slices.ts'
import { changesResponse } from '../../shared/contract/platform.ts'
import { compare, report, roundsOr, temporaryFolder } from './measure.ts'

const ROUNDS = roundsOr(5)
const WORKSPACE = '7c9d4d6a-3f0e-4a53-9e46-0a1f6a0c2b11'
const SETTINGS = 100_000

const folder = temporaryFolder()
const changes = Array.from({ length: SETTINGS }, (_, index) => {
  const key = `setting.of.the.workspace.${index}`
  return { topic: 'setting', id: key, op: 'upsert', version: 1, body: { key, value: String(index), version: 1 } }
})
const json = JSON.stringify({ changes, cursor: 'c1', more: false })
const bigAnswers = createBigAnswers(systemClock)
/** Each round has an answer of its own: its bytes are handed over. */
const answer = () => ({ status: 200, retryAfter: null, date: null, body: Buffer.from(json) })

function openDocuments(name: string): { documents: Documents; close: () => void } {
  const database = openDatabase({ path: join(folder.path, `${name}.db`), migrations: migrations.cache, synchronous: 'normal' })
  return { documents: new Documents(database, systemClock), close: () => database.close() }
}

/** The longest time between two turns of the event loop while `work` runs. */
async function longestBlock(work: () => Promise<void>): Promise<number> {
  let longest = 0
  let over = false
  let last = performance.now()
  const turn = (): void => {
    const now = performance.now()
    longest = Math.max(longest, now - last)
    last = now
    if (!over) setImmediate(turn)
  }
  setImmediate(turn)
  await work()
  await pauseForOthers()
  over = true
  return longest
}

async function inOneGo(round: number): Promise<number> {
  const { documents, close } = openDocuments(`whole-${round}`)
  const raw = answer()
  const longest = await longestBlock(async () => {
    const read = readAnswer(raw, changesResponse, Date.now())
    if (read.kind !== 'ok') throw new Error('The page was not read')
    documents.apply(WORKSPACE, read.value, Date.now())
  })
  close()
  return longest
}

async function besideTheEngine(round: number): Promise<number> {
  const { documents, close } = openDocuments(`slices-${round}`)
  const raw = answer()
  const longest = await longestBlock(async () => {
    const read = await bigAnswers.read('readChanges', raw, Date.now())
    if (read.kind !== 'ok') throw new Error('The page was not read')
    await applyInSlices(documents, WORKSPACE, read.value as ReturnType<typeof changesResponse.parse>, Date.now(), pauseForOthers)
  })
  if (documents.list(WORKSPACE, 'setting').length !== SETTINGS) throw new Error('Not every setting is there')
  close()
  return longest
}

console.log(`${SETTINGS.toLocaleString('en')} settings in one page of ${(json.length / 1024 / 1024).toFixed(1)} MiB`)
const { baseline, subject } = await compare(ROUNDS, inOneGo, besideTheEngine)
report('longest time in which the engine does nothing else', subject, baseline, 'ms', { atMost: 0.1 })
await bigAnswers.close()
folder.remove()
