/** Pushes whose answer never came: known, so that the audit can say by how much the counts of operations may differ. */
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openDatabase, userVersion } from '../../../../main/engine/store/database.ts'
import { migrations } from '../../../../main/engine/store/migrations.ts'
import { FakePlatform } from '../fake-platform.ts'
import { type Desk, draft, openDesk, OTHER_WORKSPACE, startDrainer, steppedClock, type SteppedClock, temporaryFolder, WORKSPACE } from '../fixture.ts'

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
const unanswered = (): number => desk.outbox.unansweredPushCount(WORKSPACE, 0, Number.MAX_SAFE_INTEGER)

test('what was on its way when the engine ended counts as one, once', async () => {
  desk.outbox.enqueueEnvelopes([draft('a'), draft('b')])
  expect(unanswered()).toBe(0)
  // The engine dies between sending and the answer: the rows say that they are on their way.
  const queue = desk.outbox.deliveryQueue(WORKSPACE)
  const { items } = queue?.ready('envelope', 'pending', { count: 10, sizeBytes: 1_000_000 }) ?? { items: [] }
  expect(queue?.markInFlight({ items, inSpiteOfHold: false }).items).toHaveLength(2)
  for (const _ of [1, 2]) {
    desk.close()
    desk = openDesk(folder.path, clock)
    expect(unanswered()).toBe(1)
  }
  expect(desk.outbox.unansweredPushCount(OTHER_WORKSPACE, 0, Number.MAX_SAFE_INTEGER)).toBe(0)
  expect(desk.outbox.unansweredPushCount(WORKSPACE, 0, clock.now())).toBe(0)
  const { drainer } = startDrainer(desk, new FakePlatform(), clock)
  await clock.advance(500)
  expect(desk.outbox.tally(WORKSPACE).delivered.count).toBe(2)
  await drainer.stop()
  expect(unanswered()).toBe(1)
  await desk.outbox.removeWorkspace(WORKSPACE)
  expect(desk.database.prepare('SELECT count(*) FROM unanswered_push').pluck().get()).toBe(0)
})

test('the migration starts from the version before, and the count of a period is found by an index', () => {
  const path = join(folder.path, 'older.db')
  const older = openDatabase({ path, migrations: migrations.outbox.slice(0, 5), synchronous: 'full' })
  expect(userVersion(older)).toBe(5)
  older.close()
  const migrated = openDatabase({ path, migrations: migrations.outbox, synchronous: 'full' })
  const plan = migrated
    .prepare<[], { detail: string }>('EXPLAIN QUERY PLAN SELECT count(*) FROM unanswered_push WHERE workspace = 1 AND at >= 2 AND at < 3')
    .all()
  expect(plan.map(({ detail }) => detail).join()).toContain('USING COVERING INDEX unanswered_push_by_time (workspace=? AND at>? AND at<?)')
  migrated.close()
})
