/** Enqueue: check, memory reference, seal, one durable transaction; against SQLite with nothing on top. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { compare, report, roundsOr, temporaryFolder } from './measure.ts'
import { CONTENT_TYPE, contentBytes, makeAgent, memoryName, openQueue, type Queue } from './queue.ts'
import { openRawTable, RAW_WORDS, rawRate } from './raw-sqlite.ts'

const WORKSPACE = '11111111-1111-4111-8111-111111111111'
const ROUNDS = roundsOr(7)

type Load = { writers: number; rows: number; rowsOfRawCommit: number }
/** More rows than the lanes that are kept in memory before they are written down: that work is in the measurement. */
const MANY: Load = { writers: 64, rows: 38_400, rowsOfRawCommit: 100 }
const ONE: Load = { writers: 1, rows: 2_000, rowsOfRawCommit: 1 }

const folder = temporaryFolder()
let lastNo = 0

console.log(`Baseline: ${RAW_WORDS}.`)
console.log('Subject: the memory service (checks, HMAC of the id, AES-256-GCM, hash, queue row, lane, ciphertext), acknowledged after the commit.')
const many = await rates('many', MANY)
report(`enqueue, ${MANY.writers} writers at once, against a raw group commit of ${MANY.rowsOfRawCommit}`, many.subject, many.baseline, '/s', { atLeast: 0.5 })
const one = await rates('one', ONE)
report('enqueue, one writer, against a raw single insert', one.subject, one.baseline, '/s', { atLeast: 0.7 })
folder.remove()
process.exit()

/** On files of its own, closed before the next load: what one leaves to be done later is not done at the other's expense. */
async function rates(name: string, { writers, rows, rowsOfRawCommit }: Load): Promise<{ baseline: number; subject: number }> {
  const path = join(folder.path, name)
  mkdirSync(path)
  const raw = openRawTable(path)
  const queue = await openQueue(path)
  const subKeyId = await makeAgent(queue, WORKSPACE, 'bench')
  const bytes = contentBytes(queue.vault)
  const baseline = (): number => rawRate(raw, rows, rowsOfRawCommit)
  const subject = (): Promise<number> => writeRate(queue, { subKeyId, bytes, writers, rows })
  // Both are compiled before they are measured.
  baseline()
  await subject()
  const medians = await compare(ROUNDS, baseline, subject)
  raw.close()
  await queue.close()
  return medians
}

/** Memories a second of so many writers, each of which waits for its acknowledgement before it writes the next. */
async function writeRate({ memories }: Queue, load: { subKeyId: string; bytes: Uint8Array; writers: number; rows: number }): Promise<number> {
  const { subKeyId, bytes, writers, rows } = load
  const started = performance.now()
  let left = rows
  const writer = async (): Promise<void> => {
    while (left > 0) {
      left -= 1
      lastNo += 1
      await memories.write({ workspaceId: WORKSPACE, subKeyId, memoryId: memoryName(lastNo), contentType: CONTENT_TYPE, bytes })
    }
  }
  await Promise.all(Array.from({ length: writers }, writer))
  return rows / ((performance.now() - started) / 1000)
}
