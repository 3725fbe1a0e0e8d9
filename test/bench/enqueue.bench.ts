/** Enqueue: check, memory reference, seal, one durable transaction; against SQLite with nothing on top. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { median, report, temporaryFolder } from './measure.ts'
import { CONTENT_TYPE, contentBytes, makeAgent, memoryName, openQueue } from './queue.ts'
import { openRawTable, RAW_WORDS, rawRate } from './raw-sqlite.ts'

const WORKSPACE = '11111111-1111-4111-8111-111111111111'
const ROUNDS = 7
const WRITERS = 64
const GROUPED_ROWS = 25_600
const SINGLE_ROWS = 2_000

const folder = temporaryFolder()
for (const name of ['raw', 'product']) mkdirSync(join(folder.path, name))
const raw = openRawTable(join(folder.path, 'raw'))
const queue = await openQueue(join(folder.path, 'product'))
const subKeyId = await makeAgent(queue, WORKSPACE, 'bench')
const bytes = contentBytes(queue.vault)
let lastNo = 0

/** Memories a second of so many writers, each of which waits for its acknowledgement before it writes the next. */
async function productRate(writers: number, total: number): Promise<number> {
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
rawRate(raw, GROUPED_ROWS, 100)
await productRate(WRITERS, GROUPED_ROWS)
const rates = { rawGroup: [] as number[], grouped: [] as number[], rawSingle: [] as number[], single: [] as number[] }
for (let round = 0; round < ROUNDS; round += 1) {
  rates.rawGroup.push(rawRate(raw, GROUPED_ROWS, 100))
  rates.grouped.push(await productRate(WRITERS, GROUPED_ROWS))
  rates.rawSingle.push(rawRate(raw, SINGLE_ROWS, 1))
  rates.single.push(await productRate(1, SINGLE_ROWS))
}
report(`enqueue, ${WRITERS} writers at once, against a raw group commit of 100`, median(rates.grouped), median(rates.rawGroup), '/s', { atLeast: 0.5 })
report('enqueue, one writer, against a raw single insert', median(rates.single), median(rates.rawSingle), '/s', { atLeast: 0.7 })

raw.close()
await queue.close()
folder.remove()
