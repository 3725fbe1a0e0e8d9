import { createHash, randomBytes } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { AGENT, type Desk, draft, memoryRef, openDesk, OTHER_WORKSPACE, steppedClock, temporaryFolder, WORKSPACE } from '../fixture.ts'

let folder: ReturnType<typeof temporaryFolder>
let desk: Desk

beforeEach(() => {
  folder = temporaryFolder()
  desk = openDesk(folder.path, steppedClock())
})
afterEach(() => {
  desk.close()
  folder.remove()
})

type Row = {
  sequence: number
  id: Buffer
  entity: Buffer
  revision: number
  size_bytes: number
  sha256: Buffer
  created_at: number
  ciphertext: Buffer
  previous: number | null
  waits_for: number | null
}

function rows(): Row[] {
  return desk.database
    .prepare<[], Row>(
      'SELECT item.sequence, id, entity, revision, size_bytes, sha256, created_at, ciphertext, previous, waits_for FROM item JOIN stage USING (sequence) ORDER BY item.sequence',
    )
    .all()
}

describe('many envelopes in one statement', () => {
  test('each row says what its draft said, whatever the number and the sizes', () => {
    for (const [count, maxBytes] of [
      [1, 700],
      [2, 1],
      [257, 700],
      [500, 4000],
    ] as const) {
      const before = rows().length
      const given = Array.from({ length: count }, (_, index) => ({ bytes: randomBytes(1 + ((index * 37) % maxBytes)), createdAt: 1_700_000_000_000 + index }))
      const outcomes = desk.outbox.enqueueEnvelopes(
        given.map(({ bytes, createdAt }, index) => ({ ...draft(`${count}-${index}`, { createdAt }), seal: () => bytes })),
      )
      const written = rows().slice(before)
      expect(written).toHaveLength(count)
      written.forEach((row, index) => {
        const { bytes, createdAt } = given[index] ?? { bytes: Buffer.alloc(0), createdAt: 0 }
        const outcome = outcomes[index]
        expect(row.ciphertext.equals(bytes)).toBe(true)
        expect(row.sha256.equals(createHash('sha256').update(bytes).digest())).toBe(true)
        expect(row.entity.toString('hex')).toBe(memoryRef(`${count}-${index}`))
        expect([row.revision, row.size_bytes, row.created_at, row.previous, row.waits_for]).toEqual([1, bytes.length, createdAt, null, null])
        expect(outcome).toEqual({ ok: true, value: { id: uuid(row.id), revision: 1, sequence: row.sequence, sizeBytes: bytes.length } })
      })
    }
    expect(desk.outbox.tally(WORKSPACE).pending.count).toBe(760)
    expect(desk.outbox.stage.waitingCount()).toBe(760)
  })

  test('more ciphertext than is copied at once comes through as well', () => {
    const given = Array.from({ length: 5 }, () => randomBytes(700_000))
    desk.outbox.enqueueEnvelopes(given.map((bytes, index) => ({ ...draft(`m${index}`), seal: () => bytes })))
    expect(rows().map(({ ciphertext }) => ciphertext.equals(given.shift() ?? Buffer.alloc(0)))).toEqual(Array.from({ length: 5 }, () => true))
  })

  test('the same memory several times in one commit keeps its order, and waits for itself alone', () => {
    desk.outbox.enqueueEnvelopes([draft('a')])
    const outcomes = desk.outbox.enqueueEnvelopes(['b', 'a', 'c', 'a', 'b', 'a'].map((name) => draft(name)))
    expect(outcomes.map((outcome) => outcome.ok && [outcome.value.sequence, outcome.value.revision])).toEqual([
      [2, 1],
      [3, 2],
      [4, 1],
      [5, 3],
      [6, 2],
      [7, 4],
    ])
    expect(rows().map(({ previous, waits_for }) => [previous, waits_for])).toEqual([
      [null, null],
      [null, null],
      [1, 1],
      [null, null],
      [3, 3],
      [2, 2],
      [5, 5],
    ])
    expect(desk.outbox.latest(WORKSPACE, memoryRef('a'))).toMatchObject({ revision: 4, sequence: 7 })
  })

  test('drafts of several workspaces and agents share a commit, and the same memory id is another memory elsewhere', () => {
    const drafts = Array.from({ length: 40 }, (_, index) =>
      draft(`m${index % 10}`, { workspaceId: index % 2 === 0 ? WORKSPACE : OTHER_WORKSPACE, subKeyId: index % 3 === 0 ? null : AGENT }),
    )
    const revisions = desk.outbox.enqueueEnvelopes(drafts).map((outcome) => outcome.ok && outcome.value.revision)
    // Even numbers are in the one workspace, odd ones in the other: each of the ten names comes there every tenth time.
    expect(revisions).toEqual(Array.from({ length: 40 }, (_, index) => Math.floor(index / 10) + 1))
    for (const workspaceId of [WORKSPACE, OTHER_WORKSPACE]) {
      expect(desk.outbox.tally(workspaceId).pending.count).toBe(20)
      expect(desk.outbox.agents(workspaceId).reduce((sum, { open }) => sum + open.count, 0)).toBe(20)
    }
  })

  test('drafts that fail leave no gap, and a reference that is none fails alone', () => {
    const failing = {
      ...draft('x'),
      seal: () => {
        throw new Error('no key')
      },
    }
    const outcomes = desk.outbox.enqueueEnvelopes([
      draft('a'),
      failing,
      { ...draft('b'), memoryRef: 'zz' },
      { ...draft('c'), memoryRef: `${'a'.repeat(63)}"` },
      draft('d'),
    ])
    expect(outcomes.map(({ ok }) => ok)).toEqual([true, false, false, false, true])
    expect(rows().map(({ sequence }) => sequence)).toEqual([1, 2])
  })

  test('the memories of a large table are found', () => {
    desk.outbox.enqueueEnvelopes(Array.from({ length: 300 }, (_, index) => draft(`m${index}`)))
    desk.close()
    // Opened again, every lane is in its table and none in memory.
    desk = openDesk(folder.path, steppedClock())
    const outcomes = desk.outbox.enqueueEnvelopes(Array.from({ length: 400 }, (_, index) => draft(`m${index}`)))
    expect(outcomes.map((outcome) => outcome.ok && outcome.value.revision)).toEqual(Array.from({ length: 400 }, (_, index) => (index < 300 ? 2 : 1)))
  })
})

function uuid(id: Buffer): string {
  return id.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
