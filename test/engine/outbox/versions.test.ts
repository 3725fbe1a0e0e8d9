import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { AGENT, type Desk, draft, memoryRef, openDesk, steppedClock, temporaryFolder, WORKSPACE } from './fixture.ts'

let folder: ReturnType<typeof temporaryFolder>
const ref = memoryRef('a')
const ELSEWHERE = '77777777-7777-4777-8777-777777777777'
let desk: Desk

beforeEach(() => {
  folder = temporaryFolder()
  desk = openDesk(folder.path, steppedClock())
})
afterEach(() => {
  desk.close()
  folder.remove()
})

let last = 0
function foreign(change: { createdAt: number; revision?: number; replaces?: string[] | null }) {
  last += 1
  const id = `0198c0de-0000-7000-8000-${String(last).padStart(12, '0')}`
  return {
    ...{ id, workspaceId: WORKSPACE, memoryRef: ref, revision: 1, subKeyId: AGENT, sizeBytes: 10, sha256: 'ab'.repeat(32) },
    ...{ deviceId: ELSEWHERE, storedAt: change.createdAt, replaces: [] as string[] | null, isUnopened: false },
    ...change,
  }
}

function write(createdAt: number, replaces: readonly string[] = []): string {
  const [made] = desk.outbox.enqueueEnvelopes([{ ...draft('a', { createdAt }), replaces }])
  if (!made?.ok) throw made?.error
  return made.value.id
}

const contents = () => desk.outbox.memory(WORKSPACE, ref)
const replacedBy = (id: string): readonly string[] | null | undefined => desk.outbox.item(WORKSPACE, id)?.item.replaces

describe('a write', () => {
  test('replaces what would be read, delivered or not, and little more', () => {
    const ids = [5000, 6000, 7000, 8000, 9000].map((createdAt) => write(createdAt))
    expect(ids.map(replacedBy)).toEqual([
      [],
      [ids[0]],
      [ids[1], ids[0]],
      [ids[2], ids[1], ids[0]],
      // Of what the one before it replaces: the nearest and the oldest, so that a discard of it hides nothing and a long queue stays short.
      [ids[3], ids[2], ids[0]],
    ])
    expect(contents()).toMatchObject({ read: { id: ids[4], revision: 5 }, others: [] })
  })

  test('that does not know of another leaves it beside its own, and settles it by name', () => {
    const own = write(5000)
    const other = foreign({ createdAt: 9000 })
    desk.outbox.adoptDelivered([other])
    expect(contents()).toMatchObject({ read: { id: other.id }, others: [{ id: own }] })
    const next = write(6000)
    // The writer's clock is behind: by the rule the other one is read, and both are there.
    expect(replacedBy(next)).toContain(other.id)
    expect(contents()).toMatchObject({ read: { id: next }, others: [{ id: own }] })
    const settles = write(100, [own])
    expect(contents()).toMatchObject({ read: { id: settles }, others: [] })
    expect(() => write(200, ['0198c0de-0000-7000-8000-0000000000ff'])).toThrow(/no version of this memory/)
  })

  test('after a delete names what was deleted, so that no clock brings it back', () => {
    const first = foreign({ createdAt: 5000 })
    desk.outbox.adoptDelivered([first])
    desk.outbox.enqueueMemoryDelete(WORKSPACE, ref)
    expect(contents()).toEqual({ read: null, others: [] })
    const next = write(1000)
    expect(replacedBy(next)).toContain(first.id)
    expect(contents()?.read?.id).toBe(next)
  })
})

describe('a version that was deleted elsewhere', () => {
  test('counts as the later one: nothing older is read, and what came later is', () => {
    const own = write(5000)
    const deleted = foreign({ createdAt: 9000, revision: 4 })
    desk.outbox.adoptDeleted([deleted])
    expect(contents()).toMatchObject({ read: null, others: [{ id: own }] })
    // An older one that comes now is not read either.
    desk.outbox.adoptDelivered([foreign({ createdAt: 6000 })])
    expect(contents()?.read).toBeNull()
    const later = foreign({ createdAt: 10_000 })
    desk.outbox.adoptDelivered([later])
    expect(contents()?.read?.id).toBe(later.id)
    const next = write(20_000)
    expect(replacedBy(next)).toEqual(expect.arrayContaining([later.id, deleted.id]))
    // Numbers go on from the highest that is known.
    expect(contents()?.read).toMatchObject({ id: next, revision: 5 })
  })

  test('takes what is still queued here under its id out of the queue', () => {
    const own = write(5000)
    desk.outbox.adoptDeleted([{ ...foreign({ createdAt: 5000 }), id: own }])
    expect(desk.outbox.item(WORKSPACE, own)?.item.state).toBe('discarded')
    expect(contents()?.read).toBeNull()
  })

  test('stays one where only its id was known, and the version that named it went too', async () => {
    const [first, second] = [foreign({ createdAt: 5000 }), foreign({ createdAt: 6000, revision: 2 })]
    desk.outbox.adoptDelivered([{ ...second, replaces: [first.id] }])
    desk.outbox.enqueueMemoryDelete(WORKSPACE, ref)
    const targets = () => desk.outbox.page(WORKSPACE, { kinds: ['delete'] }, null, 10).rows.map(({ payload }) => JSON.parse(payload ?? '').envelopeId)
    expect(targets().sort()).toEqual([first.id, second.id])
    // A restore that began before the delete has left, or of a platform that was put back.
    desk.outbox.adoptDelivered([first])
    expect(contents()).toEqual({ read: null, others: [] })
    expect(desk.outbox.version(WORKSPACE, ref, first.id)).toBeNull()
    desk.outbox.enqueueMemoryDelete(WORKSPACE, ref)
    expect(targets()).toHaveLength(2)
    const next = write(1000)
    expect(replacedBy(next)).toEqual(expect.arrayContaining([first.id, second.id]))
    desk.outbox.adoptDeleted([first, second])
    expect(contents()).toMatchObject({ read: { id: next }, others: [] })
  })

  test('of which only the id was known is forgotten again when its delete is discarded', async () => {
    const [first, second] = [foreign({ createdAt: 5000 }), foreign({ createdAt: 6000, revision: 2 })]
    desk.outbox.adoptDelivered([{ ...second, replaces: [first.id] }])
    desk.outbox.enqueueMemoryDelete(WORKSPACE, ref)
    await desk.outbox.discard(WORKSPACE, { filter: { kinds: ['delete'] } })
    expect(desk.outbox.known([first.id])).toEqual(new Set())
    desk.outbox.adoptDelivered([first])
    expect(desk.outbox.version(WORKSPACE, ref, first.id)?.id).toBe(first.id)
  })

  test('is deleted there if it was deleted here before it had left, and another folder has brought it there', () => {
    const own = write(5000)
    desk.outbox.enqueueMemoryDelete(WORKSPACE, ref)
    const next = write(6000)
    desk.outbox.adoptDelivered([{ ...foreign({ createdAt: 5000 }), id: own }])
    desk.outbox.adoptDelivered([{ ...foreign({ createdAt: 5000 }), id: own }])
    const deletes = desk.outbox.page(WORKSPACE, { kinds: ['delete'] }, null, 10).rows
    expect(deletes.map(({ payload }) => JSON.parse(payload ?? ''))).toEqual([{ envelopeId: own }])
    expect(contents()).toMatchObject({ read: { id: next }, others: [] })
  })
})

describe('format 1', () => {
  test('follows the numbers of each device, and is older than format 2', () => {
    const old = [foreign({ createdAt: 9000, replaces: null }), foreign({ createdAt: 9500, revision: 2, replaces: null })]
    desk.outbox.adoptDelivered(old)
    expect(contents()).toMatchObject({ read: { id: old[1]?.id }, others: [] })
    const fresh = foreign({ createdAt: 1 })
    desk.outbox.adoptDelivered([fresh])
    expect(contents()).toMatchObject({ read: { id: fresh.id }, others: [{ id: old[1]?.id }] })
  })
})

test('what could not be opened counts as a head until there is a key', () => {
  const first = foreign({ createdAt: 5000 })
  const second = { ...foreign({ createdAt: 6000 }), isUnopened: true }
  desk.outbox.adoptDelivered([first, second])
  expect(contents()?.others).toHaveLength(1)
  const [unopened] = desk.outbox.unopened(0, 10)
  expect(unopened).toMatchObject({ id: second.id, memoryRef: ref })
  desk.outbox.noteOpened([{ id: second.id, sequence: unopened?.sequence ?? 0, replaces: [first.id] }])
  expect(contents()).toMatchObject({ read: { id: second.id }, others: [] })
  expect(desk.outbox.unopened(0, 10)).toEqual([])
})
