/** The queue and its journal on real files: what is written when, what goes, and what comes back when the end of outbox.db is lost. */
import { copyFileSync, existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { JournalEntry } from '../../../main/engine/journal/entry.ts'
import { DISCARDED_BY_PERSON } from '../../../main/engine/outbox/reasons.ts'
import { type FakeStore, fakeStore } from '../../unit/vault/fake-store.ts'
import { FakePlatform } from '../outbox/fake-platform.ts'
import { draft, memoryRef, settled, startDrainer, steppedClock, temporaryFolder, WORKSPACE } from '../outbox/fixture.ts'
import { ACCOUNT, type JournaledDesk, openJournaled } from './fixture.ts'

let folder: ReturnType<typeof temporaryFolder>
let clock = steppedClock()
let fake: FakeStore
let desk: JournaledDesk

beforeEach(async () => {
  folder = temporaryFolder()
  clock = steppedClock()
  fake = fakeStore([])
  desk = await openJournaled(folder.path, clock, fake.store)
})
afterEach(async () => {
  await close()
  folder.remove()
})

async function close(): Promise<void> {
  await desk.mover.stop()
  await desk.keeper.stop()
  desk.close()
}

function enqueue(names: readonly string[], bytes = 64): string[] {
  return desk.outbox.enqueueEnvelopes(names.map((name) => draft(name, { bytes, createdAt: clock.now() }))).map((outcome) => {
    if (!outcome.ok) throw outcome.error
    return outcome.value.id
  })
}

async function journaled(): Promise<JournalEntry[]> {
  const entries: JournalEntry[] = []
  for await (const entry of desk.journal.entries()) entries.push(entry)
  return entries
}

/** Waits for files: the stepped clock does not know when they are written. */
async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 400; turn += 1) {
    if (await condition()) return
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  expect.unreachable('it did not come')
}

async function deliver(platform = new FakePlatform()): Promise<FakePlatform> {
  const { drainer } = startDrainer(desk, platform, clock)
  await clock.advance(3_000)
  await drainer.stop()
  return platform
}

/** The queue as it was at this moment, whatever comes: as after a log that was cut off. */
function keepCopy(): () => Promise<void> {
  desk.database.pragma('wal_checkpoint(TRUNCATE)')
  copyFileSync(join(folder.path, 'outbox.db'), join(folder.path, 'then.db'))
  return async () => {
    await close()
    for (const end of ['-wal', '-shm']) rmSync(join(folder.path, `outbox.db${end}`), { force: true })
    copyFileSync(join(folder.path, 'then.db'), join(folder.path, 'outbox.db'))
    desk = await openJournaled(folder.path, clock, fake.store)
  }
}

describe('the keeper of the journal', () => {
  test('writes every kind within two seconds, with account and payload, while the LanceDB store fails', async () => {
    fake.fail.upsert = true
    desk.mover.start()
    desk.keeper.start()
    const [first] = enqueue(['a'])
    await deliver()
    desk.outbox.enqueueMemoryDelete(WORKSPACE, memoryRef('a'))
    const setting = desk.outbox.enqueueSetting({ workspaceId: WORKSPACE, key: 'alert:1', value: 'x', baseVersion: 3 })
    const [second] = enqueue(['b'])
    await clock.advance(2_000)
    await until(async () => (await journaled()).length === 3)
    expect(await journaled()).toMatchObject([
      { kind: 'delete', lane: `memory:${memoryRef('a')}`, payload: JSON.stringify({ envelopeId: first }), account: ACCOUNT },
      { kind: 'setting', id: setting.id, lane: 'setting:alert:1', payload: JSON.stringify({ key: 'alert:1', value: 'x', baseVersion: 3 }) },
      { kind: 'envelope', id: second, lane: `memory:${memoryRef('b')}`, revision: 1, sizeBytes: 64 },
    ])
    expect(desk.said.filter((line) => line.startsWith('journal'))).toEqual([])
    expect(desk.said.some((line) => line.startsWith('mover'))).toBe(true)
    expect(desk.outbox.stage.waitingCount()).toBe(2)
  })

  test('a journal that cannot be written holds nobody up; copies stay in outbox.db until it can, or until they are delivered', async () => {
    await close()
    let isBroken = true
    desk = await openJournaled(folder.path, clock, fake.store, {
      journal: (journal) => ({ ...journal, append: (...writes) => (isBroken ? Promise.reject(new Error('broken')) : journal.append(...writes)) }),
    })
    desk.mover.start()
    desk.keeper.start()
    await clock.advance(6_000)
    await settled()
    enqueue(['a', 'b'])
    await clock.advance(3_000)
    await until(() => fake.rows.size === 2 && desk.said.includes('journal: Error: broken'))
    expect(desk.outbox.stage.waitingCount()).toBe(2)
    await deliver()
    await desk.mover.journaled()
    expect(desk.outbox.stage.waitingCount()).toBe(0)
    enqueue(['c'])
    await clock.advance(3_000)
    await until(() => fake.rows.size === 3)
    expect(desk.outbox.stage.waitingCount()).toBe(1)
    isBroken = false
    await clock.advance(60_000)
    await until(() => desk.outbox.stage.waitingCount() === 0)
    expect((await journaled()).map(({ sequence }) => sequence)).toEqual([3])
  })

  test('forgets what was delivered, discarded or withdrawn, and takes back what a person brings back', async () => {
    desk.keeper.start()
    enqueue(['a', 'b', 'c'])
    await desk.keeper.flush()
    const { undoToken } = await desk.outbox.discard(WORKSPACE, { filter: {} })
    await desk.keeper.flush()
    expect(await journaled()).toEqual([])
    await desk.outbox.undoDiscard(WORKSPACE, undoToken)
    desk.outbox.enqueueMemoryDelete(WORKSPACE, memoryRef('b'))
    await desk.keeper.flush()
    expect((await journaled()).map(({ sequence }) => sequence)).toEqual([1, 3])
    await deliver()
    await desk.keeper.flush()
    expect(await journaled()).toEqual([])
    expect(desk.journal.highestSequence()).toBe(3)
  })

  test('what is missing in it is written again from outbox.db or the LanceDB store, and that is told', async () => {
    desk.mover.start()
    desk.keeper.start()
    await clock.advance(6_000)
    enqueue(['a', 'b'])
    desk.outbox.enqueueSetting({ workspaceId: WORKSPACE, key: 'theme', value: 'dark', baseVersion: null })
    await desk.keeper.flush()
    await desk.mover.flush()
    for (const row of fake.rows.values()) row.sha256 = desk.outbox.item(WORKSPACE, row.id)?.item.sha256 ?? ''
    await clock.advance(6_000)
    await until(() => desk.outbox.stage.waitingCount() === 0)
    await close()
    rmSync(join(folder.path, 'undelivered', '00000001.journal'))
    desk = await openJournaled(folder.path, clock, fake.store, { wasBegun: true })
    expect(await journaled()).toEqual([])
    desk.keeper.start()
    await desk.keeper.flush()
    expect(desk.said).toEqual(['rebuilt 2, 0 unreadable, kept 0'])
    expect((await journaled()).map(({ sequence }) => sequence)).toEqual([1, 2, 3])
  })
})

describe('a start after the end of outbox.db was cut off', () => {
  test('queues every kind again under its own id and in its place, and gives no sequence twice', async () => {
    enqueue(['old'])
    await deliver()
    const cutOff = keepCopy()
    const ids = [...enqueue(['a', 'a', 'b']), desk.outbox.enqueueSetting({ workspaceId: WORKSPACE, key: 'theme', value: 'dark', baseVersion: null }).id]
    desk.outbox.enqueueMemoryDelete(WORKSPACE, memoryRef('old'))
    await desk.keeper.flush()
    const before = desk.outbox.page(WORKSPACE, {}, null, 50).rows
    await cutOff()
    expect(desk.restored).toBe(5)
    const after = desk.outbox.page(WORKSPACE, {}, null, 50).rows
    const shape = ({ id, sequence, lane, kind, state, revision, payload, sha256, behind }: (typeof after)[number]) => ({
      id,
      sequence,
      lane,
      kind,
      state,
      revision,
      payload,
      sha256,
      behind,
    })
    expect(after.map(shape)).toEqual(before.map(shape))
    expect(desk.outbox.stage.read(ids).size).toBe(3)
    expect(desk.outbox.latest(WORKSPACE, memoryRef('old'))).toBeNull()
    expect(desk.outbox.latest(WORKSPACE, memoryRef('a'))?.revision).toBe(2)
    enqueue(['a'])
    expect(desk.outbox.latest(WORKSPACE, memoryRef('a'))).toMatchObject({ revision: 3, sequence: 7 })
    const platform = await deliver()
    expect(desk.outbox.tally(WORKSPACE).delivered.count).toBe(7)
    expect(platform.effects.indexOf(ids[0] ?? '')).toBeLessThan(platform.effects.indexOf(ids[1] ?? ''))
  })

  test('what was discarded or withdrawn in the lost end stays so, and what was brought back too', async () => {
    const ids = enqueue(['a', 'b', 'c', 'd'])
    await desk.keeper.flush()
    const cutOff = keepCopy()
    await desk.outbox.discard(WORKSPACE, { ids: [ids[0] ?? ''] })
    const { undoToken } = await desk.outbox.discard(WORKSPACE, { ids: [ids[1] ?? ''] })
    desk.outbox.enqueueMemoryDelete(WORKSPACE, memoryRef('c'))
    await desk.keeper.flush()
    await desk.outbox.undoDiscard(WORKSPACE, undoToken)
    await desk.keeper.flush()
    await cutOff()
    expect(desk.restored).toBe(0)
    expect(ids.map((id) => desk.outbox.item(WORKSPACE, id)?.item.state)).toEqual(['discarded', 'pending', 'discarded', 'pending'])
    expect(desk.outbox.item(WORKSPACE, ids[0] ?? '')?.item.reason).toBe(DISCARDED_BY_PERSON)
    expect(desk.outbox.latest(WORKSPACE, memoryRef('c'))).toBeNull()
  })

  test('a row that is missing in the middle comes back into its lane', async () => {
    const ids = enqueue(['a', 'a', 'a'])
    await desk.keeper.flush()
    await close()
    desk = await openJournaled(folder.path, clock, fake.store)
    // As a salvage leaves it: the row is gone, those behind it wait for the one before.
    desk.database.exec('DELETE FROM item WHERE sequence = 2; DELETE FROM stage WHERE sequence = 2')
    desk.database.exec('UPDATE item SET previous = 1, waits_for = 1 WHERE sequence = 3')
    desk.database.exec('UPDATE item_group SET count = count - 1, bytes = bytes - 64 WHERE behind = 1')
    await desk.keeper.stop()
    desk.close()
    desk = await openJournaled(folder.path, clock, fake.store, { whole: true })
    expect(desk.restored).toBe(1)
    const platform = await deliver()
    expect(platform.effects).toEqual(ids)
    expect(existsSync(join(folder.path, 'undelivered'))).toBe(true)
  })
})

describe('the questions to the queue', () => {
  test('are answered from indexes', () => {
    const plan = (sql: string, ...values: unknown[]): string =>
      desk.database
        .prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
        .all(...values)
        .map(({ detail }) => detail)
        .join('; ')
    expect(plan('SELECT payload FROM item WHERE group_no = ? AND sequence > ? ORDER BY sequence LIMIT ?', 1, 1, 1)).toBe(
      'SEARCH item USING INDEX item_by_group (group_no=? AND sequence>?)',
    )
    expect(plan('SELECT count(*), sum(size_bytes) FROM item WHERE group_no = ? AND sequence BETWEEN ? AND ?', 1, 1, 2)).toBe(
      'SEARCH item USING COVERING INDEX item_by_group (group_no=? AND sequence>? AND sequence<?)',
    )
    for (const table of ['item', 'stage']) {
      expect(plan(`SELECT * FROM ${table} WHERE sequence IN (SELECT value FROM json_each(?))`, '[]')).toContain(`SEARCH ${table} USING INTEGER PRIMARY KEY`)
    }
    expect(plan('SELECT length(ciphertext) FROM stage WHERE sequence > ? ORDER BY sequence LIMIT ?', 1, 1)).toContain('USING INTEGER PRIMARY KEY')
  })
})
