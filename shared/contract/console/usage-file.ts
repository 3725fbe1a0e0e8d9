/** A file of usage events that a person chooses, on the bridge: it is held in memory, read for a preview, then sent batch by batch. */
import { z } from 'zod'
import { call } from '../call.ts'
import { byteBase, bytes, count, done, epochMs, id, inWorkspace } from '../primitives.ts'

export const USAGE_FILE_MAX_BYTES = 32 * 1024 * 1024
export const USAGE_FILE_MAX_ROWS = 200_000
/** Refused lines that are listed; all of them are counted. */
export const USAGE_FILE_REFUSED_LISTED = 100
/** Rows that a preview shows, as many as the command line's. */
export const USAGE_FILE_PREVIEW_ROWS = 20

/** `line` null: the platform refused an event that it does not name by an id of this file. */
const refusedLine = z.strictObject({ line: count.nullable(), reason: z.string() })
export type RefusedLine = z.infer<typeof refusedLine>

const previewRow = z.strictObject({
  line: count,
  /** Null: the plan data that this computer has names no meters. */
  meter: z.strictObject({ name: z.string(), unit: z.string(), byteBase }).nullable(),
  metric: z.string(),
  amount: count.nullable(),
  key: z.string().nullable(),
  service: z.string().nullable(),
  userId: z.string().nullable(),
  at: epochMs,
  /** Its period is closed: it counts on the day on which it is sent. */
  countsToday: z.boolean(),
})
export type UsageFileRow = z.infer<typeof previewRow>

export const usageFilePreview = z.strictObject({
  /** How the file was understood, in words. */
  how: z.string(),
  rows: count,
  /** Rows that can be sent; the others are refused here. */
  toSend: count,
  refusedCount: count,
  refused: z.array(refusedLine).max(USAGE_FILE_REFUSED_LISTED),
  first: z.array(previewRow).max(USAGE_FILE_PREVIEW_ROWS),
  /** Rows that count on the day on which they are sent. */
  todayCount: count,
})
export type UsageFilePreview = z.infer<typeof usageFilePreview>

/** What the platform has said so far. */
export const usageFileReport = z.strictObject({
  isDone: z.boolean(),
  /** The platform asks to wait so long before the next batch. */
  waitMs: count,
  sent: count,
  accepted: count,
  duplicates: count,
  refusedCount: count,
  refused: z.array(refusedLine).max(USAGE_FILE_REFUSED_LISTED),
})
export type UsageFileReport = z.infer<typeof usageFileReport>

const ofFile = z.strictObject({ fileId: id })

export const usageFileCalls = {
  /** Why this member may not send usage; null: it may. */
  'usageFile.access': call(inWorkspace, z.strictObject({ reason: z.string().nullable() }), { topics: ['workspace', 'plans'] }),
  'usageFile.open': call(inWorkspace.extend({ fileName: z.string().min(1).max(1024), sizeBytes: bytes }), z.strictObject({ fileId: id }), 'action'),
  /** The next piece of the file, at most 1 MiB of bytes. */
  'usageFile.piece': call(ofFile.extend({ chunkBase64: z.string().max(1_500_000) }), done, 'action'),
  /** Reads the whole file; nothing is sent. */
  'usageFile.preview': call(ofFile, usageFilePreview, 'action'),
  /** Sends the next batch. After a failure the same batch is sent again: an event counts once, however often it comes. */
  'usageFile.sendNext': call(ofFile, usageFileReport, 'action'),
  /** Forgets the file. What was counted stays counted. */
  'usageFile.close': call(ofFile, done, 'action'),
} as const
