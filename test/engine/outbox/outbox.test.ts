import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ItemState, QueueFilter } from '../../../shared/contract/console.ts'
import { createOutbox } from '../../../main/engine/outbox/outbox.ts'
import { openDatabase } from '../../../main/engine/store/database.ts'
import { DiskFullError } from '../../../main/engine/store/errors.ts'
import { migrations } from '../../../main/engine/store/migrations.ts'
import { FakePlatform } from './fake-platform.ts'
import {
  AGENT,
  type Desk,
  draft,
  memoryRef,
  openDesk,
  OTHER_WORKSPACE,
  startDrainer,
  steppedClock,
  type SteppedClock,
  temporaryFolder,
  WORKSPACE,
} from './fixture.ts'

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

function enqueue(names: readonly string[], options: Parameters<typeof draft>[1] = {}): string[] {
  return desk.outbox.enqueueEnvelopes(names.map((name) => draft(name, options))).map((outcome) => {
    if (!outcome.ok) throw outcome.error
    return outcome.value.id
  })
}

function state(id: string): ItemState | undefined {
  return desk.outbox.item(WORKSPACE, id)?.item.state
}

function reopen(): void {
  desk.close()
  desk = openDesk(folder.path, clock)
}

/** Moves items into a state as the drainer or the platform would. */
async function deliver(platform = new FakePlatform()): Promise<FakePlatform> {
  const { drainer } = startDrainer(desk, platform, clock)
  await clock.advance(50)
  const stopped = drainer.stop()
  await clock.advance(0)
  await stopped
  return platform
}

describe('writing', () => {
  test('a draft that cannot be sealed fails alone, and takes no revision', () => {
    const broken = {
      ...draft('b'),
      seal: () => {
        throw new Error('locked')
      },
    }
    const outcomes = desk.outbox.enqueueEnvelopes([draft('a'), broken, { ...draft('c'), seal: () => new Uint8Array() }, draft('b')])
    expect(outcomes.map(({ ok }) => ok)).toEqual([true, false, false, true])
    expect(desk.outbox.latest(WORKSPACE, memoryRef('b'))?.revision).toBe(1)
    expect(desk.outbox.tally(WORKSPACE).pending.count).toBe(2)
  })

  test('a full disk rejects the whole commit, and nothing of it is there, now or after a restart', () => {
    enqueue(['first'])
    desk.database.pragma(`max_page_count = ${Number(desk.database.pragma('page_count', { simple: true })) + 2}`)
    expect(() => desk.outbox.enqueueEnvelopes(Array.from({ length: 20 }, (_, index) => draft(`m${index}`, { bytes: 5000 })))).toThrow(DiskFullError)
    expect(desk.outbox.tally(WORKSPACE).pending).toEqual({ count: 1, bytes: 64 })
    expect(desk.outbox.stage.waitingCount()).toBe(1)
    expect(desk.outbox.latest(WORKSPACE, memoryRef('m3'))).toBeNull()
    desk.database.pragma('max_page_count = 1000000')
    enqueue(['m3'])
    expect(desk.outbox.latest(WORKSPACE, memoryRef('m3'))?.revision).toBe(1)
    reopen()
    expect(desk.outbox.tally(WORKSPACE).pending.count).toBe(2)
    expect(desk.database.prepare('SELECT count(*) FROM stage').pluck().get()).toBe(2)
  })

  test('revisions go on after a restart, whether the lanes were folded in or not', async () => {
    enqueue(['a', 'a'])
    desk.database.close()
    desk = openDesk(folder.path, clock)
    expect(desk.outbox.latest(WORKSPACE, memoryRef('a'))?.revision).toBe(2)
    enqueue(['a'])
    await clock.advance(2_000)
    expect(desk.database.prepare('SELECT revision FROM lane').pluck().all()).toEqual([3])
    reopen()
    enqueue(['a'])
    expect(desk.outbox.latest(WORKSPACE, memoryRef('a'))).toMatchObject({ revision: 4, sizeBytes: 64 })
  })

  test('a setting that never left is replaced by a newer edit', () => {
    const first = desk.outbox.enqueueSetting({ workspaceId: WORKSPACE, key: 'org_name', value: 'one', baseVersion: 1 })
    const second = desk.outbox.enqueueSetting({ workspaceId: WORKSPACE, key: 'org_name', value: 'two', baseVersion: 1 })
    expect(desk.outbox.item(WORKSPACE, first.id)).toMatchObject({ item: { state: 'discarded', reason: 'Replaced by a newer edit.' }, undoable: false })
    expect(desk.outbox.item(WORKSPACE, second.id)?.item).toMatchObject({ state: 'pending', behind: false })
  })

  test('deleting a memory withdraws what never left; what may be at the platform gets a delete', async () => {
    const [first] = enqueue(['a'])
    await deliver()
    const [second] = enqueue(['a'])
    expect(desk.outbox.enqueueMemoryDelete(WORKSPACE, memoryRef('a'))).toEqual({ withdrawnCount: 1, deleteCount: 1 })
    expect(desk.outbox.enqueueMemoryDelete(WORKSPACE, memoryRef('a'))).toEqual({ withdrawnCount: 0, deleteCount: 0 })
    expect(desk.outbox.enqueueMemoryDelete(WORKSPACE, memoryRef('nobody'))).toEqual({ withdrawnCount: 0, deleteCount: 0 })
    expect(state(second ?? '')).toBe('discarded')
    expect(desk.outbox.latest(WORKSPACE, memoryRef('a'))).toBeNull()
    reopen()
    expect(desk.outbox.latest(WORKSPACE, memoryRef('a'))).toBeNull()
    const platform = await deliver()
    expect(platform.effects).toEqual([`-${first}`])
    // The memory may come back; its revision is a new one.
    enqueue(['a'])
    expect(desk.outbox.latest(WORKSPACE, memoryRef('a'))?.revision).toBe(3)
  })

  test('the ciphertext is staged until it was moved', () => {
    const ids = enqueue(['a', 'b', 'c'], { bytes: 100 })
    expect(desk.outbox.stage.nextToMove(10, 150).map(({ id }) => id)).toEqual(ids.slice(0, 1))
    expect(desk.outbox.stage.nextToMove(2, 1e9)).toMatchObject([
      { id: ids[0], sequence: 1, revision: 1, memoryRef: memoryRef('a'), subKeyId: AGENT, sizeBytes: 100 },
      { id: ids[1] },
    ])
    desk.outbox.stage.dropMoved([1, 99, 1])
    expect([...desk.outbox.stage.read(ids).keys()].sort()).toEqual(ids.slice(1).sort())
    expect(desk.outbox.stage.waitingCount()).toBe(2)
    reopen()
    expect(desk.outbox.stage.waitingCount()).toBe(2)
  })
})

describe('what a person does', () => {
  test('a discard lets those behind go on, and can be undone until something later was delivered', async () => {
    const [first, second, third] = enqueue(['a', 'a', 'b'])
    const { count, undoToken } = await desk.outbox.discard(WORKSPACE, { ids: [first ?? ''] })
    expect(count).toBe(1)
    expect(desk.outbox.item(WORKSPACE, first ?? '')).toMatchObject({ item: { state: 'discarded' }, undoable: true })
    expect(desk.outbox.item(WORKSPACE, second ?? '')?.item.behind).toBe(false)
    expect(await desk.outbox.undoDiscard(WORKSPACE, undoToken)).toBe(1)
    expect(desk.outbox.item(WORKSPACE, second ?? '')?.item.behind).toBe(true)
    const again = await desk.outbox.discard(WORKSPACE, { ids: [first ?? '', third ?? ''] })
    const platform = await deliver()
    expect(platform.effects).toEqual([second])
    expect(desk.outbox.item(WORKSPACE, first ?? '')?.undoable).toBe(false)
    expect(await desk.outbox.undoDiscard(WORKSPACE, again.undoToken)).toBe(1)
    expect([state(first ?? ''), state(third ?? '')]).toEqual(['discarded', 'pending'])
  })

  test('a token is good for its own workspace only, and delivered items cannot be discarded', async () => {
    const [first] = enqueue(['a'])
    enqueue(['x'], { workspaceId: OTHER_WORKSPACE })
    const { undoToken } = await desk.outbox.discard(WORKSPACE, { ids: [first ?? ''] })
    expect(await desk.outbox.undoDiscard(OTHER_WORKSPACE, undoToken)).toBe(0)
    expect(await desk.outbox.undoDiscard(WORKSPACE, undoToken)).toBe(1)
    expect((await desk.outbox.discard(OTHER_WORKSPACE, { ids: [first ?? ''] })).count).toBe(0)
    await deliver()
    expect((await desk.outbox.discard(WORKSPACE, { filter: {} })).count).toBe(0)
  })

  test('discarding by filter takes exactly what the filter finds', async () => {
    enqueue(Array.from({ length: 1300 }, (_, index) => `m${index}`))
    enqueue(['own'], { subKeyId: null })
    expect((await desk.outbox.discard(WORKSPACE, { filter: { subKeyId: AGENT } })).count).toBe(1300)
    expect(desk.outbox.tally(WORKSPACE)).toMatchObject({ pending: { count: 1 }, discarded: { count: 1300, bytes: 1300 * 64 } })
  })

  test('the export holds ciphertext and metadata of the chosen items, a line each', async () => {
    const [first] = enqueue(['a', 'b'])
    const lines: string[] = []
    const reader = { read: async (items: readonly { id: string }[]) => desk.outbox.stage.read(items.map(({ id }) => id)) }
    for await (const line of desk.outbox.exportLines(WORKSPACE, { ids: [first ?? ''] }, reader)) lines.push(line)
    expect(lines).toHaveLength(1)
    const exported = JSON.parse(lines[0] ?? '')
    expect(exported).toMatchObject({ id: first, state: 'pending', memory_ref: memoryRef('a'), revision: 1, size_bytes: 64 })
    expect(Buffer.from(exported.ciphertext, 'base64')).toHaveLength(64)
  })
})

describe('keeping', () => {
  test('old delivered rows are pruned; their envelopes stay known, counted, and deletable', async () => {
    const [first] = enqueue(['a', 'b'])
    const platform = await deliver()
    const later = clock.now() + 1000
    expect(await desk.outbox.pruneDelivered(later)).toBe(0)
    for (const { sequence } of desk.outbox.page(WORKSPACE, {}, null, 10).rows) desk.outbox.stage.dropMoved([sequence])
    await clock.advance(2_000)
    expect(await desk.outbox.pruneDelivered(clock.now() - 3_000)).toBe(0)
    expect(await desk.outbox.pruneDelivered(later)).toBe(2)
    expect(desk.outbox.page(WORKSPACE, {}, null, 10)).toMatchObject({ rows: [], total: 0 })
    expect(desk.outbox.storedTotals(WORKSPACE)).toEqual([{ subKeyId: AGENT, count: 2, bytes: 128 }])
    expect(desk.outbox.known([first ?? ''])).toEqual(new Set([first]))
    expect(desk.outbox.latest(WORKSPACE, memoryRef('a'))).toMatchObject({ id: first, revision: 1 })
    reopen()
    // A sequence is never given twice.
    expect(desk.outbox.enqueueMemoryDelete(WORKSPACE, memoryRef('a'))).toEqual({ withdrawnCount: 0, deleteCount: 1 })
    expect(desk.outbox.page(WORKSPACE, {}, null, 1).rows[0]?.sequence).toBe(3)
    await deliver(platform)
    expect(platform.stored.get(first ?? '')?.deleted).toBe(true)
    expect(desk.outbox.storedTotals(WORKSPACE)).toEqual([{ subKeyId: AGENT, count: 1, bytes: 64 }])
  })

  test('envelopes that the platform gave back are delivered, take their revisions, and are not counted as ours', () => {
    const restored = {
      id: '01234567-89ab-7000-8000-000000000001',
      workspaceId: WORKSPACE,
      memoryRef: memoryRef('a'),
      revision: 7,
      subKeyId: null,
      createdAt: 1,
      sizeBytes: 10,
      sha256: 'ab'.repeat(32),
    }
    const sequences = desk.outbox.adoptDelivered([restored, { ...restored, id: '01234567-89ab-7000-8000-000000000002', revision: 5 }])
    expect(desk.outbox.adoptDelivered([restored])).toEqual(new Map([[restored.id, sequences.get(restored.id)]]))
    expect(desk.outbox.tally(WORKSPACE).delivered).toEqual({ count: 2, bytes: 20 })
    expect(desk.outbox.storedTotals(WORKSPACE)).toEqual([])
    expect(desk.outbox.latest(WORKSPACE, memoryRef('a'))).toMatchObject({ id: restored.id, revision: 7 })
    enqueue(['a'])
    expect(desk.outbox.latest(WORKSPACE, memoryRef('a'))?.revision).toBe(8)
  })

  test('an envelope without a row is queued again, once', () => {
    const lost = {
      id: '01234567-89ab-7000-8000-000000000001',
      workspaceId: WORKSPACE,
      memoryRef: memoryRef('a'),
      revision: 2,
      subKeyId: AGENT,
      createdAt: 1,
      sizeBytes: 10,
      sha256: 'ab'.repeat(32),
    }
    expect(desk.outbox.known([lost.id])).toEqual(new Set())
    expect(desk.outbox.requeue(lost)).toBe(1)
    expect(desk.outbox.requeue(lost)).toBeNull()
    expect(desk.outbox.page(WORKSPACE, {}, null, 10).rows).toMatchObject([{ id: lost.id, state: 'pending', revision: 2 }])
  })

  test('a removed workspace leaves nothing behind, and the other one everything', async () => {
    enqueue(['a', 'b', 'a'])
    enqueue(['a'], { workspaceId: OTHER_WORKSPACE })
    await desk.outbox.removeWorkspace(WORKSPACE)
    expect(desk.outbox.page(WORKSPACE, {}, null, 10).total).toBe(0)
    expect(desk.outbox.latest(WORKSPACE, memoryRef('a'))).toBeNull()
    expect(desk.outbox.page(OTHER_WORKSPACE, {}, null, 10).total).toBe(1)
    expect(desk.outbox.stage.waitingCount()).toBe(1)
    reopen()
    for (const table of ['item', 'stage', 'item_group'])
      expect([table, desk.database.prepare(`SELECT count(*) FROM ${table}`).pluck().get()]).toEqual([table, 1])
    expect(enqueue(['a'])).toHaveLength(1)
    expect(desk.outbox.latest(WORKSPACE, memoryRef('a'))?.revision).toBe(1)
  })
})

describe('pages', () => {
  test('newest first, by key, with any filter, and every row exactly once', () => {
    for (let round = 0; round < 10; round += 1) {
      enqueue(Array.from({ length: 30 }, (_, index) => `m${round}-${index}`))
      enqueue(
        Array.from({ length: 5 }, (_, index) => `own${round}-${index}`),
        { subKeyId: null },
      )
    }
    desk.outbox.enqueueSetting({ workspaceId: WORKSPACE, key: 'org_name', value: 'x', baseVersion: null })
    const read = (filter: QueueFilter): number[] => {
      const sequences: number[] = []
      let before: number | null = null
      do {
        const page = desk.outbox.page(WORKSPACE, filter, before, 40)
        sequences.push(...page.rows.map(({ sequence }) => sequence))
        before = page.next
      } while (before !== null)
      return sequences
    }
    expect(read({})).toEqual(Array.from({ length: 351 }, (_, index) => 351 - index))
    expect(read({ subKeyId: AGENT })).toHaveLength(300)
    expect(read({ kinds: ['setting'] })).toEqual([351])
    expect(read({ states: ['held'] })).toEqual([])
    expect(read({ heldBy: 'nobody' })).toEqual([])
    expect(read({ states: [] })).toEqual([])
    expect(desk.outbox.page(WORKSPACE, { subKeyId: AGENT }, null, 1).total).toBe(300)
    expect(desk.outbox.page(OTHER_WORKSPACE, {}, null, 10).total).toBe(0)
  })

  test('sizes come in order, those behind others too', () => {
    enqueue(['a'], { bytes: 10 })
    enqueue(['b'], { bytes: 20, subKeyId: null })
    enqueue(['a'], { bytes: 30 })
    expect([...desk.outbox.envelopeSizes(WORKSPACE, ['pending']).bytes]).toEqual([10, 20, 30])
  })
})

describe('outbox migration 0001', () => {
  test.each([
    [
      'a page and the drain',
      'SELECT sequence FROM item WHERE group_no = 1 AND sequence < 100 ORDER BY sequence DESC LIMIT 100',
      /^SEARCH item USING COVERING INDEX item_by_group \(group_no=\? AND rowid<\?\)$|item_by_group \(group_no=\? AND sequence<\?\)/,
    ],
    [
      'sizes',
      'SELECT sequence, size_bytes FROM item WHERE group_no = 1 AND sequence > 5 ORDER BY sequence LIMIT 100',
      /USING COVERING INDEX item_by_group \(group_no=\? AND sequence>\?\)/,
    ],
    [
      'rows of the drain',
      'SELECT * FROM item WHERE group_no = 1 AND sequence > 5 ORDER BY sequence LIMIT 100',
      /USING INDEX item_by_group \(group_no=\? AND sequence>\?\)/,
    ],
    [
      'what is due',
      'SELECT push_no FROM item WHERE group_no = 1 AND next_at <= 5 AND next_at IS NOT NULL ORDER BY next_at, sequence LIMIT 1',
      /USING INDEX item_by_next_at \(group_no=\? AND next_at[<>]\?/,
    ],
    ['an item by its id', "SELECT sequence FROM item WHERE id = x'00'", /USING COVERING INDEX item_by_id \(id=\?\)/],
    [
      'who waits',
      'SELECT sequence FROM item WHERE waits_for IS NOT NULL AND waits_for IN (SELECT value FROM json_each(?))',
      /USING COVERING INDEX item_by_waits_for \(waits_for=\?\)/,
    ],
    [
      'an undo',
      'SELECT sequence FROM item WHERE discard_no = 1 AND sequence > 0 ORDER BY sequence LIMIT 5',
      /USING COVERING INDEX item_by_discard \(discard_no=\? AND sequence>\?\)/,
    ],
    ['a lane', "SELECT revision FROM lane WHERE workspace = 1 AND entity = x'00'", /USING PRIMARY KEY \(workspace=\? AND entity=\?\)/],
    [
      'pushes of a period',
      'SELECT count(*) FROM push WHERE workspace = 1 AND at >= 0 AND at < 9',
      /USING COVERING INDEX push_by_time \(workspace=\? AND at>\? AND at<\?\)/,
    ],
    [
      'staged ciphertext by id',
      'SELECT item.id, stage.ciphertext FROM json_each(?) CROSS JOIN item ON item.id = unhex(json_each.value) CROSS JOIN stage ON stage.sequence = item.sequence',
      /item_by_id[\s\S]*stage USING INTEGER PRIMARY KEY/,
    ],
  ])('%s is found by an index, without sorting', (_, sql, expected) => {
    const parameters = sql.includes('?') ? ['[]'] : []
    const plan = desk.database
      .prepare<string[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
      .all(...parameters)
      .map(({ detail }) => detail)
      .join('\n')
    expect(plan).toMatch(expected)
    expect(plan).not.toContain('TEMP B-TREE')
  })

  test('starts from an empty database and gives the queue its place', () => {
    const first = openDatabase({ path: `${folder.path}/first.db`, migrations: migrations.outbox.slice(0, 1), synchronous: 'full' })
    // As the first program wrote it.
    first.exec(
      `INSERT INTO name (no, text) VALUES (1, '${WORKSPACE}');
       INSERT INTO item_group (no, workspace, kind, state, behind, held_by, sub_key, count, bytes) VALUES (1, 1, 0, 0, 0, NULL, NULL, 1, 64);
       INSERT INTO item (sequence, id, group_no, entity, revision, size_bytes, sha256, attempts, told, created_at, sent, withdrawn)
       VALUES (1, unhex('0198c0de000070008000000000000001'), 1, unhex('${memoryRef('a')}'), 1, 64, zeroblob(32), 0, 0, 5, 0, 0);`,
    )
    first.close()
    const all = openDatabase({ path: `${folder.path}/first.db`, migrations: migrations.outbox, synchronous: 'full' })
    const again = createOutbox({ database: all, clock })
    expect(again.tally(WORKSPACE).pending.count).toBe(1)
    expect(again.latest(WORKSPACE, memoryRef('a'))).toMatchObject({ revision: 1, createdAt: 5 })
    const [next] = again.enqueueEnvelopes([draft('a')])
    expect(next).toMatchObject({ ok: true, value: { revision: 2 } })
    expect(again.memory(WORKSPACE, memoryRef('a'))).toMatchObject({ read: { revision: 2 }, others: [] })
    again.close()
    all.close()
  })
})

describe('after a commit that failed', () => {
  test('its sequences are given again, and a fold does not pass over them', async () => {
    enqueue(['a'])
    desk.database.pragma(`max_page_count = ${Number(desk.database.pragma('page_count', { simple: true })) + 2}`)
    expect(() => desk.outbox.enqueueEnvelopes([draft('b'), ...Array.from({ length: 20 }, (_, index) => draft(`m${index}`, { bytes: 5000 }))])).toThrow(
      DiskFullError,
    )
    desk.database.pragma('max_page_count = 1000000')
    expect(desk.outbox.latest(WORKSPACE, memoryRef('b'))).toBeNull()
    await clock.advance(2_000)
    enqueue(['b'])
    // As after kill -9: nothing was folded in at the end.
    desk.database.close()
    desk = openDesk(folder.path, clock)
    expect(desk.outbox.latest(WORKSPACE, memoryRef('b'))?.revision).toBe(1)
    enqueue(['b'])
    expect(desk.outbox.latest(WORKSPACE, memoryRef('b'))?.revision).toBe(2)
  })

  test('a discard is not undone past a later write whose answer was lost', async () => {
    const platform = new FakePlatform()
    const [first, second] = enqueue(['a', 'a'])
    const { undoToken } = await desk.outbox.discard(WORKSPACE, { ids: [first ?? ''] })
    platform.fault = () => ({ lost: true })
    await deliver(platform)
    expect(state(second ?? '')).toBe('waiting')
    expect(await desk.outbox.undoDiscard(WORKSPACE, undoToken)).toBe(0)
  })
})
