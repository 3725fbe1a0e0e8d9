/** Enqueue: check, memory reference, seal, one durable transaction; against SQLite with nothing on top. */
import { randomBytes, randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { compare, report, roundsOr, temporaryFolder } from './measure.ts'
import { CONTENT_TYPE, contentBytes, makeAgent, memoryName, openQueue, type Queue } from './queue.ts'
import { CIPHERTEXT_BYTES, openRawTable, RAW_WORDS, rawRate } from './raw-sqlite.ts'

const WORKSPACE = '11111111-1111-4111-8111-111111111111'
const ROUNDS = roundsOr(7)
const MEMORY_REF_BYTES = 32
const TURN_ROWS = 640

type Load = { writers: number; rows: number; rowsOfRawCommit: number }
/** More rows than the lanes that are kept in memory before they are written down: that work is in the measurement. */
const MANY: Load = { writers: 64, rows: 38_400, rowsOfRawCommit: 100 }
const ONE: Load = { writers: 1, rows: 2_000, rowsOfRawCommit: 1 }
/** Writes the rows of the load, and answers how many it wrote a second. */
type Subject = (queue: Queue, load: Load) => Promise<number>

const folder = temporaryFolder()
let lastNo = 0

console.log(`Baseline: ${RAW_WORDS}.`)
console.log('Subject: the memory service (checks, HMAC of the id, AES-256-GCM, hash, queue row, lane, ciphertext), acknowledged after the commit.')
await measure(`enqueue, ${MANY.writers} writers at once, against a raw group commit of ${MANY.rowsOfRawCommit}`, MANY, written, { atLeast: 0.5 })
await measure('enqueue, one writer, against a raw single insert', ONE, written, { atLeast: 0.7 })
console.log('The queue alone, everything sealed and named beforehand and no agent waiting: what sealing in other threads could bring at most.')
await measure(`transactions of ${MANY.writers}, against a raw group commit of ${MANY.rowsOfRawCommit}`, MANY, queued, null)
await measure('transactions of one, against a raw single insert', ONE, queued, null)
folder.remove()
process.exit()

/** On files of its own, closed before the next: what one leaves to be done later is not done at the other's expense. */
async function measure(what: string, load: Load, subject: Subject, goal: { atLeast: number } | null): Promise<void> {
  const path = join(folder.path, randomUUID())
  mkdirSync(path)
  const raw = openRawTable(path)
  const queue = await openQueue(path)
  const baseline = (): number => rawRate(raw, load.rows, load.rowsOfRawCommit)
  // Both are compiled before they are measured.
  baseline()
  await subject(queue, load)
  const medians = await compare(ROUNDS, baseline, () => subject(queue, load))
  raw.close()
  await queue.close()
  report(what, medians.subject, medians.baseline, '/s', goal)
}

/** So many writers, each of which waits for its acknowledgement before it writes the next. */
async function written({ memories, vault }: Queue, { writers, rows }: Load): Promise<number> {
  const subKeyId = await makeAgent({ vault }, WORKSPACE, 'bench')
  const bytes = contentBytes(vault)
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

async function queued({ outbox }: Queue, { writers, rows }: Load): Promise<number> {
  const sealed = randomBytes(CIPHERTEXT_BYTES)
  const seal = (): Buffer => sealed
  const drafts = Array.from({ length: rows }, () => ({
    workspaceId: WORKSPACE,
    subKeyId: 'bench',
    memoryRef: randomBytes(MEMORY_REF_BYTES).toString('hex'),
    createdAt: 0,
    seal,
  }))
  const started = performance.now()
  for (let done = 0; done < rows; done += writers) {
    outbox.enqueueEnvelopes(drafts.slice(done, done + writers))
    // Lanes are folded between the transactions, as always.
    if (done % TURN_ROWS === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  return rows / ((performance.now() - started) / 1000)
}
