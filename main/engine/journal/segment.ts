import { open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { RecordMark, SegmentSummary, SequenceRun } from './entry.ts'
import { findFoot, type Gap, isCutOffWrite, type MarkedRecord, readRecords } from './record.ts'
import { SequenceRuns } from './sequence-runs.ts'

const NAME = /^(\d{8})\.journal$/
/** Segments are far smaller; of what somebody else put there no more is read. */
const READ_MAX_BYTES = 128 * 1024 * 1024
/** Read and checked between two turns of others: a millisecond or two. */
const SLICE_BYTES = 512 * 1024
const SLICE_RECORDS = 500
/** Remembered of a segment whose entries have gaps; more than this are joined. */
const MAX_RUNS = 128
/** A foot with so many runs, each of two numbers of 16 digits, fits. */
const FOOT_MAX_BYTES = 8 * 1024

export type SegmentFile = { number: number; path: string; sizeBytes: number }

/** What was found in a segment; null until it was read. */
export type SegmentContents = {
  /** Where its entries are; may name some between them that it does not have. */
  runs: SequenceRuns
  entryCount: number
  /** Of the ciphertexts alone. */
  bodyBytes: number
  /** The highest sequence that one of its records speaks of, `gone` and `head` too. */
  highest: number
  hasHead: boolean
  /** The highest sequence that a `gone` record names; 0: it has none. */
  highestGone: number
  gaps: Gap[]
  /** The last gap is a write that was cut off: no damage. */
  isCutOff: boolean
}

export type PlacedEntry = { at: number; sizeBytes: number }
/** Where each entry of a segment lies; of several of one sequence the last. */
export type GoneRecord = { at: number; runs: SequenceRun[]; reason: string }
export type SegmentIndex = { entries: Map<number, PlacedEntry>; gone: GoneRecord[] }

/** In the order of their numbers. */
export async function listSegments(folder: string): Promise<SegmentFile[]> {
  // A folder that cannot be read is one without segments: writing to it will say what is wrong, and the start goes on.
  const names = await readdir(folder, { withFileTypes: true }).catch(() => [])
  return names
    .flatMap((entry) => {
      const match = entry.isFile() ? NAME.exec(entry.name) : null
      return match ? [{ number: Number(match[1]), path: join(folder, entry.name), sizeBytes: 0 }] : []
    })
    .sort((left, right) => left.number - right.number)
}

export function segmentName(number: number): string {
  return `${String(number).padStart(8, '0')}.journal`
}

/** The whole segment; empty when it is there no more. */
export async function readSegment(path: string): Promise<Buffer> {
  return (await readPart(path, (sizeBytes) => ({ at: 0, sizeBytes: Math.min(sizeBytes, READ_MAX_BYTES) }))).bytes
}

/**
 * What its foot says, where that is the last thing in it: the segment was closed, and nothing was written to it since. What was damaged before
 * the foot is not seen by this. Null: it has to be scanned.
 */
export async function readFoot(path: string): Promise<{ contents: SegmentContents; sizeBytes: number } | null> {
  const { bytes, fileBytes } = await readPart(path, (sizeBytes) => ({
    at: Math.max(0, sizeBytes - FOOT_MAX_BYTES),
    sizeBytes: Math.min(sizeBytes, FOOT_MAX_BYTES),
  }))
  const summary = findFoot(bytes)
  return summary === null ? null : { contents: contentsOfFoot(summary), sizeBytes: fileBytes }
}

async function readPart(path: string, part: (sizeBytes: number) => { at: number; sizeBytes: number }): Promise<{ bytes: Buffer; fileBytes: number }> {
  const handle = await open(path, 'r').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  })
  if (handle === null) return { bytes: Buffer.alloc(0), fileBytes: 0 }
  try {
    const { size } = await handle.stat()
    const { at, sizeBytes } = part(size)
    const bytes = Buffer.allocUnsafe(sizeBytes)
    let read = 0
    while (read < bytes.length) {
      const { bytesRead } = await handle.read(bytes, read, bytes.length - read, at + read)
      if (bytesRead === 0) break
      read += bytesRead
    }
    return { bytes: bytes.subarray(0, read), fileBytes: size }
  } finally {
    await handle.close()
  }
}

/** Goes through a segment; others have their turn between two slices. */
export async function scanSegment(bytes: Buffer, take: (record: MarkedRecord) => void = () => undefined): Promise<SegmentContents> {
  const contents = emptyContents()
  let sliceEnd = SLICE_BYTES
  let records = 0
  for (const found of readRecords(bytes)) {
    if ('mark' in found) {
      noteRecord(contents, found.mark, found.bodyBytes)
      take(found)
    } else contents.gaps.push(found)
    records += 1
    if (found.at > sliceEnd || records >= SLICE_RECORDS) {
      sliceEnd = found.at + SLICE_BYTES
      records = 0
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  const tail = contents.gaps.at(-1)
  contents.isCutOff = tail !== undefined && tail.at + tail.sizeBytes === bytes.length && isCutOffWrite(bytes.subarray(tail.at))
  return contents
}

export function noteRecord(contents: SegmentContents, mark: RecordMark, bodyBytes: number): void {
  switch (mark.type) {
    case 'entry':
      contents.runs.add(mark.sequence)
      contents.entryCount += 1
      contents.bodyBytes += bodyBytes
      contents.highest = Math.max(contents.highest, mark.sequence)
      break
    case 'gone':
      for (const [, last] of mark.runs) contents.highestGone = Math.max(contents.highestGone, last)
      contents.highest = Math.max(contents.highest, contents.highestGone)
      break
    case 'head':
      contents.hasHead = true
      contents.highest = Math.max(contents.highest, mark.highestSequence)
      break
    case 'foot':
      break
    default:
      mark satisfies never
  }
}

export function emptyContents(): SegmentContents {
  return { runs: new SequenceRuns(MAX_RUNS), entryCount: 0, bodyBytes: 0, highest: 0, hasHead: false, highestGone: 0, gaps: [], isCutOff: false }
}

/** Only of a segment that begins with a head and has no gap: nothing else gets a foot. */
export function summaryOf({ runs, entryCount, bodyBytes, highest, highestGone }: SegmentContents): SegmentSummary {
  return { runs: [...runs.runs], entryCount, bodyBytes, highest, highestGone }
}

function contentsOfFoot({ runs, ...counts }: SegmentSummary): SegmentContents {
  return { ...emptyContents(), ...counts, runs: SequenceRuns.of(runs, MAX_RUNS), hasHead: true }
}

/** Damage, as against a write that was cut off when the power went or the process was killed. */
export function isDamaged({ gaps, isCutOff }: SegmentContents): boolean {
  return gaps.length > (isCutOff ? 1 : 0)
}

/** Puts the names of a folder on the disk. Windows cannot sync a folder and does not need it. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
