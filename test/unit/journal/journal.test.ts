import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { JournalEntry } from '../../../main/engine/journal/entry.ts'
import { type Journal, openJournal } from '../../../main/engine/journal/journal.ts'
import { entryId, envelopeWrite, owing, settingWrite } from './fixture.ts'

let dataDir = ''
let journal: Journal
const clock = { now: () => Date.UTC(2026, 10, 29) }
const folder = () => join(dataDir, 'undelivered')
const segments = () => readdirSync(folder()).filter((name) => name.endsWith('.journal'))
const path = (name: string) => join(folder(), name)
const always = async () => true
const range = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, index) => first + index)

async function reopen(): Promise<void> {
  await journal.close()
  journal = await openJournal({ dataDir, clock })
}

async function sequences(): Promise<number[]> {
  const found: number[] = []
  for await (const { sequence } of journal.entries()) found.push(sequence)
  return found
}

async function ciphertextOf(...list: number[]): Promise<Map<string, Uint8Array>> {
  return journal.readCiphertext(list.map((sequence) => ({ id: entryId(sequence), sequence })))
}

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'tidemark-journal-'))
  journal = await openJournal({ dataDir, clock })
})
afterEach(async () => {
  await journal.close()
  rmSync(dataDir, { recursive: true, force: true })
})

describe('the journal', () => {
  it('keeps entries in order, with their ciphertexts, over a restart, in files that are ours alone', async () => {
    expect(journal.wasMissing).toBe(true)
    await journal.append([envelopeWrite(3), settingWrite(5, 'dark'), envelopeWrite(4)])
    await reopen()
    expect(journal.wasMissing).toBe(false)
    expect(journal.highestSequence()).toBe(5)
    await journal.append([envelopeWrite(2), envelopeWrite(9)])
    expect(segments()).toEqual(['00000001.journal'])
    expect(await sequences()).toEqual([2, 3, 4, 5, 9])
    const entries: JournalEntry[] = []
    for await (const entry of journal.entries(4)) entries.push(entry)
    expect(entries).toEqual([envelopeWrite(4).entry, settingWrite(5, 'dark').entry, envelopeWrite(9).entry])
    expect(await ciphertextOf(2, 9, 7)).toEqual(new Map([2, 9].map((sequence) => [entryId(sequence), envelopeWrite(sequence).ciphertext])))
    expect(await journal.readCiphertext([{ id: entryId(9), sequence: 2 }])).toEqual(new Map())
    expect(await journal.missing([1, 2, 5, 6])).toEqual([1, 6])
    expect(statSync(folder()).mode & 0o777).toBe(0o700)
    expect(statSync(path('00000001.journal')).mode & 0o777).toBe(0o600)
  })

  it('takes the last record of a sequence, and forgets what is gone until it comes back', async () => {
    await journal.append([settingWrite(1, 'dark'), envelopeWrite(2), envelopeWrite(3)])
    await journal.append([settingWrite(1, 'light')], [{ sequences: [2, 3], reason: 'Discarded by a person.' }])
    await journal.append([envelopeWrite(3)])
    await reopen()
    const entries: JournalEntry[] = []
    for await (const entry of journal.entries()) entries.push(entry)
    expect(entries).toEqual([settingWrite(1, 'light').entry, envelopeWrite(3).entry])
    const gone: unknown[] = []
    for await (const one of journal.gone()) gone.push(one)
    expect(gone).toEqual([{ runs: [[2, 2]], reason: 'Discarded by a person.' }])
  })

  it('goes on after a write that was cut off, and reads everything before and after it', async () => {
    await journal.append([envelopeWrite(1), envelopeWrite(2)])
    const whole = statSync(path('00000001.journal')).size
    await journal.append([envelopeWrite(3, 500)])
    await journal.close()
    truncateSync(path('00000001.journal'), whole + 300)
    journal = await openJournal({ dataDir, clock })
    expect(journal.highestSequence()).toBe(2)
    await journal.append([envelopeWrite(4)])
    await reopen()
    expect(await sequences()).toEqual([1, 2, 4])
    expect(await journal.check(owing([1, 2, 4]), always)).toEqual([])
  })

  it('removes segments when nothing in them is owed, and still knows which sequences are taken', async () => {
    await journal.close()
    journal = await openJournal({ dataDir, clock, segmentBytes: 20_000 })
    for (let first = 1; first <= 15; first += 5) await journal.append(range(first, first + 4).map((sequence) => envelopeWrite(sequence, 4000)))
    expect(segments()).toHaveLength(3)
    await journal.removeBelow(11)
    expect(segments()).toEqual(['00000003.journal'])
    expect(await sequences()).toEqual([11, 12, 13, 14, 15])
    await journal.removeBelow(16)
    expect(segments()).toHaveLength(1)
    expect(statSync(path(segments()[0] ?? '')).size).toBeLessThan(100)
    await journal.removeBelow(16)
    await reopen()
    expect(await sequences()).toEqual([])
    expect(journal.highestSequence()).toBe(15)
  })

  it('rewrites a segment of which little is owed; what is owed and what is gone stays so', async () => {
    const sizeBytes = 20_000
    await journal.append(range(1, 1000).map((sequence) => envelopeWrite(sequence, sizeBytes)))
    await journal.append([envelopeWrite(1001, sizeBytes)], [{ sequences: [7, 1001], reason: 'The memory was deleted.' }])
    await reopen()
    const owed = owing([...range(1, 30).filter((sequence) => sequence !== 7)], sizeBytes)
    await journal.compact(owed)
    await journal.check(owed, always)
    await journal.compact(owed)
    const bytes = segments().reduce((sum, name) => sum + statSync(path(name)).size, 0)
    expect(bytes).toBeLessThan(29 * sizeBytes * 1.1)
    expect(await sequences()).toEqual([...owed.owed])
    await reopen()
    expect(await sequences()).toEqual([...owed.owed])
    expect(journal.highestSequence()).toBe(1001)
    expect((await ciphertextOf(...owed.owed)).size).toBe(29)
  })

  it('puts a damaged segment aside and keeps what can be read of it', async () => {
    await journal.append(range(1, 200).map((sequence) => envelopeWrite(sequence, 1000)))
    await journal.close()
    const [name = ''] = segments()
    const bytes = readFileSync(path(name))
    bytes.fill(0, 40_960, 45_056)
    writeFileSync(path(name), bytes)
    journal = await openJournal({ dataDir, clock })
    const missing = await journal.missing(range(1, 200))
    expect(missing.length).toBeGreaterThan(0)
    expect(missing.length).toBeLessThan(8)
    expect((await ciphertextOf(...range(1, 200))).size).toBe(200 - missing.length)
    expect(await journal.check(owing(range(1, 200)), always)).toEqual([`${name}.damaged-20261129T000000000Z`])
    expect(readFileSync(path(`${name}.damaged-20261129T000000000Z`)).equals(bytes)).toBe(true)
    await journal.append(missing.map((sequence) => envelopeWrite(sequence, 1000)))
    await reopen()
    expect(await sequences()).toEqual(range(1, 200))
    expect(await journal.check(owing(range(1, 200)), always)).toEqual([])
  })

  it('opens a segment that was closed by its foot, goes on in it, and finds by the check what was damaged before the foot', async () => {
    await journal.append(range(1, 200).map((sequence) => envelopeWrite(sequence, 1000)))
    await journal.close()
    const [name = ''] = segments()
    const bytes = readFileSync(path(name))
    writeFileSync(path(name), bytes.fill(0, 40_960, 45_056))
    journal = await openJournal({ dataDir, clock })
    expect(journal.highestSequence()).toBe(200)
    await journal.append([envelopeWrite(201, 1000)])
    expect(segments()).toEqual([name])
    expect(await journal.check(owing(range(1, 201)), always)).toEqual([`${name}.damaged-20261129T000000000Z`])
    const missing = await journal.missing(range(1, 201))
    expect(missing.length).toBeGreaterThan(0)
    expect(missing.length).toBeLessThan(8)
    expect(missing).not.toContain(201)
    await journal.append(missing.map((sequence) => envelopeWrite(sequence, 1000)))
    await reopen()
    expect(await sequences()).toEqual(range(1, 201))
    expect(await journal.check(owing(range(1, 201)), always)).toEqual([])
  })

  it('knows the same by the feet of its segments as by all of their bytes, over ends, kills and checks', async () => {
    type Step = { kind: 'write'; count: number } | { kind: 'go'; sequence: number } | { kind: 'end' | 'kill' | 'check' | 'compact' }
    const step: fc.Arbitrary<Step> = fc.oneof(
      { weight: 4, arbitrary: fc.record({ kind: fc.constant('write' as const), count: fc.integer({ min: 1, max: 30 }) }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('go' as const), sequence: fc.integer({ min: 1, max: 100 }) }) },
      { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('end' as const, 'kill' as const, 'check' as const, 'compact' as const) }) },
    )
    const segmentBytes = 12_000
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const room = mkdtempSync(join(dataDir, 'room-'))
        const at = (no: number) => join(room, String(no))
        let no = 0
        mkdirSync(at(no))
        let own = await openJournal({ dataDir: at(no), clock, segmentBytes })
        const alive = owing([])
        let highest = 0
        for (const one of [...steps, { kind: 'end' as const }]) {
          if (one.kind === 'write') {
            await own.append(range(highest + 1, highest + one.count).map((sequence) => envelopeWrite(sequence)))
            for (const sequence of range(highest + 1, highest + one.count)) alive.owed.add(sequence)
            highest += one.count
          } else if (one.kind === 'go') {
            if (!alive.owed.delete(one.sequence)) continue
            await own.append([], [{ sequences: [one.sequence], reason: 'TMJ1' }])
          } else if (one.kind === 'check') expect(await own.check(alive, always)).toEqual([])
          else if (one.kind === 'compact') await own.compact(alive)
          else {
            // What a killed process leaves is what lay there before it could close anything.
            if (one.kind === 'kill') cpSync(at(no), at(no + 1), { recursive: true })
            await own.close()
            if (one.kind === 'kill') no += 1
            own = await openJournal({ dataDir: at(no), clock, segmentBytes })
          }
          expect(own.highestSequence()).toBe(highest)
          const read: number[] = []
          for await (const { sequence } of own.entries()) read.push(sequence)
          expect(read).toEqual([...alive.owed].sort((left, right) => left - right))
          expect(await own.missing(read)).toEqual([])
        }
        await own.close()
        rmSync(room, { recursive: true, force: true })
      }),
      { numRuns: 20 },
    )
  })

  it('answers only what was written, whatever happens to one of its files', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('deleted', 'emptied', 'cut', 'zeroed'),
        fc.nat(),
        fc.double({ min: 0, max: 1, noNaN: true }),
        async (damage, which, where) => {
          const room = mkdtempSync(join(dataDir, 'room-'))
          const first = await openJournal({ dataDir: room, clock, segmentBytes: 50_000 })
          await first.append(range(1, 40).map((sequence) => envelopeWrite(sequence, 700)))
          await first.append([envelopeWrite(41, 48_000)])
          await first.append(range(42, 60).map((sequence) => envelopeWrite(sequence, 900)))
          await first.close()
          const names = readdirSync(join(room, 'undelivered'))
          const file = join(room, 'undelivered', names[which % names.length] ?? '')
          const bytes = readFileSync(file)
          const at = Math.floor(where * Math.min(bytes.length, 60_000))
          if (damage === 'deleted') rmSync(file)
          if (damage === 'emptied') writeFileSync(file, '')
          if (damage === 'cut') truncateSync(file, at)
          if (damage === 'zeroed') writeFileSync(file, bytes.fill(0, at, Math.min(bytes.length, at + 4096)))
          const again = await openJournal({ dataDir: room, clock, segmentBytes: 50_000 })
          const sizeOf = (sequence: number) => (sequence <= 40 ? 700 : sequence === 41 ? 48_000 : 900)
          const read: number[] = []
          for await (const entry of again.entries()) {
            read.push(entry.sequence)
            expect(entry).toEqual(envelopeWrite(entry.sequence, sizeOf(entry.sequence)).entry)
          }
          for (const [id, ciphertext] of await again.readCiphertext(range(1, 60).map((sequence) => ({ id: entryId(sequence), sequence })))) {
            const sequence = Number(id.slice(-12))
            expect(Buffer.from(ciphertext).equals(envelopeWrite(sequence, sizeOf(sequence)).ciphertext ?? Buffer.alloc(0))).toBe(true)
          }
          // What lies in another file is there.
          const untouched = which % names.length === 0 ? range(42, 60) : range(1, 40)
          if (names.length > 1 && which % names.length !== 1) for (const sequence of untouched) expect(read).toContain(sequence)
          await again.close()
          rmSync(room, { recursive: true, force: true })
        },
      ),
      { numRuns: 40 },
    )
  })

  it('is opened also where its folder is a file, and says so at the first write', async () => {
    writeFileSync(folder(), 'not a folder')
    await reopen()
    expect(await sequences()).toEqual([])
    await expect(journal.append([envelopeWrite(1)])).rejects.toThrow()
    rmSync(folder())
    await journal.append([envelopeWrite(1)])
    expect(await sequences()).toEqual([1])
  })
})
