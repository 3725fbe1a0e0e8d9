/** Which envelopes the LanceDB store no longer needs: delivered ones that something later of the same memory has superseded. */
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openDatabase, userVersion } from '../../../../main/engine/store/database.ts'
import { migrations } from '../../../../main/engine/store/migrations.ts'
import { FakePlatform } from '../fake-platform.ts'
import { type Desk, draft, memoryRef, openDesk, startDrainer, steppedClock, type SteppedClock, temporaryFolder, WORKSPACE } from '../fixture.ts'

const LATER = 1_000_000
const ALL = Number.MAX_SAFE_INTEGER
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

function enqueue(name: string, createdAt: number): string {
  const [outcome] = desk.outbox.enqueueEnvelopes([draft(name, { createdAt })])
  if (!outcome?.ok) throw new Error('not queued')
  return outcome.value.id
}

async function deliver(platform = new FakePlatform()): Promise<void> {
  const { drainer } = startDrainer(desk, platform, clock)
  await clock.advance(500)
  const stopped = drainer.stop()
  await clock.advance(0)
  await stopped
}

/** As the daily upkeep does: page by page, each reported when it is gone. */
function collect(time: number, limit = 100): string[] {
  const found: string[] = []
  for (let page = desk.outbox.supersededBefore(time, limit); page !== null; page = desk.outbox.supersededBefore(time, limit)) {
    found.push(...page)
    desk.outbox.supersededRemoved()
  }
  return found
}

describe('superseded envelopes', () => {
  test('are all but the newest of each memory, once, whatever the size of a page', async () => {
    const first = ['a', 'b', 'c'].map((name) => enqueue(name, 1))
    const second = ['a', 'b'].map((name) => enqueue(name, 2))
    const third = enqueue('a', 3)
    await deliver()
    expect(collect(LATER, 2).sort()).toEqual([first[0], first[1], second[0]].sort())
    expect(collect(LATER)).toEqual([])
    expect(desk.outbox.latest(WORKSPACE, memoryRef('a'))?.id).toBe(third)
  })

  test('count from the moment in which the later one was written', async () => {
    const old = enqueue('a', 1_000)
    enqueue('a', 2_000)
    await deliver()
    expect(collect(2_000)).toEqual([])
    expect(collect(2_001)).toEqual([old])
  })

  test('are answered again until they were reported, also after a restart', async () => {
    const old = enqueue('a', 1)
    enqueue('a', 2)
    await deliver()
    expect(desk.outbox.supersededBefore(LATER, 100)).toEqual([old])
    expect(desk.outbox.supersededBefore(LATER, 100)).toEqual([old])
    desk.close()
    desk = openDesk(folder.path, clock)
    expect(collect(LATER)).toEqual([old])
    desk.close()
    desk = openDesk(folder.path, clock)
    expect(collect(LATER)).toEqual([])
  })

  test('that are not delivered stay until they are, however long that takes', async () => {
    const old = enqueue('a', 1)
    const newer = enqueue('a', 2)
    enqueue('a', 3)
    expect(collect(LATER)).toEqual([])
    await deliver()
    expect(collect(LATER).sort()).toEqual([old, newer].sort())
    expect(collect(LATER)).toEqual([])
    expect(desk.database.prepare('SELECT count(*) FROM retention_late').pluck().get()).toBe(0)
  })

  test('that were discarded are not ours to remove', async () => {
    const old = enqueue('a', 1)
    enqueue('a', 2)
    await desk.outbox.discard(WORKSPACE, { ids: [old] })
    await deliver()
    expect(collect(LATER)).toEqual([])
  })

  test('go with a deleted memory, the newest too', async () => {
    const ids = [enqueue('a', 1), enqueue('a', 2)]
    const platform = new FakePlatform()
    await deliver(platform)
    desk.outbox.enqueueMemoryDelete(WORKSPACE, memoryRef('a'))
    await deliver(platform)
    expect(collect(ALL).sort()).toEqual([...ids].sort())
  })

  test('are found although their rows were pruned', async () => {
    const old = enqueue('a', 1)
    const platform = new FakePlatform()
    await deliver(platform)
    desk.outbox.stage.dropMoved([1])
    await clock.advance(3_000)
    expect(await desk.outbox.pruneDelivered(ALL)).toBe(1)
    enqueue('a', 2)
    await deliver(platform)
    expect(collect(LATER)).toEqual([old])
  })

  test('never are the newest revision, also when a restore put an older one behind it', async () => {
    const known = { workspaceId: WORKSPACE, memoryRef: memoryRef('a'), subKeyId: null, createdAt: 1, sizeBytes: 10, sha256: 'ab'.repeat(32) }
    desk.outbox.adoptDelivered([
      { ...known, id: '01234567-89ab-7000-8000-000000000007', revision: 7 },
      { ...known, id: '01234567-89ab-7000-8000-000000000005', revision: 5 },
    ])
    expect(collect(ALL)).toEqual([])
    expect(desk.outbox.latest(WORKSPACE, memoryRef('a'))).toMatchObject({ revision: 7 })
  })
})

describe('the search', () => {
  test('reads one page by its key, and never a row twice', () => {
    for (const sql of [
      'SELECT sequence, previous, entity, group_no, created_at FROM item WHERE sequence > 5 ORDER BY sequence LIMIT 10',
      'SELECT sequence FROM retention_late WHERE sequence > 5 ORDER BY sequence LIMIT 10',
    ]) {
      const plan = desk.database.prepare<[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`).all()
      expect(plan.map(({ detail }) => detail).join()).toMatch(/SEARCH \w+ USING INTEGER PRIMARY KEY \(rowid>\?\)$/)
    }
  })

  test('begins at the first item in a queue of the version before', () => {
    desk.close()
    const path = join(folder.path, 'older.db')
    const older = openDatabase({ path, migrations: migrations.outbox.slice(0, 4), synchronous: 'full' })
    expect(userVersion(older)).toBe(4)
    older.close()
    const migrated = openDatabase({ path, migrations: migrations.outbox, synchronous: 'full' })
    expect(userVersion(migrated)).toBeGreaterThanOrEqual(5)
    expect(migrated.prepare('SELECT upto FROM retention').pluck().get()).toBe(0)
    migrated.close()
    desk = openDesk(folder.path, clock)
  })
})
