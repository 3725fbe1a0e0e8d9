import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type JournalHeader, markOf } from '../../../main/engine/journal/entry.ts'
import { decodeRecord, encodeRecord, findFoot, type FoundRecord, readRecords } from '../../../main/engine/journal/record.ts'
import { envelopeWrite, settingWrite } from './fixture.ts'

type Written = { at: number; end: number; header: JournalHeader; body: Buffer }

function segmentOf(sizes: readonly number[]): { bytes: Buffer; written: Written[] } {
  const parts: Buffer[] = []
  const written: Written[] = []
  let at = 0
  for (const [index, sizeBytes] of sizes.entries()) {
    const { entry, ciphertext } = sizeBytes === 0 ? settingWrite(index + 1, `TMJ1 ${index}`) : envelopeWrite(index + 1, sizeBytes)
    const header: JournalHeader = { type: 'entry', entry }
    const record = Buffer.concat(encodeRecord(header, ciphertext))
    written.push({ at, end: at + record.length, header, body: Buffer.from(ciphertext ?? []) })
    parts.push(record)
    at += record.length
  }
  return { bytes: Buffer.concat(parts), written }
}

/** As a reader finds them: by the scan, then each one whole. */
function found(bytes: Buffer): FoundRecord[] {
  return [...readRecords(bytes)].flatMap((one) => {
    if (!('mark' in one)) return []
    const record = decodeRecord(bytes, one.at)
    if (record === null) throw new Error(`The scan found a record at ${one.at} that cannot be read`)
    expect(one).toEqual({ at: record.at, sizeBytes: record.sizeBytes, bodyBytes: record.body.length, mark: markOf(record.header) })
    return [record]
  })
}

type Damage = { kind: 'zeroed' | 'cut' | 'torn out' | 'noise'; at: number; sizeBytes: number }

/** Answers the damaged bytes, and of each byte that is left where it was before; -1: changed. */
function damaged(bytes: Buffer, { kind, at, sizeBytes }: Damage): { bytes: Buffer; isUntouched: (first: number, end: number) => boolean } {
  const start = Math.floor(at * bytes.length)
  const end = Math.min(bytes.length, start + sizeBytes)
  switch (kind) {
    case 'zeroed':
      return { bytes: Buffer.from(bytes).fill(0, start, end), isUntouched: (first, last) => last <= start || first >= end }
    case 'noise': {
      const noisy = Buffer.from(bytes)
      for (let place = start; place < end; place += 1) noisy[place] = (noisy[place] ?? 0) ^ (1 + (place % 255))
      return { bytes: noisy, isUntouched: (first, last) => last <= start || first >= end }
    }
    case 'cut':
      return { bytes: bytes.subarray(0, start), isUntouched: (_, last) => last <= start }
    case 'torn out':
      return { bytes: Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)]), isUntouched: (first, last) => last <= start || first >= end }
  }
}

describe('records of a segment', () => {
  it('come back as they were written, envelopes and settings', () => {
    const { bytes, written } = segmentOf([40, 0, 1, 5000, 0])
    expect(found(bytes)).toEqual(written.map(({ at, end, header, body }) => ({ at, sizeBytes: end - at, header, body })))
  })

  it('are found again after damage of every kind: each whose bytes are untouched is read, and nothing that was not written', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 9000 })), { minLength: 1, maxLength: 30 }),
        fc.record({
          kind: fc.constantFrom('zeroed', 'cut', 'torn out', 'noise'),
          at: fc.double({ min: 0, max: 1, noNaN: true }),
          sizeBytes: fc.oneof(fc.constant(4096), fc.integer({ min: 1, max: 20_000 })),
        }),
        (sizes, damage) => {
          const { bytes, written } = segmentOf(sizes)
          const broken = damaged(bytes, damage)
          const read = found(broken.bytes)
          const expected = written.filter(({ at, end }) => broken.isUntouched(at, end))
          const readAs = read.map(({ header, body }) => JSON.stringify([header, body.toString('base64')]))
          const asWritten = new Set(written.map(({ header, body }) => JSON.stringify([header, body.toString('base64')])))
          for (const { header, body } of expected) expect(readAs).toContain(JSON.stringify([header, body.toString('base64')]))
          for (const one of readAs) expect(asWritten).toContain(one)
        },
      ),
      { numRuns: 150 },
    )
  })

  it('end with a foot that is found from the end, and only when nothing follows it', () => {
    const { bytes } = segmentOf([40, 0, 3000])
    const summary = { runs: [[1, 2] as [number, number], [7, 7] as [number, number]], entryCount: 3, bodyBytes: 3040, highest: 9, highestGone: 9 }
    const foot = Buffer.concat(encodeRecord({ type: 'foot', summary }, null))
    const closed = Buffer.concat([bytes, foot])
    expect(findFoot(closed)).toEqual(summary)
    expect(findFoot(closed.subarray(2000))).toEqual(summary)
    expect(findFoot(bytes)).toBeNull()
    expect(findFoot(Buffer.concat([closed, bytes]))).toBeNull()
    expect(findFoot(Buffer.concat([closed, Buffer.alloc(1)]))).toBeNull()
    for (let at = bytes.length; at < closed.length; at += 1) {
      const changed = Buffer.from(closed)
      changed[at] = (changed[at] ?? 0) ^ 1
      expect(findFoot(changed)).toBeNull()
      expect(findFoot(closed.subarray(0, at))).toBeNull()
    }
    expect(found(closed)).toHaveLength(4)
  })

  it('are no record when a length or one bit is changed', () => {
    const { bytes } = segmentOf([60])
    for (let place = 0; place < bytes.length; place += 1) {
      const changed = Buffer.from(bytes)
      changed[place] = (changed[place] ?? 0) ^ 1
      expect(decodeRecord(changed, 0)).toBeNull()
    }
  })

  it('cannot be larger than what is read again', () => {
    const { entry } = settingWrite(1, 'x'.repeat(600_000))
    expect(() => encodeRecord({ type: 'entry', entry }, null)).toThrow(RangeError)
  })
})
