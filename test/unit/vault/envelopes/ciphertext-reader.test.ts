import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { WantedCiphertext } from '../../../../main/engine/outbox/item.ts'
import { createCiphertextReader } from '../../../../main/engine/vault/envelopes/ciphertext-reader.ts'
import { fakeStore, stored } from '../fake-store.ts'

function world(count: number, sizeBytes = 4) {
  const log: string[] = []
  const fake = fakeStore(log)
  for (let sequence = 1; sequence <= count; sequence += 1) fake.rows.set(stored(sequence).id, stored(sequence, sizeBytes))
  const staged = new Map<string, Uint8Array>()
  const reader = createCiphertextReader(
    { read: (ids) => new Map(ids.flatMap((id) => (staged.has(id) ? [[id, staged.get(id) ?? Buffer.alloc(0)] as const] : []))) },
    fake.store,
  )
  const items = (first: number, last: number, step = 1) => {
    const list: WantedCiphertext[] = []
    for (let sequence = first; sequence <= last; sequence += step) list.push({ id: stored(sequence).id, sequence, sizeBytes, sha256: null })
    return list
  }
  const text = (found: Map<string, Uint8Array>) => [...found].map(([id, bytes]) => [Number(id.slice(-12)), Number(Buffer.from(bytes).toString())])
  return { ...fake, log, reader, items, text, staged }
}

describe('the reader of ciphertext', () => {
  it('gives every envelope its own bytes, batch after batch, with far fewer queries than batches', async () => {
    const { reader, items, text, log } = world(10_000)
    for (let first = 1; first <= 10_000; first += 500) {
      const found = text(await reader.read(items(first, first + 499)))
      expect(found).toHaveLength(500)
      for (const [sequence, bytes] of found) expect(bytes).toBe(sequence)
    }
    expect(log.length).toBeLessThanOrEqual(6)
  })

  it('takes what outbox.db still has from there', async () => {
    const { reader, items, staged, log } = world(0)
    staged.set(stored(5).id, Buffer.from('0005'))
    const found = await reader.read(items(5, 6))
    expect([...found.keys()]).toEqual([stored(5).id])
    expect(log).not.toContain('upsert')
  })

  it('gives what is held for it until it lies in the store, and suspects nothing meanwhile', async () => {
    const { reader, items, store } = world(0)
    const letGo = reader.hold([{ id: stored(5).id, ciphertext: Buffer.from('0005') }])
    expect([...(await reader.read(items(5, 5))).values()].map(String)).toEqual(['0005'])
    expect(store.suspicion()).toBeNull()
    letGo()
    expect(await reader.read(items(5, 5))).toEqual(new Map())
  })

  it('asks for single rows where the wanted ones are far apart', async () => {
    const { reader, items, log } = world(2000)
    expect(await reader.read(items(1, 2000, 10))).toHaveLength(200)
    expect(log).toEqual(['at 200'])
    expect(await reader.read(items(7, 7))).toHaveLength(1)
    expect(log).toEqual(['at 200', 'at 1'])
  })

  it('never reads more than two mebibytes ahead, but always one envelope', async () => {
    const { reader, items, log } = world(20, 1024 * 1024)
    expect(await reader.read(items(1, 4))).toHaveLength(4)
    expect(log.filter((line) => line.startsWith('range'))).toEqual(expect.arrayContaining(['range 1-2', 'range 3-4']))
    const large = world(3, 8 * 1024 * 1024)
    expect(await large.reader.read(large.items(1, 3))).toHaveLength(3)
    expect(large.log.slice(0, 2)).toEqual(['range 1-1', 'range 2-2'])
  })

  it('finds a row that the mover carried over after the range was read, and one under another sequence', async () => {
    const { reader, items, rows } = world(10)
    rows.delete(stored(4).id)
    expect(await reader.read(items(1, 10))).toHaveLength(9)
    rows.set(stored(4).id, stored(4))
    rows.set(stored(11).id, { ...stored(11), sequence: 900 })
    const found = await reader.read(items(1, 11))
    expect(found).toHaveLength(11)
  })

  it('leaves out what lies nowhere', async () => {
    const { reader, items } = world(3)
    expect([...(await reader.read(items(2, 5))).keys()]).toEqual([stored(2).id, stored(3).id])
  })

  it('finds nothing while the store fails, says that it may come back, and reads again the next time', async () => {
    const { reader, items, fail } = world(100)
    fail.read = true
    expect(await reader.read(items(1, 50))).toHaveLength(0)
    expect(reader.mayComeBack?.()).toBe(true)
    fail.read = false
    expect(await reader.read(items(1, 50))).toHaveLength(50)
  })

  it('gives no bytes but those that were written: from the journal where a file answers with others, or with none, or fails', async () => {
    const { rows, store, staged, fail, items } = world(6)
    const sha256 = (sequence: number) => createHash('sha256').update(stored(sequence).ciphertext).digest('hex')
    const asked: number[] = []
    const journal = {
      async readCiphertext(wanted: readonly { id: string; sequence: number }[]) {
        asked.push(...wanted.map(({ sequence }) => sequence))
        return new Map(wanted.filter(({ sequence }) => sequence !== 5).map(({ id, sequence }) => [id, stored(sequence).ciphertext]))
      },
    }
    const reader = createCiphertextReader({ read: (ids) => new Map([...staged].filter(([id]) => ids.includes(id))) }, store, journal)
    const wanted = items(1, 6).map((item) => ({ ...item, sha256: sha256(item.sequence) }))
    staged.set(stored(1).id, Buffer.alloc(4))
    rows.set(stored(1).id, { ...stored(1), ciphertext: Buffer.alloc(4) })
    rows.set(stored(3).id, { ...stored(3), ciphertext: Buffer.alloc(4) })
    rows.set(stored(5).id, { ...stored(5), ciphertext: Buffer.alloc(4) })
    rows.delete(stored(6).id)
    const found = await reader.read(wanted)
    expect(asked).toEqual([1, 3, 5, 6])
    expect([...found.keys()].sort()).toEqual([1, 2, 3, 4, 6].map((sequence) => stored(sequence).id))
    for (const [id, bytes] of found) expect(Buffer.from(bytes).equals(stored(Number(id.slice(-12))).ciphertext)).toBe(true)

    fail.read = true
    const second = createCiphertextReader({ read: () => new Map() }, store, journal)
    expect((await second.read(wanted.slice(0, 4))).size).toBe(4)
    // The fifth is in no file that can be read: it is left out, and not taken for lost.
    expect([...(await second.read(wanted.slice(3, 5))).keys()]).toEqual([stored(4).id])
    expect(second.mayComeBack?.()).toBe(true)
  })
})
