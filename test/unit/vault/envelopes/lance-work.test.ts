import { describe, expect, it } from 'vitest'
import { compactionDue } from '../../../../main/engine/vault/envelopes/compaction-policy.ts'
import { orderedForSync } from '../../../../main/engine/vault/envelopes/lance-files.ts'
import { createReadWriteLock } from '../../../../main/engine/vault/envelopes/read-write-lock.ts'
import { SUPERSEDED_KEPT_MS, applyRetention } from '../../../../main/engine/vault/upkeep/retention.ts'
import { sweepEnvelopes } from '../../../../main/engine/vault/upkeep/sweep.ts'
import type { StoredEnvelope } from '../../../../main/engine/outbox/item.ts'

describe('when the table is compacted', () => {
  const shape = { fragments: 10, versions: 10, rows: 100_000, addedRows: 50_000, removedRows: 0 }
  it.each([
    ['few fragments', {}, true, false],
    ['64 fragments, much of it new', { fragments: 64 }, true, true],
    ['64 fragments, but under load', { fragments: 64 }, false, false],
    ['64 fragments, but hardly anything new', { fragments: 64, addedRows: 19_999 }, true, false],
    ['64 fragments, a fifth new', { fragments: 64, addedRows: 20_000 }, true, true],
    ['512 fragments, under load and hardly anything new', { fragments: 512, addedRows: 1 }, false, true],
    ['many versions', { versions: 96 }, true, true],
    ['a tenth removed', { removedRows: 10_000 }, true, true],
    ['less than a tenth removed', { removedRows: 9_999 }, true, false],
    ['everything removed', { rows: 0, removedRows: 3, addedRows: 0 }, true, true],
    ['empty', { rows: 0, fragments: 0, versions: 1, addedRows: 0 }, true, false],
  ] as const)('%s', (_, change, atRest, due) => {
    expect(compactionDue({ ...shape, ...change }, atRest)).toBe(due)
  })
})

describe('the order of syncing', () => {
  it('is what is referred to before what refers to it', () => {
    const files = ['_versions/9.manifest', '_transactions/1.txn', 'data/b.lance', '_indices/i/page.lance', 'data/a.lance', '_deletions/d.arrow']
    expect(orderedForSync(files)).toEqual([
      '_deletions/d.arrow',
      '_indices/i/page.lance',
      'data/a.lance',
      'data/b.lance',
      '_transactions/1.txn',
      '_versions/9.manifest',
    ])
  })
})

describe('the lock', () => {
  it('keeps readers out of a clean-up, waits for those that are in, and orders writers', async () => {
    const lock = createReadWriteLock()
    const log: string[] = []
    let finishReader: () => void = () => undefined
    const reader = lock.read(() =>
      new Promise<void>((resolve) => {
        finishReader = resolve
      }).then(() => void log.push('first reader')),
    )
    const writer = lock.write(async () => {
      log.push('write')
      await lock.alone(async () => void log.push('alone'))
    })
    const second = lock.write(async () => void log.push('second write'))
    await new Promise((resolve) => setImmediate(resolve))
    const late = lock.read(async () => void log.push('late reader'))
    await new Promise((resolve) => setImmediate(resolve))
    expect(log).toEqual(['write'])
    finishReader()
    await Promise.all([reader, writer, second, late])
    expect(log.slice(0, 3)).toEqual(['write', 'first reader', 'alone'])
    expect(new Set(log.slice(3))).toEqual(new Set(['late reader', 'second write']))
  })

  it('goes on after a writer that failed', async () => {
    const lock = createReadWriteLock()
    await expect(lock.write(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
    await expect(lock.write(async () => 1)).resolves.toBe(1)
  })
})

const envelope = (sequence: number): StoredEnvelope => ({
  id: `00000000-0000-4000-8000-${String(sequence).padStart(12, '0')}`,
  workspaceId: 'w',
  sequence,
  memoryRef: 'ab'.repeat(32),
  revision: 1,
  subKeyId: null,
  createdAt: 1,
  sizeBytes: 1,
  sha256: 'cd'.repeat(32),
  ciphertext: Buffer.from([1]),
})

describe('the start-up sweep', () => {
  const rows = Array.from({ length: 9000 }, (_, index) => envelope(index + 1))
  function world(lost: readonly number[], mark: number | null) {
    const seen: number[][] = []
    const records = { value: mark }
    const requeued: number[] = []
    const missing = new Set(lost.map((sequence) => envelope(sequence).id))
    return {
      seen,
      records,
      requeued,
      options: {
        store: {
          exists: () => true,
          highestSequence: async () => 9000,
          idsBetween: async (first: number, last: number) => {
            seen.push([first, last])
            return rows.slice(first - 1, last)
          },
          readMany: async (ids: readonly string[]) => new Map(rows.filter((row) => ids.includes(row.id)).map((row) => [row.id, row])),
        },
        records: { readInteger: () => records.value, writeInteger: (_: string, value: number) => Object.assign(records, { value }) },
        known: (ids: readonly string[]) => new Set(ids.filter((id) => !missing.has(id))),
        requeue: (list: readonly StoredEnvelope[]) => void requeued.push(...list.map((row) => row.sequence)),
        hasWorkspace: () => true,
        isStopped: () => false,
      },
    }
  }

  it('queues again, in order, what outbox.db knows nothing of', async () => {
    const { options, requeued, records } = world([8001, 17, 4000], null)
    expect(await sweepEnvelopes(options, false)).toEqual({ count: 3, homeless: 0 })
    expect(requeued).toEqual([17, 4000, 8001])
    expect(records.value).toBe(9000)
  })

  it('looks only at what came after its mark, and at everything after a salvage', async () => {
    const later = world([17, 8999], 8990)
    expect(await sweepEnvelopes(later.options, false)).toEqual({ count: 1, homeless: 0 })
    expect(later.seen).toEqual([[8991, 9000]])
    const full = world([17, 8999], 8990)
    expect(await sweepEnvelopes(full.options, true)).toEqual({ count: 2, homeless: 0 })
  })

  it('goes on where it was stopped', async () => {
    const { options, seen, records } = world([], null)
    await sweepEnvelopes({ ...options, isStopped: () => seen.length > 0 }, false)
    expect(records.value).toBe(4000)
    await sweepEnvelopes(options, false)
    expect(seen).toEqual([
      [1, 4000],
      [4001, 8000],
      [8001, 9000],
    ])
  })

  it('begins its mark anew after a salvage: what it leaves where it is, later starts meet too', async () => {
    const { options, requeued, records } = world([17], 9000)
    expect(await sweepEnvelopes({ ...options, hasWorkspace: () => false }, true)).toEqual({ count: 0, homeless: 1 })
    expect(records.value).toBe(0)
    expect(await sweepEnvelopes(options, false)).toEqual({ count: 1, homeless: 0 })
    expect(requeued).toEqual([17])
  })

  it('leaves where it is what belongs to no account of this computer, and looks for it again', async () => {
    const { options, requeued, records } = world([17, 8999], null)
    expect(await sweepEnvelopes({ ...options, hasWorkspace: () => false }, false)).toEqual({ count: 0, homeless: 2 })
    expect([requeued, records.value]).toEqual([[], null])
    expect(await sweepEnvelopes(options, false)).toEqual({ count: 2, homeless: 0 })
    expect(requeued).toEqual([17, 8999])
  })

  it('does not load LanceDB where there is no table', async () => {
    const { options, seen } = world([], null)
    expect(await sweepEnvelopes({ ...options, store: { ...options.store, exists: () => false } }, true)).toEqual({ count: 0, homeless: 0 })
    expect(seen).toEqual([])
  })
})

describe('retention', () => {
  it('removes superseded envelopes of more than 30 days, and reports them after the removal', async () => {
    const old = ['a', 'b']
    const log: string[] = []
    const asked: number[] = []
    const removed = await applyRetention(
      {
        store: { exists: () => true, remove: async (ids) => void log.push(`remove ${ids.join()}`) },
        supersededBefore: (time) => {
          asked.push(time)
          return old.length === 0 ? null : [...old]
        },
        removed: (ids) => {
          log.push(`removed ${ids.join()}`)
          old.length = 0
        },
      },
      SUPERSEDED_KEPT_MS + 1000,
      () => false,
    )
    expect(removed).toBe(2)
    expect(asked[0]).toBe(1000)
    expect(log).toEqual(['remove a,b', 'removed a,b'])
  })

  it('reports nothing when the removal failed', async () => {
    const store = { exists: () => true, remove: () => Promise.reject(new Error('disk')) }
    await expect(applyRetention({ store, supersededBefore: () => ['a'], removed: () => expect.unreachable() }, 0, () => false)).rejects.toThrow('disk')
  })
})
