import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { parse } from 'csv-parse'
import { USAGE_MAX_EVENTS } from '../../../shared/contract/platform/usage.ts'
import { openAccount } from '../meter/open-account.ts'
import { recordUsage } from '../meter/usage/record-usage.ts'
import type { UsageOutcome } from '../meter/usage/usage-event.ts'
import { wireToEvent } from '../meter/usage/wire-event.ts'
import type { Store } from '../store/store.ts'
import { type FileEvent, FileEvents, type RefusedLine } from '../../../shared/usage-file/file-events.ts'
import { fileText } from '../../../shared/usage-file/file-text.ts'
import { type OpenedFile, openRecords } from '../../../shared/usage-file/records.ts'

export type ImportReport = { readonly how: string; readonly accepted: number; readonly duplicates: number; readonly refused: readonly RefusedLine[] }
export type ImportProgress = { readonly bytesRead: number; readonly totalBytes: number; readonly events: number }
/** Loads usage events into a workspace that is named as a person names it. @throws when there is none of this name, or the file cannot be read */
export type ImportUsage = (path: string, into: string, onProgress?: (progress: ImportProgress) => void) => Promise<ImportReport>

export type PreviewedLine = { readonly line: number; readonly words: string; readonly state: 'new' | 'known already' } | RefusedLine
export type ImportPreview = { readonly how: string; readonly lines: readonly PreviewedLine[]; readonly more: boolean }
/** The first lines of a file and what would become of each; nothing is loaded. @throws as `ImportUsage` does */
export type PreviewUsage = (path: string, into: string) => Promise<ImportPreview>

export type ImportTarget = { readonly store: Store; readonly workspaceId: string }

/** How many lines a preview has. */
const PREVIEW_LINES = 20

/**
 * Loads usage events from a CSV file or JSON lines into a workspace. Each counts on the day and in the period of its
 * timestamp, however old: it is a past that is loaded, not an event that comes late. A line without an id is known by what it says (see `FileEvents`), so
 * that the same file may be loaded again. Everything else is as with `POST /v1/usage/events`.
 *
 * @throws when the file cannot be read; UnreadableFile, when it is no file of events
 */
export async function importFile(
  { onProgress, ...target }: ImportTarget & { onProgress?: (progress: ImportProgress) => void },
  path: string,
): Promise<ImportReport> {
  const { size: totalBytes } = await stat(path)
  const refused: RefusedLine[] = []
  const events = new FileEvents(sha256)
  let waiting: FileEvent[] = []
  let accepted = 0
  let duplicates = 0
  let bytesRead = 0
  const tell = (): void => onProgress?.({ bytesRead, totalBytes, events: accepted + duplicates + refused.length })

  const write = async (): Promise<void> => {
    const batch = waiting
    waiting = []
    if (batch.length > 0) {
      const outcomes = await target.store.write(async (unit) => {
        const account = await openAccount(unit, target.workspaceId)
        return await recordUsage(
          unit,
          account,
          batch.map(({ event }) => wireToEvent(event)),
          { backfill: true },
        )
      })
      for (const [index, outcome] of outcomes.entries()) {
        if (outcome.status === 'accepted') accepted += 1
        else if (outcome.status === 'duplicate') duplicates += 1
        else refused.push({ line: batch[index]?.line ?? 0, reason: reasonOf(outcome) })
      }
    }
    tell()
  }

  const { how, records } = await open(path, (bytes) => {
    bytesRead += bytes
  })
  for await (const record of records) {
    const checked = events.take(record)
    if ('event' in checked) waiting.push(checked)
    else {
      refused.push(checked)
      // A long file of which nothing is right moves on as well.
      if (refused.length % USAGE_MAX_EVENTS === 0) tell()
    }
    if (waiting.length >= USAGE_MAX_EVENTS) await write()
  }
  bytesRead = totalBytes
  await write()
  return { how, accepted, duplicates, refused: refused.toSorted((one, other) => one.line - other.line) }
}

/** @throws as `importFile` does */
export async function previewFile({ store, workspaceId }: ImportTarget, path: string): Promise<ImportPreview> {
  const { how, records } = await open(path, () => {})
  const events = new FileEvents(sha256)
  const first: (FileEvent | RefusedLine)[] = []
  let more = false
  for await (const record of records) {
    more = first.length === PREVIEW_LINES
    if (more) break
    first.push(events.take(record))
  }
  const taken = first.filter((line) => 'event' in line)
  const outcomes = await outcomesOf({ store, workspaceId }, taken)
  const lines = first.map((line): PreviewedLine => {
    if (!('event' in line)) return line
    const outcome = outcomes[taken.indexOf(line)]
    if (outcome?.status === 'refused') return { line: line.line, reason: reasonOf(outcome) }
    return { line: line.line, words: wordsOf(line), state: outcome?.status === 'duplicate' ? 'known already' : 'new' }
  })
  return { how, lines, more }
}

/** What would become of them: they are counted, and taken back before anybody sees it. */
async function outcomesOf({ store, workspaceId }: ImportTarget, events: readonly FileEvent[]): Promise<readonly UsageOutcome[]> {
  class TakenBack extends Error {}
  let outcomes: readonly UsageOutcome[] = []
  try {
    await store.write(async (unit) => {
      const account = await openAccount(unit, workspaceId)
      outcomes = await recordUsage(
        unit,
        account,
        events.map(({ event }) => wireToEvent(event)),
        { backfill: true },
      )
      throw new TakenBack()
    })
  } catch (error) {
    if (!(error instanceof TakenBack)) throw error
  }
  return outcomes
}

function wordsOf({ event: wire }: FileEvent): string {
  const event = wireToEvent(wire)
  const { measure } = event
  const amount = measure.form === 'quantity' ? String(measure.quantity) : measure.form === 'reading' ? String(measure.reading) : measure.key
  return [new Date(measure.atMs).toISOString(), event.metric, `${measure.form} ${amount}`, event.service, event.userId]
    .filter((part) => part !== undefined)
    .join('  ')
}

function reasonOf({ code, message }: Extract<UsageOutcome, { status: 'refused' }>): string {
  return `${code}: ${message}`
}

function open(path: string, onRead: (bytes: number) => void): Promise<OpenedFile> {
  return openRecords(path, fileText(bytesOf(path, onRead)), parse)
}

async function* bytesOf(path: string, onRead: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  for await (const piece of createReadStream(path)) {
    if (!Buffer.isBuffer(piece)) continue
    onRead(piece.length)
    yield piece
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64url')
}
