/** Pushes are counted, not named after the time: a clock that is set back must not give a number twice. */
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { repairQueue } from '../../../../main/engine/outbox/recovery/queue-repair.ts'
import { type Database, openDatabase, userVersion } from '../../../../main/engine/store/database.ts'
import { migrations } from '../../../../main/engine/store/migrations.ts'
import { FakePlatform, unreachable } from '../fake-platform.ts'
import { type Desk, draft, openDesk, startDrainer, steppedClock, type SteppedClock, temporaryFolder, WORKSPACE } from '../fixture.ts'

let folder: ReturnType<typeof temporaryFolder>
let clock: SteppedClock
let desk: Desk
beforeEach(() => {
  folder = temporaryFolder()
  clock = steppedClock()
  desk = openDesk(folder.path, clock)
})
afterEach(() => {
  desk.close()
  folder.remove()
})

async function deliver(platform: FakePlatform, names: readonly string[]): Promise<void> {
  desk.outbox.enqueueEnvelopes(names.map((name) => draft(name)))
  const { drainer } = startDrainer(desk, platform, clock)
  await clock.advance(10)
  const stopped = drainer.stop()
  await clock.advance(2_000)
  await stopped
}

function highest(database: Database): number {
  return database.prepare<[], number>('SELECT push_no FROM high_water').pluck().get() ?? Number.NaN
}

test('two pushes at the same time of a clock that was set back in between are two operations', async () => {
  const platform = new FakePlatform()
  const at = clock.now()
  await deliver(platform, ['a'])
  desk.close()
  clock.setWall(at)
  desk = openDesk(folder.path, clock)
  await deliver(platform, ['b'])
  expect(platform.pushesUsed).toBe(2)
  expect(desk.outbox.pushCount(WORKSPACE, 0, Number.MAX_SAFE_INTEGER)).toBe(2)
  expect(desk.database.prepare('SELECT no FROM push ORDER BY no').pluck().all()).toEqual([1, 4])
})

test('the halves of a batch that is cut have numbers of their own, also after a restart', async () => {
  const platform = new FakePlatform()
  platform.fault = unreachable
  desk.outbox.enqueueEnvelopes(['a', 'b'].map((name) => draft(name)))
  const { drainer } = startDrainer(desk, platform, clock)
  await clock.advance(30_000)
  const stopped = drainer.stop()
  await clock.advance(2_000)
  await stopped
  const numbers = desk.database.prepare<[], number>('SELECT push_no FROM item ORDER BY sequence').pluck().all()
  expect(new Set(numbers).size).toBe(2)
  expect(Math.max(...numbers)).toBeLessThanOrEqual(highest(desk.database))
  desk.close()
  desk = openDesk(folder.path, clock)
  expect(highest(desk.database)).toBeGreaterThanOrEqual(Math.max(...numbers))
})

test('the migration goes on from the highest number that a row carries', () => {
  const path = join(folder.path, 'older.db')
  const older = openDatabase({ path, migrations: migrations.outbox.slice(0, 7), synchronous: 'full' })
  expect(userVersion(older)).toBe(7)
  older.exec(`
    INSERT INTO item (sequence, id, group_no, entity, size_bytes, attempts, told, created_at, sent, withdrawn, push_no) VALUES (1, x'00', 1, 'a', 0, 1, 0, 1, 1, 0, 1764000000007);
    INSERT INTO push (workspace, no, at) VALUES (1, -1, 5), (1, 1764000000003, 5);
    INSERT INTO unanswered_push (workspace, no, at) VALUES (1, 1764000000005, 5);
  `)
  older.close()
  const migrated = openDatabase({ path, migrations: migrations.outbox, synchronous: 'full' })
  expect(highest(migrated)).toBe(1_764_000_000_007)
  migrated.close()
})

test('after a salvage that lost the highest number, none that a row carries is given again', async () => {
  await deliver(new FakePlatform(), ['a'])
  const used = desk.database.prepare<[], number>('SELECT max(no) FROM push').pluck().get() ?? 0
  desk.database.exec('DELETE FROM high_water')
  repairQueue(desk.database)
  expect(highest(desk.database)).toBeGreaterThan(used)
})
