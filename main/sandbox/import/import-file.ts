import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { USAGE_MAX_EVENTS, usageEvent } from '../../../shared/contract/platform/usage.ts'
import { describeEventProblem, wireToEvent } from '../meter/usage/wire-event.ts'
import { openAccount } from '../meter/open-account.ts'
import { recordUsage } from '../meter/usage/record-usage.ts'
import type { UsageEvent } from '../meter/usage/usage-event.ts'
import type { Store } from '../store/store.ts'
import { type FileRecord, formOfFile, type RecordReader, recordReader } from './records.ts'

export type RefusedLine = { readonly line: number; readonly reason: string }
export type ImportReport = { readonly accepted: number; readonly duplicates: number; readonly refused: readonly RefusedLine[] }
export type ImportProgress = { readonly bytesRead: number; readonly totalBytes: number; readonly events: number }
/** Loads usage events into a workspace that is named as a person names it. @throws when there is none of this name, or no file */
export type ImportUsage = (path: string, into: string, onProgress?: (progress: ImportProgress) => void) => Promise<ImportReport>

/**
 * Loads usage events from a CSV file or JSON lines into a workspace. Each counts on the day and in the period of its
 * timestamp, however old: it is a past that is loaded, not an event that comes late. Lines without a source or id get the file's
 * name and their number, so that the same file may be loaded again. Everything else is as with `POST /v1/usage/events`.
 *
 * @throws when the file cannot be read
 */
export async function importFile(
  { store, workspaceId, onProgress }: { store: Store; workspaceId: string; onProgress?: (progress: ImportProgress) => void },
  path: string,
): Promise<ImportReport> {
  const { size: totalBytes } = await stat(path)
  const stream = createReadStream(path)
  // Characters may lie across two pieces of the file.
  const decoder = new TextDecoder()
  const refused: RefusedLine[] = []
  let reader: RecordReader | null = null
  let waiting: { line: number; event: UsageEvent }[] = []
  let accepted = 0
  let duplicates = 0
  let bytesRead = 0

  const write = async (): Promise<void> => {
    const batch = waiting
    waiting = []
    if (batch.length === 0) return
    const outcomes = await store.write(async (unit) => {
      const account = await openAccount(unit, workspaceId)
      return await recordUsage(
        unit,
        account,
        batch.map(({ event }) => event),
        { backfill: true },
      )
    })
    for (const [index, outcome] of outcomes.entries()) {
      if (outcome.status === 'accepted') accepted += 1
      else if (outcome.status === 'duplicate') duplicates += 1
      else refused.push({ line: batch[index]?.line ?? 0, reason: `${outcome.code}: ${outcome.message}` })
    }
    onProgress?.({ bytesRead, totalBytes, events: accepted + duplicates + refused.length })
  }
  const take = async (records: readonly FileRecord[]): Promise<void> => {
    for (const record of records) {
      const checked = check(record, basename(path))
      if ('reason' in checked) refused.push(checked)
      else waiting.push(checked)
      if (waiting.length >= USAGE_MAX_EVENTS) await write()
    }
  }

  for await (const piece of stream) {
    if (!Buffer.isBuffer(piece)) continue
    bytesRead += piece.length
    const text = decoder.decode(piece, { stream: true })
    reader ??= recordReader(formOfFile(path, text))
    await take(reader.push(text))
  }
  await take(reader?.end() ?? [])
  await write()
  onProgress?.({ bytesRead: totalBytes, totalBytes, events: accepted + duplicates + refused.length })
  return { accepted, duplicates, refused: refused.toSorted((one, other) => one.line - other.line) }
}

function check(record: FileRecord, fileName: string): { line: number; event: UsageEvent } | RefusedLine {
  if ('problem' in record) return { line: record.line, reason: record.problem }
  const parsed = usageEvent.safeParse({ source: `import/${fileName}`.slice(0, 128), id: `line ${record.line}`, ...record.fields })
  if (!parsed.success) return { line: record.line, reason: describeEventProblem(parsed.error) }
  return { line: record.line, event: wireToEvent(parsed.data) }
}
