import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, truncateSync, unlinkSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../../../main/engine/base/clock.ts'
import type { StoredEnvelope } from '../../../../main/engine/outbox/item.ts'
import { EnvelopeStoreError } from '../../../../main/engine/vault/errors.ts'
import { createCiphertextReader } from '../../../../main/engine/vault/envelopes/ciphertext-reader.ts'
import { createEnvelopeStore, type EnvelopeStore } from '../../../../main/engine/vault/envelopes/envelope-store.ts'
import { createStoreMender, type StoreMender } from '../../../../main/engine/vault/envelopes/store-mender.ts'
import { envelopeAt } from '../child-stage.ts'

const PAGE_BYTES = 4096
const CIPHERTEXT_BYTES = 3000
const range = (first: number, last: number): StoredEnvelope[] =>
  Array.from({ length: last - first + 1 }, (_, index) => envelopeAt(first + index, CIPHERTEXT_BYTES))
const all = range(1, 60)
let dataDir = ''
let store: EnvelopeStore
let warnings: string[] = []
let failures: unknown[] = []
let mending: StoreMender | null = null

const lance = (...parts: string[]): string => join(dataDir, 'envelopes.lance', ...parts)
const filesOf = (folder: string, ending: string): string[] =>
  readdirSync(lance(folder))
    .filter((name) => name.endsWith(ending))
    .sort()
const openStore = (): EnvelopeStore =>
  createEnvelopeStore({ dataDir, clock: systemClock, after: (ms, work) => systemClock.after(ms, work), warn: (text) => warnings.push(text) })

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'tidemark-mending-'))
  warnings = []
  failures = []
  store = openStore()
  for (const batch of [all.slice(0, 20), all.slice(20, 40), all.slice(40)]) {
    await store.upsert(batch)
    await store.sync()
  }
  await store.close()
})
afterEach(async () => {
  await mending?.stop()
  mending = null
  await store.close()
  rmSync(dataDir, { recursive: true, force: true })
})

/** The journal of undelivered writes, of which the rest of the engine knows as much. */
function secondHome(envelopes: readonly StoredEnvelope[]) {
  return {
    readCiphertext: async (items: readonly { id: string }[]) =>
      new Map(envelopes.filter(({ id }) => items.some((item) => item.id === id)).map(({ id, ciphertext }) => [id, ciphertext] as const)),
  }
}

function openReader(undelivered: readonly StoredEnvelope[]) {
  store = openStore()
  const mender = createStoreMender({
    store,
    clock: systemClock,
    roomFor: () => true,
    async refill() {
      await store.upsert(undelivered)
      await store.sync()
    },
    failed: (error) => failures.push(error),
  })
  mender.start()
  mending = mender
  return { mender, reader: createCiphertextReader({ read: () => new Map() }, store, secondHome(undelivered)) }
}

function zero(path: string, at: number): void {
  const descriptor = openSync(path, 'r+')
  writeSync(descriptor, Buffer.alloc(PAGE_BYTES), 0, PAGE_BYTES, at)
  closeSync(descriptor)
}

/** The data file that has this envelope, and where its bytes begin there. */
function placeOf(envelope: StoredEnvelope): { path: string; at: number } {
  for (const name of filesOf('data', '.lance')) {
    const at = readFileSync(lance('data', name)).indexOf(envelope.ciphertext)
    if (at >= 0) return { path: lance('data', name), at }
  }
  throw new Error(`envelope ${envelope.sequence} is in no data file`)
}

describe('4 KiB of zeros in a data file', () => {
  it('costs the envelopes on them alone: undelivered ones are read from the second home, the store is mended, the person told once', async () => {
    const [damagedOne = envelopeAt(0)] = all.slice(25)
    const { path, at } = placeOf(damagedOne)
    zero(path, at)
    const { mender, reader } = openReader([damagedOne])
    const found = await reader.read(all)
    expect(Buffer.from(found.get(damagedOne.id) ?? []).equals(damagedOne.ciphertext)).toBe(true)
    // A page of zeros covers a part of the next one too, which was delivered: it is missing, the others are as they were.
    const missing = all.filter(({ id }) => !found.has(id)).map(({ sequence }) => sequence)
    expect(missing).toEqual([damagedOne.sequence + 1])
    for (const one of all) if (found.has(one.id)) expect(Buffer.from(found.get(one.id) ?? []).equals(one.ciphertext), String(one.sequence)).toBe(true)
    expect(reader.mayComeBack?.()).toBe(true)
    await expect.poll(() => store.suspicion(), { timeout: 20_000 }).toBeNull()
    expect(failures).toEqual([])
    expect(await store.count()).toBe(59)
    expect(warnings).toEqual([expect.stringMatching(/58 of 60 envelopes could be read.*put aside as envelopes\.lance\.damaged-\d+\./)])
    expect(warnings[0]).not.toContain(dataDir)
    // Mended once, and what is not here is said to be nowhere.
    expect((await reader.read(all)).size).toBe(59)
    expect(reader.mayComeBack?.()).toBe(true)
    await expect.poll(() => store.suspicion(), { timeout: 20_000 }).toBeNull()
    expect((await reader.read(all)).size).toBe(59)
    expect(reader.mayComeBack?.()).toBe(false)
    await store.upsert(range(61, 80))
    await store.sync()
    expect(await store.count()).toBe(79)
    await mender.stop()
  })

  it.each(['first', 'last'] as const)('at the %s page of any file of the table: what can be read is read, writes go on', async (end) => {
    for (const folder of ['data', '_versions', '_transactions', '_indices']) {
      const [name] = folder === '_indices' ? [] : filesOf(folder, '')
      if (name === undefined) continue
      const size = readFileSync(lance(folder, name)).length
      zero(lance(folder, name), end === 'first' ? 0 : Math.max(0, size - PAGE_BYTES))
      const { mender, reader } = openReader(all)
      const found = await reader.read(all)
      expect([folder, found.size]).toEqual([folder, 60])
      if (store.suspicion() !== null) await expect.poll(() => store.suspicion(), { timeout: 20_000 }).toBeNull()
      await store.upsert(all)
      await store.sync()
      await mender.stop()
      await store.close()
    }
    expect(failures).toEqual([])
  })
})

describe('the newest manifest', () => {
  it.each(['cut', 'emptied', 'deleted', 'zeroed'] as const)('%s: comes back from its copy, and no envelope is missing', async (damage) => {
    const [newest = ''] = filesOf('_versions', '.manifest')
    const path = lance('_versions', newest)
    if (damage === 'cut') truncateSync(path, Math.floor(readFileSync(path).length / 2))
    if (damage === 'emptied') truncateSync(path, 0)
    if (damage === 'deleted') unlinkSync(path)
    if (damage === 'zeroed') zero(path, 0)
    store = openStore()
    expect(await store.count()).toBe(60)
    expect((await store.readMany(all.map(({ id }) => id))).size).toBe(60)
    expect(warnings).toEqual([expect.stringContaining('No envelope is missing')])
  })

  it('an old or a damaged copy replaces nothing', async () => {
    const folder = join(dataDir, 'envelopes.manifest')
    const [copy = ''] = readdirSync(folder)
    truncateSync(join(folder, copy), 10)
    store = openStore()
    expect(await store.count()).toBe(60)
    expect(warnings).toEqual([])
  })
})

describe('the folder of the table', () => {
  it('deleted while it is open: reads say so in words of ours, the table begins anew, and undelivered envelopes are put back', async () => {
    const { mender, reader } = openReader(all.slice(50))
    expect((await reader.read(all)).size).toBe(60)
    rmSync(lance(), { recursive: true })
    const found = await reader.read(all)
    expect(all.slice(50).every(({ id }) => found.has(id))).toBe(true)
    await expect.poll(() => store.suspicion(), { timeout: 20_000 }).toBeNull()
    expect(failures).toEqual([])
    expect(await store.count()).toBe(10)
    await mender.stop()
  })
})

describe('a call that LanceDB does not end', () => {
  it('is given up, in words that name nothing foreign', async () => {
    store = createEnvelopeStore({
      dataDir,
      clock: systemClock,
      after(_, work) {
        work()
        return () => undefined
      },
      warn: (text) => warnings.push(text),
    })
    const error = await store.count().catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(EnvelopeStoreError)
    expect(error).toMatchObject({ trouble: 'no answer', message: 'LanceDB did not end a call to the store of envelopes.' })
    expect(store.suspicion()).toBe('failed call')
  })
})
