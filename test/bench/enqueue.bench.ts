/** Enqueue: check, memory reference, seal, one durable transaction; against SQLite with nothing on top. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { median, report, roundsOr, temporaryFolder } from './measure.ts'
import { CONTENT_TYPE, contentBytes, makeAgent, memoryName, openQueue, type Queue } from './queue.ts'
import { openRawTable, type RawTable, RAW_WORDS, rawRate } from './raw-sqlite.ts'

const WORKSPACE = '11111111-1111-4111-8111-111111111111'
const ROUNDS = roundsOr(7)
const WRITERS = 64
/** More than the lanes that are kept in memory before they are written down: that work is in the measurement. */
const GROUPED_ROWS = 38_400
const SINGLE_ROWS = 2_000

const folder = temporaryFolder()
/** A queue of its own for each subject, so that what one leaves to be done later is not done at the other's expense. */
async function subject(name: string): Promise<{ queue: Queue; subKeyId: string }> {
  const path = join(folder.path, name)
  mkdirSync(path)
  const queue = await openQueue(path)
  return { queue, subKeyId: await makeAgent(queue, WORKSPACE, 'bench') }
}
function rawTable(name: string): RawTable {
  const path = join(folder.path, name)
  mkdirSync(path)
  return openRawTable(path)
}
const rawGroups = rawTable('raw-groups')
const rawSingles = rawTable('raw-singles')
const grouped = await subject('grouped')
const single = await subject('single')
const bytes = contentBytes(grouped.queue.vault)
let lastNo = 0

/** Memories a second of so many writers, each of which waits for its acknowledgement before it writes the next. */
async function productRate({ queue, subKeyId }: typeof grouped, writers: number, total: number): Promise<number> {
  const started = performance.now()
  let left = total
  const writer = async (): Promise<void> => {
    while (left > 0) {
      left -= 1
      lastNo += 1
      await queue.memories.write({ workspaceId: WORKSPACE, subKeyId, memoryId: memoryName(lastNo), contentType: CONTENT_TYPE, bytes })
    }
  }
  await Promise.all(Array.from({ length: writers }, writer))
  return total / ((performance.now() - started) / 1000)
}

console.log(`Baseline: ${RAW_WORDS}.`)
console.log('Subject: the memory service (checks, HMAC of the id, AES-256-GCM, hash, queue row, lane, ciphertext), acknowledged after the commit.')
rawRate(rawGroups, GROUPED_ROWS, 100)
rawRate(rawSingles, SINGLE_ROWS, 1)
await productRate(grouped, WRITERS, GROUPED_ROWS)
await productRate(single, 1, SINGLE_ROWS)
const rates = { rawGroup: [] as number[], grouped: [] as number[], rawSingle: [] as number[], single: [] as number[] }
for (let round = 0; round < ROUNDS; round += 1) {
  rates.rawGroup.push(rawRate(rawGroups, GROUPED_ROWS, 100))
  rates.grouped.push(await productRate(grouped, WRITERS, GROUPED_ROWS))
  rates.rawSingle.push(rawRate(rawSingles, SINGLE_ROWS, 1))
  rates.single.push(await productRate(single, 1, SINGLE_ROWS))
}
report(`enqueue, ${WRITERS} writers at once, against a raw group commit of 100`, median(rates.grouped), median(rates.rawGroup), '/s', { atLeast: 0.5 })
report('enqueue, one writer, against a raw single insert', median(rates.single), median(rates.rawSingle), '/s', { atLeast: 0.7 })

for (const table of [rawGroups, rawSingles]) table.close()
for (const { queue } of [grouped, single]) await queue.close()
folder.remove()
process.exit()
