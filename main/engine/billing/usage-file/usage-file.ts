import { createHash } from 'node:crypto'
import {
  USAGE_FILE_MAX_ROWS,
  USAGE_FILE_PREVIEW_ROWS,
  USAGE_FILE_REFUSED_LISTED,
  type RefusedLine,
  type UsageFilePreview,
  type UsageFileReport,
  type UsageFileRow,
} from '../../../../shared/contract/console/usage-file.ts'
import { USAGE_MAX_EVENTS, type usageEventsResponse, type WireUsageEvent } from '../../../../shared/contract/platform/usage.ts'
import { type FileEvent, FileEvents } from '../../../../shared/usage-file/file-events.ts'
import { fileText } from '../../../../shared/usage-file/file-text.ts'
import { type OpenedFile, openRecords, UnreadableFile } from '../../../../shared/usage-file/records.ts'
import type { z } from 'zod'
import { ConsoleFailure } from '../../base/failure.ts'
import type { PlatformClient } from '../../sync/client/platform-client.ts'
import { failureOf } from '../../sync/client/refusal.ts'
import { type Expected, expectEvent, type KnownMeters } from './expected-event.ts'

/** What is read of a file before everything else has its turn: two milliseconds of work or so. */
const SLICE_BYTES = 4 * 1024
/** A batch that is larger is sent in two; every platform takes a thousand events of a kilobyte. */
const BATCH_MAX_BYTES = 900 * 1024
const EVENT_MAX_BYTES = 256 * 1024
/** Longer than this a person is not kept waiting without a word. */
const WAIT_MAX_MS = 60_000
const HTTP_TOO_MANY_REQUESTS = 429

type Line = (FileEvent & Exclude<Expected, { reason: string }>) | { readonly line: number; readonly reason: string }
type ToSend = Pick<FileEvent, 'line' | 'event'>

export type UsageFileParts = {
  readonly workspaceId: string
  readonly fileName: string
  readonly sizeBytes: number
  readonly client: Pick<PlatformClient, 'send'>
  readonly knownMeters: () => KnownMeters
}

/** One file of usage events, held in memory: each pass reads it from its beginning, so that no row of it is kept. */
export class UsageFile {
  readonly workspaceId: string
  readonly fileName: string
  readonly #parts: UsageFileParts
  readonly #pieces: Buffer[] = []
  readonly #closing = new AbortController()
  #takenBytes = 0
  #isBusy = false
  /** To its last line, so that none is met when a part is sent. */
  #isRead = false
  /** Where the sending is. Null: not begun. */
  #lines: AsyncGenerator<Line> | null = null
  /** Not answered yet: after a failure it is sent again. */
  #waiting: readonly ToSend[] = []
  /** Read, and without room in the batch before. */
  #next: ToSend | null = null
  #report: UsageFileReport = { isDone: false, waitMs: 0, sent: 0, accepted: 0, duplicates: 0, refusedCount: 0, refused: [] }

  constructor(parts: UsageFileParts) {
    this.#parts = parts
    this.workspaceId = parts.workspaceId
    this.fileName = parts.fileName
  }

  get isBusy(): boolean {
    return this.#isBusy
  }

  get report(): UsageFileReport {
    return this.#report
  }

  /** @throws ConsoleFailure `invalid_input` for more than was announced */
  take(piece: Buffer): void {
    this.#takenBytes += piece.length
    if (this.#takenBytes > this.#parts.sizeBytes) throw new ConsoleFailure('invalid_input', 'The file has become longer while it was read.', 'Choose it again.')
    this.#pieces.push(piece)
  }

  /** Every request and every pass ends; what the platform has counted stays counted. */
  close(): void {
    this.#closing.abort()
    this.#pieces.length = 0
    void this.#lines?.return(undefined).catch(() => {})
  }

  /** @throws ConsoleFailure `unreadable_file`, `too_many_rows` */
  preview(): Promise<UsageFilePreview> {
    return this.#alone(async () => {
      const first: UsageFileRow[] = []
      const refused: RefusedLine[] = []
      const { how, lines } = await this.#open()
      let [rows, refusedCount, todayCount] = [0, 0, 0]
      for await (const line of lines) {
        rows += 1
        if (rows > USAGE_FILE_MAX_ROWS) throw tooManyRows()
        if ('reason' in line) {
          refusedCount += 1
          if (refused.length < USAGE_FILE_REFUSED_LISTED) refused.push({ line: line.line, reason: line.reason })
          continue
        }
        if (line.countsToday) todayCount += 1
        if (first.length < USAGE_FILE_PREVIEW_ROWS) first.push(rowOf(line))
      }
      this.#isRead = true
      return { how, rows, toSend: rows - refusedCount, refusedCount, refused, first, todayCount }
    })
  }

  /** @throws ConsoleFailure as the platform or the network refuses; the same call goes on from there */
  sendNext(): Promise<UsageFileReport> {
    return this.#alone(async () => {
      if (!this.#isRead) throw new ConsoleFailure('invalid_input', 'The file was not read yet.', 'Look at its preview first.')
      this.#lines ??= (await this.#open()).lines
      if (this.#waiting.length === 0) this.#waiting = await this.#batch(this.#lines)
      const batch = this.#waiting
      if (batch.length === 0) {
        this.#report = { ...this.#report, isDone: true, waitMs: 0 }
        return this.#report
      }
      const body = { events: batch.map(({ event }) => event) }
      const answer = await this.#parts.client.send(this.workspaceId, 'sendUsageEvents', { body, signal: this.#closing.signal })
      if (answer.kind === 'error' && answer.status === HTTP_TOO_MANY_REQUESTS && answer.retryAfterMs !== null)
        return { ...this.#report, waitMs: Math.min(answer.retryAfterMs, WAIT_MAX_MS) }
      if (answer.kind !== 'ok') throw failureOf(answer)
      this.#waiting = []
      this.#report = withAnswer(this.#report, batch, answer.value)
      return this.#report
    })
  }

  /** One pass at a time: two would send a batch twice. */
  async #alone<T>(work: () => Promise<T>): Promise<T> {
    if (this.#isBusy) throw new ConsoleFailure('busy', 'This file is being read or sent already.', 'Wait for it to end.')
    this.#isBusy = true
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof UnreadableFile)) throw error
      throw new ConsoleFailure('unreadable_file', `The file cannot be read: ${error.message}.`, 'Nothing was sent. Mend the file, then choose it again.')
    } finally {
      this.#isBusy = false
    }
  }

  async #open(): Promise<{ how: string; lines: AsyncGenerator<Line> }> {
    const { parse } = await import('csv-parse')
    const { how, records } = await openRecords(this.fileName, fileText(this.#slices()), parse)
    return { how, lines: linesOf(records, this.#parts.knownMeters()) }
  }

  async *#slices(): AsyncGenerator<Uint8Array> {
    for (const piece of this.#pieces)
      for (let start = 0; start < piece.length; start += SLICE_BYTES) {
        yield piece.subarray(start, start + SLICE_BYTES)
        await new Promise((resolve) => setImmediate(resolve))
        // Closed meanwhile: what was read is not the whole of it.
        if (this.#closing.signal.aborted) throw new ConsoleFailure('file_closed', 'The file was closed.', 'Choose it again.')
      }
  }

  async #batch(lines: AsyncGenerator<Line>): Promise<readonly ToSend[]> {
    const batch: ToSend[] = []
    let batchBytes = 0
    for (;;) {
      const next = this.#next ?? (await nextToSend(lines))
      this.#next = null
      if (next === null) return batch
      batchBytes += sizeOf(next.event)
      if (batch.length === USAGE_MAX_EVENTS || (batchBytes > BATCH_MAX_BYTES && batch.length > 0)) {
        this.#next = next
        return batch
      }
      batch.push(next)
    }
  }
}

async function* linesOf(records: OpenedFile['records'], known: KnownMeters): AsyncGenerator<Line> {
  const events = new FileEvents((text) => createHash('sha256').update(text).digest('base64url'))
  for await (const record of records) {
    const taken = events.take(record)
    if ('reason' in taken) {
      yield taken
      continue
    }
    const { line, event } = taken
    if (sizeOf(event) > EVENT_MAX_BYTES) yield { line, reason: 'metadata is longer than 256 KiB' }
    else {
      const expected = expectEvent(known, event)
      yield 'reason' in expected ? { line, reason: expected.reason } : { line, event, ...expected }
    }
  }
}

async function nextToSend(lines: AsyncGenerator<Line>): Promise<ToSend | null> {
  for (;;) {
    const next = await lines.next()
    if (next.done === true) return null
    if ('event' in next.value) return { line: next.value.line, event: next.value.event }
  }
}

function rowOf({ line, event, meter, countsToday }: FileEvent & { meter: KnownMeterOfRow; countsToday: boolean }): UsageFileRow {
  return {
    line,
    meter: meter === null ? null : { name: meter.name, unit: meter.unit, byteBase: meter.byteBase },
    metric: event.metric,
    amount: 'quantity' in event ? event.quantity : 'reading' in event ? event.reading : null,
    key: 'key' in event ? event.key : null,
    service: event.service ?? null,
    userId: event.user_id ?? null,
    at: Date.parse(event.timestamp),
    countsToday,
  }
}
type KnownMeterOfRow = Exclude<Expected, { reason: string }>['meter']

function withAnswer(report: UsageFileReport, batch: readonly ToSend[], answer: z.output<typeof usageEventsResponse>): UsageFileReport {
  const lines = new Map(batch.map(({ line, event }) => [event.id, line]))
  const refused = answer.refused.map(({ id, message }) => ({ line: lines.get(id) ?? null, reason: message }))
  return {
    isDone: false,
    waitMs: 0,
    sent: report.sent + batch.length,
    accepted: report.accepted + answer.accepted,
    duplicates: report.duplicates + answer.duplicates,
    refusedCount: report.refusedCount + refused.length,
    refused: [...report.refused, ...refused].slice(0, USAGE_FILE_REFUSED_LISTED),
  }
}

function sizeOf(event: WireUsageEvent): number {
  return Buffer.byteLength(JSON.stringify(event))
}

function tooManyRows(): ConsoleFailure {
  const rows = USAGE_FILE_MAX_ROWS.toLocaleString('en-US')
  return new ConsoleFailure('too_many_rows', `The file has more than ${rows} rows.`, 'Nothing was sent. Split it into files of fewer rows.')
}
