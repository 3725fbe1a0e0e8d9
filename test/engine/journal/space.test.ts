/** What the whole data folder takes on the disk at rest, for each byte of ciphertext, with the real stores. */
import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import BetterSqlite3 from 'better-sqlite3'
import { systemClock } from '../../../main/engine/base/clock.ts'
import { openDatabase } from '../../../main/engine/store/database.ts'
import { migrations } from '../../../main/engine/store/migrations.ts'
import { returnSpace } from '../../../main/engine/store/space-return.ts'
import { createEnvelopeStore, type EnvelopeStore } from '../../../main/engine/vault/envelopes/envelope-store.ts'
import { folderBytes } from '../../../main/engine/vault/envelopes/lance-files.ts'
import { FakePlatform } from '../outbox/fake-platform.ts'
import { draft, startDrainer, steppedClock, temporaryFolder, WORKSPACE } from '../outbox/fixture.ts'
import { type JournaledDesk, openJournaled } from './fixture.ts'

let folder: ReturnType<typeof temporaryFolder>
const clock = steppedClock()
let store: EnvelopeStore
let desk: JournaledDesk

beforeEach(async () => {
  folder = temporaryFolder()
  store = createEnvelopeStore({ dataDir: folder.path, clock: systemClock, warn: (text) => expect.unreachable(text) })
  desk = await openJournaled(folder.path, clock, store, { atRest: ({ database }) => returnSpace(database) })
})
afterEach(async () => {
  await desk.mover.stop()
  await desk.keeper.stop()
  desk.close()
  await store.close()
  folder.remove()
})

/** As after minutes without a write: everything is moved and compared, and each store has had its rest. */
async function rest(): Promise<void> {
  desk.mover.start()
  desk.keeper.start()
  const isAtRest = (): boolean =>
    desk.outbox.stage.waitingCount() === 0 &&
    Number(desk.database.pragma('freelist_count', { simple: true })) <= 16 &&
    statSync(join(folder.path, 'outbox.db-wal')).size === 0
  for (let turn = 0; turn < 1000 && !(turn > 90 && isAtRest()); turn += 1) {
    await clock.advance(1_000)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  expect(desk.outbox.stage.waitingCount()).toBe(0)
  expect(desk.said).toEqual([])
}

describe.each([
  { sizeBytes: 4 * 1024, count: 6_000 },
  { sizeBytes: 64 * 1024, count: 500 },
])('$count envelopes of $sizeBytes bytes', ({ sizeBytes, count }) => {
  test('take at most 2.2 times their size while they are owed, and 1.3 times when they are delivered', async () => {
    for (let first = 0; first < count; first += 100) {
      const batch = Array.from({ length: 100 }, (_, index) =>
        draft(
          createHash('sha256')
            .update(`${first + index}`)
            .digest('hex'),
          { bytes: sizeBytes },
        ),
      )
      desk.outbox.enqueueEnvelopes(batch)
    }
    await rest()
    const ciphertextBytes = sizeBytes * count
    const owed = (await folderBytes(folder.path)) / ciphertextBytes
    const parts = async () =>
      `outbox.db ${(((await folderBytes(folder.path)) - (await folderBytes(join(folder.path, 'undelivered'))) - (await store.diskBytes())) / ciphertextBytes).toFixed(3)}, journal ${((await folderBytes(join(folder.path, 'undelivered'))) / ciphertextBytes).toFixed(3)}, envelopes.lance ${((await store.diskBytes()) / ciphertextBytes).toFixed(3)}`
    console.log(`${sizeBytes} bytes, owed: ${owed.toFixed(3)} (${await parts()})`)
    const { drainer } = startDrainer(desk, new FakePlatform(), clock, { reader: desk.reader })
    await desk.mover.stop()
    for (let turn = 0; turn < 300 && desk.outbox.tally(WORKSPACE).delivered.count < count; turn += 1) {
      await clock.advance(1_000)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    await drainer.stop()
    expect(desk.outbox.tally(WORKSPACE).delivered.count).toBe(count)
    await rest()
    const delivered = (await folderBytes(folder.path)) / ciphertextBytes
    console.log(`${sizeBytes} bytes, delivered: ${delivered.toFixed(3)} (${await parts()})`)
    expect(owed).toBeLessThanOrEqual(2.2)
    expect(delivered).toBeLessThanOrEqual(1.3)
  })
})

describe('a database that was made before it could give space back', () => {
  test('is rewritten once when it is opened, and gives back what was deleted', async () => {
    const path = join(folder.path, 'older', 'outbox.db')
    mkdirSync(join(folder.path, 'older'))
    openDatabase({ path, migrations: migrations.outbox, synchronous: 'full' }).close()
    const older = new BetterSqlite3(path)
    expect(older.pragma('auto_vacuum', { simple: true })).toBe(0)
    const insert = older.prepare('INSERT INTO stage (sequence, ciphertext) VALUES (?, ?)')
    older.transaction(() => {
      for (let sequence = 1; sequence <= 2_000; sequence += 1) insert.run(sequence, randomBytes(4096))
    })()
    older.close()
    const database = openDatabase({ path, migrations: migrations.outbox, synchronous: 'full', returnsSpace: true })
    expect(database.prepare('SELECT count(*) FROM stage').pluck().get()).toBe(2_000)
    database.exec('DELETE FROM stage')
    await returnSpace(database)
    expect(await folderBytes(join(folder.path, 'older'))).toBeLessThan(2 * 1024 * 1024)
    expect(database.pragma('integrity_check', { simple: true })).toBe('ok')
    database.close()
    rmSync(join(folder.path, 'older'), { recursive: true })
  })
})
