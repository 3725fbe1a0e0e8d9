import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createCiphertextReader } from '../../../../main/engine/vault/envelopes/ciphertext-reader.ts'
import { type EnvelopeStore, createEnvelopeStore } from '../../../../main/engine/vault/envelopes/envelope-store.ts'
import { envelopeAt } from '../child-stage.ts'

const range = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, index) => envelopeAt(first + index))
let dataDir = ''
let open: EnvelopeStore[] = []
let warnings: string[] = []

function store(): EnvelopeStore {
  const made = createEnvelopeStore({ dataDir, clock: Date, warn: (text) => warnings.push(text) })
  open.push(made)
  return made
}
async function written(...batches: [number, number][]): Promise<EnvelopeStore> {
  const made = store()
  for (const [first, last] of batches) {
    await made.upsert(range(first, last))
    await made.sync()
  }
  return made
}
const dataFiles = (folder = 'data') => readdirSync(join(dataDir, 'envelopes.lance', folder)).sort()

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'tidemark-lance-'))
  open = []
  warnings = []
})
afterEach(async () => {
  for (const made of open) await made.close()
  rmSync(dataDir, { recursive: true, force: true })
})

describe('the store of envelopes', () => {
  it('makes nothing before the first write', async () => {
    const made = store()
    expect(made.exists()).toBe(false)
    expect([await made.count(), await made.bytes(), await made.diskBytes(), await made.highestSequence(), await made.compactionDue(true)]).toEqual([
      0,
      0,
      0,
      0,
      false,
    ])
    expect(await made.readOne(envelopeAt(1).id)).toBeNull()
    await made.remove([envelopeAt(1).id])
    expect(readdirSync(dataDir)).toEqual([])
  })

  it('gives back what it was given, column by column, also after it was closed and opened', async () => {
    const made = await written([1, 300])
    await made.close()
    const again = store()
    const found = await again.readMany([envelopeAt(3).id, envelopeAt(200).id, envelopeAt(999).id])
    expect(
      [...found.values()].map((row) => ({ ...row, ciphertext: Buffer.from(row.ciphertext) })).sort((left, right) => left.sequence - right.sequence),
    ).toEqual([envelopeAt(3), envelopeAt(200)])
    expect(await again.count()).toBe(300)
    expect(await again.bytes()).toBe(range(1, 300).reduce((sum, row) => sum + row.sizeBytes, 0))
    expect((await again.idsBetween(10, 12)).map((row) => row.id)).toEqual([10, 11, 12].map((at) => envelopeAt(at).id))
    expect((await again.ciphertextAt([7, 250])).map((row) => row.sequence)).toEqual([7, 250])
    expect(warnings).toEqual([])
  })

  it('writes a repeated batch once, whole or in part, before and after a restart', async () => {
    const made = await written([1, 100], [1, 100], [50, 150])
    expect(await made.count()).toBe(150)
    await made.close()
    const again = await written([100, 160], [1, 10])
    expect(await again.count()).toBe(160)
  })

  it('keeps a new envelope whose sequence was given before (outbox.db was restored from an older copy)', async () => {
    const made = await written([1, 50])
    await made.upsert([{ ...envelopeAt(900), sequence: 10 }])
    expect(await made.count()).toBe(51)
    expect((await made.idsBetween(10, 10)).map((row) => row.id).sort()).toEqual([envelopeAt(10).id, envelopeAt(900).id].sort())
  })

  it('removes, and takes the bytes off the disk with the next compaction', async () => {
    const made = await written([1, 1000])
    await made.compact()
    const before = await made.diskBytes()
    await made.remove(range(1, 800).map((row) => row.id))
    expect(await made.count()).toBe(200)
    expect(await made.compactionDue(true)).toBe(true)
    await made.compact()
    expect(await made.diskBytes()).toBeLessThan(before / 2)
    expect(await made.readOne(envelopeAt(1).id)).toBeNull()
    expect((await made.readOne(envelopeAt(801).id))?.sequence).toBe(801)
  })

  it('takes at most 1.3 times the ciphertext after a compaction, in one fragment', async () => {
    const made = store()
    for (let first = 1; first <= 20_000; first += 1000) await made.upsert(Array.from({ length: 1000 }, (_, index) => envelopeAt(first + index, 512)))
    await made.compact()
    expect(dataFiles()).toHaveLength(1)
    expect((await made.diskBytes()) / (await made.bytes())).toBeLessThan(1.3)
    expect(await made.compactionDue(true)).toBe(false)
  })

  it('answers readers while it writes and compacts', async () => {
    const made = await written([1, 2000])
    let stop = false
    let reads = 0
    const readers = [1, 2].map(async () => {
      while (!stop) {
        expect(await made.ciphertextBetween(1, 2000)).toHaveLength(2000)
        reads += 1
      }
    })
    for (let round = 0; round < 5; round += 1) {
      await made.upsert(range(2001 + round * 100, 2100 + round * 100))
      await made.compact()
    }
    stop = true
    await Promise.all(readers)
    expect(reads).toBeGreaterThan(2)
  })

  it('lets nothing but UUIDs and integers into a condition', async () => {
    const made = await written([1, 5])
    await expect(made.readMany(["x') OR ('1' = '1"])).rejects.toThrow(RangeError)
    await expect(made.remove(["' OR true --".padEnd(36, ' ')])).rejects.toThrow(RangeError)
    await expect(made.idsBetween(1, Number.NaN)).rejects.toThrow(RangeError)
    expect(await made.count()).toBe(5)
  })
})

describe('the reader over a real table', () => {
  it('reads 10,000 envelopes of a fragmented table in order, with less than a second of processor time', async () => {
    const made = store()
    for (let first = 1; first <= 10_000; first += 250) await made.upsert(Array.from({ length: 250 }, (_, index) => envelopeAt(first + index, 512)))
    const reader = createCiphertextReader({ read: () => new Map() }, made)
    // Processor time, of all threads: what else this machine does while the tests run is not the reader's doing.
    const before = process.cpuUsage()
    for (let first = 1; first <= 10_000; first += 500) {
      const items = Array.from({ length: 500 }, (_, index) => envelopeAt(first + index, 512))
      const found = await reader.read(items)
      for (const item of items) expect(Buffer.from(found.get(item.id) ?? []).equals(item.ciphertext), item.id).toBe(true)
    }
    const { user, system } = process.cpuUsage(before)
    expect((user + system) / 1e6).toBeLessThan(1)
  })
})

describe('a damaged table', () => {
  it('loses only the newest batch, which was never synced, when its data file is torn', async () => {
    const made = await written([1, 200], [201, 300])
    const before = new Set(dataFiles())
    await made.upsert(range(301, 320))
    await made.close()
    const torn = dataFiles().find((name) => !before.has(name)) ?? ''
    await truncate(join(dataDir, 'envelopes.lance/data', torn), 100)
    const again = store()
    expect(await again.count()).toBe(300)
    expect(warnings).toHaveLength(1)
    await again.upsert(range(301, 320))
    await again.sync()
    expect(await again.count()).toBe(320)
    await again.compact()
    expect(Buffer.from((await again.readOne(envelopeAt(310).id))?.ciphertext ?? []).equals(envelopeAt(310).ciphertext)).toBe(true)
  })

  it('takes the version before when the newest manifest is torn', async () => {
    const made = await written([1, 200])
    await made.upsert(range(201, 220))
    await made.close()
    const manifest = dataFiles('_versions').find((name) => name.endsWith('.manifest')) ?? ''
    await truncate(join(dataDir, 'envelopes.lance/_versions', manifest), 10)
    const again = store()
    expect(await again.count()).toBeGreaterThanOrEqual(200)
    await again.upsert(range(201, 220))
    expect(await again.count()).toBe(220)
    expect(await again.readMany([envelopeAt(219).id])).toHaveLength(1)
  })

  it('rebuilds a torn index', async () => {
    const made = await written([1, 500])
    await made.compact()
    await made.close()
    for (const folder of dataFiles('_indices')) {
      for (const file of dataFiles(`_indices/${folder}`)) await truncate(join(dataDir, 'envelopes.lance/_indices', folder, file), 5)
    }
    const again = store()
    expect(await again.count()).toBe(500)
    expect((await again.readOne(envelopeAt(44).id))?.sequence).toBe(44)
    expect(await again.ciphertextBetween(1, 500)).toHaveLength(500)
    expect(warnings).toHaveLength(1)
  })

  it.each([
    ['a recent', 15],
    ['an old', 2],
  ])('keeps everything but the rows of %s file when that is damaged, also what came after it', async (_, batch) => {
    const made = store()
    const names: string[] = []
    for (let first = 1; first <= 2000; first += 100) {
      await made.upsert(range(first, first + 99))
      names.push(dataFiles().find((name) => !names.includes(name)) ?? '')
    }
    await made.sync()
    await made.close()
    await writeFile(join(dataDir, 'envelopes.lance/data', names[batch] ?? ''), Buffer.alloc(50_000))
    const again = store()
    expect(await again.count()).toBe(1900)
    expect(await again.idsBetween(batch * 100 + 1, batch * 100 + 100)).toEqual([])
    expect(warnings).toEqual([expect.stringContaining('1900 of 2000')])
    await again.upsert(range(1, 2000))
    expect(await again.count()).toBe(2000)
    await again.compact()
    expect(Buffer.from((await again.readOne(envelopeAt(1999).id))?.ciphertext ?? []).equals(envelopeAt(1999).ciphertext)).toBe(true)
  })

  it('begins anew when nothing can be read, puts the folder aside and says so', async () => {
    const made = await written([1, 100])
    await made.close()
    for (const folder of ['data', '_versions', '_transactions']) {
      for (const file of dataFiles(folder)) await writeFile(join(dataDir, 'envelopes.lance', folder, file), 'rubbish')
    }
    const again = store()
    expect(await again.count()).toBe(0)
    await again.upsert(range(1, 100))
    expect(await again.count()).toBe(100)
    expect(warnings).toEqual([expect.stringContaining('put aside')])
    expect(readdirSync(dataDir).some((name) => name.startsWith('envelopes.lance.damaged-'))).toBe(true)
  })
})
