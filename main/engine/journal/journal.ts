/**
 * The journal of undelivered writes: a second, checksummed home of everything that is owed to a platform, beside outbox.db and
 * the LanceDB store, so that any one file may be lost. Segments of about 16 MiB in `<dataDir>/undelivered`, only ever appended to.
 *
 * What is remembered of a segment is where its sequences lie, in runs; where each entry lies only of the few used last. So the
 * memory that it takes does not grow with the queue.
 */
import { hash } from 'node:crypto'
import { chmod, type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Clock } from '../base/clock.ts'
import { timeStamp } from '../store/files.ts'
import { type JournalEntry, type JournalHeader, markOf, MAX_RUNS, type SequenceRun } from './entry.ts'
import { decodeRecord, encodeRecord, type FoundRecord, type MarkedRecord } from './record.ts'
import {
  emptyContents,
  isDamaged,
  listSegments,
  noteRecord,
  readFoot,
  readSegment,
  scanSegment,
  type SegmentContents,
  type SegmentFile,
  type GoneRecord,
  type SegmentIndex,
  segmentName,
  summaryOf,
  syncFolder,
} from './segment.ts'

const SEGMENT_BYTES = 16 * 1024 * 1024
const INDEXES_KEPT = 4
/** Written at once when a segment is rewritten. */
const COPY_BYTES = 4 * 1024 * 1024
/** Sequences that `entries` puts in order at once. */
const WINDOW = 10_000
/** A segment with less alive than this is rewritten at rest: what is dead may cost a tenth. */
const ALIVE_PART = 0.9
const FOLDER_MODE = 0o700
const FILE_MODE = 0o600

/** Sequences that are owed no more: discarded, withdrawn, replaced. */
export type GoneSequences = { sequences: readonly number[]; reason: string }
export type JournalWrite = { entry: JournalEntry; ciphertext: Uint8Array | null }

export type Journal = {
  /** Sequences up to here are taken; known without reading more than the last segment. */
  highestSequence(): number
  /** Nothing of the journal was there when it was opened. */
  readonly wasMissing: boolean
  /** Everything is on the disk when this resolves. */
  append(writes: readonly JournalWrite[], gone?: readonly GoneSequences[]): Promise<void>
  /** What is owed as far as it is known here, in order of sequence; of several records of one sequence the last. */
  entries(from?: number): AsyncGenerator<JournalEntry>
  /** What is owed no more and has no later entry, in the order of those records; of the last segments that hold so many bytes, or of all. */
  gone(recentBytes?: number): AsyncGenerator<{ runs: SequenceRun[]; reason: string }>
  /** Ciphertexts whose hash is the one that their entry names. Those that are not here are missing in the answer. */
  readCiphertext(items: readonly { id: string; sequence: number }[]): Promise<Map<string, Uint8Array>>
  /** Those of these sequences that have no entry here. */
  missing(sequences: readonly number[]): Promise<number[]>
  /** Removes the segments in which nothing is from `oldest` on. */
  removeBelow(oldest: number): Promise<void>
  /**
   * Reads whole what was not read whole yet. A damaged segment is kept aside under another name, and what could be read of it is written
   * again; answers the names of those. `pause` is awaited before each segment.
   */
  check(alive: AliveCheck, pause: () => Promise<boolean>): Promise<string[]>
  /** Rewrites the segments of which little is still owed. */
  compact(alive: AliveCheck): Promise<void>
  close(): Promise<void>
}

export type AliveCheck = {
  /** About how many items from `first` to `last` are owed, and the size of their ciphertexts. */
  aliveIn(first: number, last: number): { count: number; sizeBytes: number }
  /** Those of these sequences that are owed. */
  amongUndelivered(sequences: readonly number[]): ReadonlySet<number>
}

/** `isScanned`: every byte of it was looked at; else its contents are what its foot says. `endsWithFoot`: nothing was written after that. */
type Segment = SegmentFile & { contents: SegmentContents | null; isScanned: boolean; endsWithFoot: boolean }
/** Of a record in the journal. */
type Place = { number: number; at: number }

/** Opens `<dataDir>/undelivered`; makes nothing before the first write. */
export async function openJournal({
  dataDir,
  clock,
  segmentBytes = SEGMENT_BYTES,
}: {
  dataDir: string
  clock: Pick<Clock, 'now'>
  /** About how large a segment becomes. */
  segmentBytes?: number
}): Promise<Journal> {
  const folder = join(dataDir, 'undelivered')
  const segments: Segment[] = (await listSegments(folder)).map((file) => ({ ...file, contents: null, isScanned: false, endsWithFoot: false }))
  const wasMissing = segments.length === 0
  let highest = 0
  let active: { segment: Segment; handle: FileHandle } | null = null
  let lastWork: Promise<unknown> = Promise.resolve()
  /** With the size that the segment had: one that has grown is read again. */
  const indexes = new Map<Segment, { sizeBytes: number; index: SegmentIndex }>()

  /** One after another: appending, removing and rewriting change the same list. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = lastWork.then(work, work)
    lastWork = turn.catch(() => undefined)
    return turn
  }

  async function contentsOf(segment: Segment): Promise<SegmentContents> {
    if (segment.contents !== null) return segment.contents
    const foot = await readFoot(segment.path).catch(() => null)
    if (foot === null) return scannedContents(segment)
    segment.sizeBytes = foot.sizeBytes
    segment.contents = foot.contents
    segment.endsWithFoot = true
    return foot.contents
  }

  /** From all of its bytes, whatever its foot says. */
  async function scannedContents(segment: Segment): Promise<SegmentContents> {
    if (segment.isScanned && segment.contents !== null) return segment.contents
    try {
      const bytes = await readSegment(segment.path)
      segment.contents = await scanSegment(bytes)
      segment.sizeBytes = bytes.length
    } catch {
      // A file that the disk does not give is damage like any other.
      segment.contents = { ...emptyContents(), gaps: [{ at: 0, sizeBytes: 1 }] }
    }
    segment.isScanned = true
    return segment.contents
  }

  async function indexOf(segment: Segment): Promise<SegmentIndex> {
    const known = indexes.get(segment)
    indexes.delete(segment)
    if (known && known.sizeBytes === segment.sizeBytes) {
      indexes.set(segment, known)
      return known.index
    }
    const index: SegmentIndex = { entries: new Map(), gone: [] }
    const bytes = await readSegment(segment.path).catch(() => Buffer.alloc(0))
    await scanSegment(bytes, (record) => noteInIndex(index, record))
    indexes.set(segment, { sizeBytes: bytes.length, index })
    for (const oldest of indexes.keys()) {
      if (indexes.size <= INDEXES_KEPT) break
      indexes.delete(oldest)
    }
    return index
  }

  async function openActive(sizeBytes: number): Promise<{ segment: Segment; handle: FileHandle }> {
    if (active && (active.segment.contents?.entryCount ?? 0) > 0 && active.segment.sizeBytes + sizeBytes > segmentBytes) await finishActive()
    if (active) return active
    if (segments.length === 0) {
      await mkdir(folder, { recursive: true, mode: FOLDER_MODE })
      await chmod(folder, FOLDER_MODE)
      await syncFolder(dataDir)
    }
    const number = (segments.at(-1)?.number ?? 0) + 1
    const segment: Segment = { number, path: join(folder, segmentName(number)), sizeBytes: 0, contents: emptyContents(), isScanned: true, endsWithFoot: false }
    const handle = await open(segment.path, 'wx', FILE_MODE)
    active = { segment, handle }
    segments.push(segment)
    try {
      await write([{ header: { type: 'head', highestSequence: highest }, body: null }])
      await syncFolder(folder)
      return active
    } catch (error) {
      // Where not even this can be written, every further try would leave another empty file.
      await closeActive().catch(() => undefined)
      await remove(segment)
      throw error
    }
  }

  /** Says at the end of the segment what is in it: the next start reads that and nothing more. */
  async function finishActive(): Promise<void> {
    const segment = active?.segment
    const contents = segment?.contents
    if (segment && contents?.hasHead && !isDamaged(contents) && !segment.endsWithFoot) {
      // Without it, or with a part of it, the segment is read whole.
      segment.endsWithFoot = await write([{ header: { type: 'foot', summary: summaryOf(contents) }, body: null }]).then(
        () => true,
        () => false,
      )
    }
    await closeActive()
  }

  async function closeActive(): Promise<void> {
    const closing = active
    active = null
    await closing?.handle.close()
  }

  /** To the segment that is open. After a failure it is left as it is: the next write begins another one. */
  async function write(records: readonly { header: JournalHeader; body: Uint8Array | null }[]): Promise<void> {
    if (active === null) throw new Error('no segment is open')
    const { segment, handle } = active
    const bytes = Buffer.concat(records.flatMap(({ header, body }) => encodeRecord(header, body)))
    for (let written = 0; written < bytes.length; ) {
      const { bytesWritten } = await handle.write(bytes, written, bytes.length - written, segment.sizeBytes + written)
      written += bytesWritten
    }
    await handle.datasync()
    segment.sizeBytes += bytes.length
    segment.endsWithFoot = false
    const contents = segment.contents ?? emptyContents()
    for (const { header, body } of records) {
      noteRecord(contents, markOf(header), body?.byteLength ?? 0)
      if (header.type === 'entry') highest = Math.max(highest, header.entry.sequence)
    }
    segment.contents = contents
  }

  async function appendInTurn(writes: readonly JournalWrite[], gone: readonly GoneSequences[]): Promise<void> {
    const records: { header: JournalHeader; body: Uint8Array | null }[] = writes.map(({ entry, ciphertext }) => ({
      header: { type: 'entry', entry },
      body: ciphertext,
    }))
    for (const { sequences, reason } of gone) {
      const runs = runsOf(sequences)
      for (let at = 0; at < runs.length; at += MAX_RUNS) records.push({ header: { type: 'gone', runs: runs.slice(at, at + MAX_RUNS), reason }, body: null })
    }
    if (records.length === 0) return
    await openActive(records.reduce((sum, { body }) => sum + (body?.byteLength ?? 0), 0))
    try {
      await write(records)
    } catch (error) {
      await closeActive().catch(() => undefined)
      throw error
    }
  }

  async function remove(segment: Segment): Promise<void> {
    indexes.delete(segment)
    segments.splice(segments.indexOf(segment), 1)
    await rm(segment.path, { force: true })
  }

  /** What of a segment is still owed is written once more, and synced: then nobody needs the segment. */
  async function copyAlive(segment: Segment, alive: AliveCheck): Promise<void> {
    const bytes = await readSegment(segment.path).catch(() => Buffer.alloc(0))
    const index: SegmentIndex = { entries: new Map(), gone: [] }
    await scanSegment(bytes, (record) => noteInIndex(index, record))
    const owed = new Set(alive.amongUndelivered([...index.entries.keys()]))
    // Of what another segment has a later record, that one counts.
    for (const other of segments) {
      if (other.number <= segment.number || ![...owed].some((sequence) => hasRun(other, sequence))) continue
      const newer = await indexOf(other)
      for (const sequence of owed) if (newer.entries.has(sequence)) owed.delete(sequence)
    }
    let batch: JournalWrite[] = []
    let batchBytes = 0
    const flush = async (): Promise<void> => {
      await appendInTurn(batch, [])
      batch = []
      batchBytes = 0
    }
    for (const sequence of owed) {
      const record = decodeRecord(bytes, index.entries.get(sequence)?.at ?? 0)
      if (record?.header.type !== 'entry') continue
      batch.push({ entry: record.header.entry, ciphertext: record.body })
      batchBytes += record.sizeBytes
      if (batchBytes >= COPY_BYTES) await flush()
    }
    await flush()
    await appendInTurn([], stillGone(segment, index.gone, alive))
  }

  /** As far as another segment has an entry that this is about, and a person did not bring it back. */
  function stillGone(segment: Segment, records: readonly GoneRecord[], alive: AliveCheck): GoneSequences[] {
    return records.map(({ runs, reason }) => {
      const sequences = sequencesOf(runs).filter((sequence) => segments.some((other) => other !== segment && hasRun(other, sequence)))
      const owed = alive.amongUndelivered(sequences)
      return { sequences: sequences.filter((sequence) => !owed.has(sequence)), reason }
    })
  }

  async function withHighest(): Promise<void> {
    for (const segment of [...segments].reverse()) {
      const contents = await contentsOf(segment)
      highest = Math.max(highest, contents.highest)
      if (contents.hasHead) return
    }
  }

  /** Goes on where the last run ended, when nothing there is in doubt. */
  async function reopenLast(): Promise<void> {
    const segment = segments.at(-1)
    const contents = segment?.contents
    if (!segment || !contents || isDamaged(contents) || !contents.hasHead || segment.sizeBytes >= segmentBytes) return
    const cutOff = contents.isCutOff ? contents.gaps.at(-1) : undefined
    try {
      const handle = await open(segment.path, 'r+')
      if (cutOff) {
        await handle.truncate(cutOff.at)
        segment.sizeBytes = cutOff.at
        contents.gaps.pop()
        contents.isCutOff = false
      }
      active = { segment, handle }
    } catch {
      // A file that cannot be written to is left alone; the next one begins with the next write, or says what is wrong.
    }
  }

  async function goneRecords(recentBytes = Number.POSITIVE_INFINITY): Promise<{ place: Place; runs: SequenceRun[]; reason: string }[]> {
    const found: { place: Place; runs: SequenceRun[]; reason: string }[][] = []
    let bytes = 0
    for (const segment of [...segments].reverse()) {
      if (bytes >= recentBytes) break
      const contents = await contentsOf(segment)
      bytes += segment.sizeBytes
      if (contents.highestGone === 0) continue
      found.unshift((await indexOf(segment)).gone.map(({ at, runs, reason }) => ({ place: { number: segment.number, at }, runs, reason })))
    }
    return found.flat()
  }

  /** The lowest from here on that a segment may have. */
  function nextSequence(from: number): number | null {
    let next: number | null = null
    for (const { contents } of segments) {
      const here = contents?.runs.next(from) ?? null
      if (here !== null && (next === null || here < next)) next = here
    }
    return next
  }

  await withHighest()
  await reopenLast()

  return {
    wasMissing,
    highestSequence: () => highest,

    append: (writes, gone = []) => inTurn(() => appendInTurn(writes, gone)),

    async *entries(from = 1) {
      const gone = await goneRecords()
      for (let next: number | null = from; next !== null; ) {
        const first = nextSequence(next)
        if (first === null) return
        const to = first + WINDOW - 1
        const found = new Map<number, { entry: JournalEntry; place: Place }>()
        for (const segment of segments.filter(({ contents }) => contents?.runs.meets(first, to))) {
          const bytes = await readSegment(segment.path).catch(() => Buffer.alloc(0))
          for (const [sequence, { at }] of (await indexOf(segment)).entries) {
            const record = sequence >= first && sequence <= to ? decodeRecord(bytes, at) : null
            if (record?.header.type === 'entry') found.set(sequence, { entry: record.header.entry, place: { number: segment.number, at } })
          }
        }
        const goneHere = gone.filter(({ runs }) => runs.some((run) => run[0] <= to && run[1] >= first))
        for (const sequence of [...found.keys()].sort((left, right) => left - right)) {
          const one = found.get(sequence)
          if (one && !goneHere.some((record) => isAfter(record.place, one.place) && covers(record.runs, sequence))) yield one.entry
        }
        next = to + 1
      }
    },

    async *gone(recentBytes) {
      for (const { place, runs, reason } of await goneRecords(recentBytes)) {
        const back = new Set<number>()
        for (const segment of segments) {
          if (segment.number < place.number || !runs.some((run) => segment.contents?.runs.meets(...run))) continue
          for (const [sequence, { at }] of (await indexOf(segment)).entries) {
            if (isAfter({ number: segment.number, at }, place) && covers(runs, sequence)) back.add(sequence)
          }
        }
        yield { runs: back.size === 0 ? runs : runsOf(sequencesOf(runs).filter((sequence) => !back.has(sequence))), reason }
      }
    },

    async readCiphertext(items) {
      const found = new Map<string, Uint8Array>()
      for (const segment of [...segments].reverse()) {
        const wanted = items.filter(({ id, sequence }) => !found.has(id) && hasRun(segment, sequence))
        if (wanted.length === 0) continue
        const index = await indexOf(segment)
        for (const { id, sequence } of wanted) {
          const placed = index.entries.get(sequence)
          const record = placed ? await readRecordAt(segment.path, placed.at, placed.sizeBytes) : null
          if (record?.header.type !== 'entry' || record.header.entry.id !== id) continue
          if (record.body.length > 0 && hash('sha256', record.body) === record.header.entry.sha256) found.set(id, record.body)
        }
      }
      return found
    },

    async missing(sequences) {
      let rest = [...sequences]
      for (const segment of [...segments].reverse()) {
        if (rest.length === 0 || !rest.some((sequence) => hasRun(segment, sequence))) continue
        const { entries } = await indexOf(segment)
        rest = rest.filter((sequence) => !entries.has(sequence))
      }
      return rest
    },

    removeBelow: (oldest) =>
      inTurn(async () => {
        const done = segments.filter(({ contents }) => contents !== null && Math.max(contents.runs.last, contents.highestGone) < oldest)
        if (done.length === 0) return
        // The last segment says which sequences are taken; it is replaced by one that says so and nothing more.
        const last = segments.at(-1)
        if (last && done.includes(last)) {
          if (last.contents?.entryCount === 0 && last.contents.highestGone === 0) done.splice(done.indexOf(last), 1)
          else {
            await closeActive()
            await openActive(0)
          }
        }
        for (const segment of done) await remove(segment)
        if (done.length > 0) await syncFolder(folder)
      }),

    async check(alive, pause) {
      const aside: string[] = []
      for (const segment of [...segments]) {
        if (!(await pause())) break
        if (!segments.includes(segment)) continue
        await inTurn(async () => {
          if (!isDamaged(await scannedContents(segment))) return
          if (active?.segment === segment) await closeActive()
          await copyAlive(segment, alive)
          const name = `${segment.path}.damaged-${timeStamp(clock.now())}`
          await rename(segment.path, name)
          await remove(segment)
          await syncFolder(folder)
          aside.push(basename(name))
        })
      }
      return aside
    },

    compact: (alive) =>
      inTurn(async () => {
        const sparse = segments.filter(
          ({ contents, sizeBytes }) => contents !== null && contents.entryCount > 0 && alivePart(contents, sizeBytes, alive) < ALIVE_PART,
        )
        if (sparse.length === 0) return
        for (const segment of sparse) {
          if (active?.segment === segment) await closeActive()
          await copyAlive(segment, alive)
          await remove(segment)
        }
        await syncFolder(folder)
      }),

    close: () => inTurn(finishActive),
  }

  function hasRun({ contents }: Segment, sequence: number): boolean {
    // One that was not read yet may have it.
    return contents === null || contents.runs.has(sequence)
  }
}

function noteInIndex(index: SegmentIndex, { at, sizeBytes, mark }: MarkedRecord): void {
  if (mark.type === 'entry') index.entries.set(mark.sequence, { at, sizeBytes })
  if (mark.type === 'gone') index.gone.push({ at, runs: mark.runs, reason: mark.reason })
}

function isAfter(left: Place, right: Place): boolean {
  return left.number > right.number || (left.number === right.number && left.at > right.at)
}

function covers(runs: readonly SequenceRun[], sequence: number): boolean {
  return runs.some(([first, last]) => first <= sequence && sequence <= last)
}

function alivePart(contents: SegmentContents, sizeBytes: number, alive: AliveCheck): number {
  let count = 0
  let bytes = 0
  for (const [first, last] of contents.runs.runs) {
    const found = alive.aliveIn(first, last)
    count += found.count
    bytes += found.sizeBytes
  }
  const headerBytes = (sizeBytes - contents.bodyBytes) / contents.entryCount
  return (bytes + count * headerBytes) / Math.max(1, sizeBytes)
}

function runsOf(sequences: readonly number[]): SequenceRun[] {
  const runs: SequenceRun[] = []
  for (const sequence of [...sequences].sort((left, right) => left - right)) {
    const last = runs.at(-1)
    if (last && sequence <= last[1] + 1) last[1] = sequence
    else runs.push([sequence, sequence])
  }
  return runs
}

function sequencesOf(runs: readonly SequenceRun[]): number[] {
  return runs.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, index) => first + index))
}

async function readRecordAt(path: string, at: number, sizeBytes: number): Promise<FoundRecord | null> {
  const handle = await open(path, 'r').catch(() => null)
  if (handle === null) return null
  try {
    const bytes = Buffer.allocUnsafe(sizeBytes)
    const { bytesRead } = await handle.read(bytes, 0, sizeBytes, at)
    return bytesRead < sizeBytes ? null : decodeRecord(bytes, 0)
  } finally {
    await handle.close()
  }
}
