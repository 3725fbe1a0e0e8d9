import { z } from 'zod'
import { itemKind, type ItemKind } from '../../../shared/contract/console.ts'

/** What is known of an undelivered write beside its ciphertext: enough to queue it again, in its order, in a data folder that has lost everything else. */
export type JournalEntry = {
  /** Finds the workspace again where this folder's own ids are gone; null: nobody knew it when the entry was written. */
  account: { platformId: string; url: string } | null
  workspaceId: string
  kind: ItemKind
  /** `memory:<memoryRef>` or `setting:<key>`. */
  lane: string
  sequence: number
  revision: number | null
  id: string
  /** Ids of the versions of its memory that it replaces. */
  replaces: string[]
  subKeyId: string | null
  createdAt: number
  /** Of the ciphertext; 0 where there is none. */
  sizeBytes: number
  /** Of the ciphertext, in hex. */
  sha256: string | null
  payload: string | null
}

/** Runs of sequences, both ends included. */
export type SequenceRun = [first: number, last: number]

/** What a segment has up to a foot: as much as a start wants to know of it. */
export type SegmentSummary = {
  runs: SequenceRun[]
  entryCount: number
  /** Of the ciphertexts alone. */
  bodyBytes: number
  /** The highest sequence that one of its records speaks of, `gone` and `head` too. */
  highest: number
  /** The highest sequence that a `gone` record names; 0: it has none. */
  highestGone: number
}

/**
 * What a record of a segment says. `head`: the first of each segment; sequences up to there are taken. `gone`: these are owed no more, and why.
 * `foot`: what lies before it in a segment that was closed, so that a start need not read all of it; one may be anywhere, and the last counts.
 */
export type JournalHeader =
  | { type: 'entry'; entry: JournalEntry }
  | { type: 'gone'; runs: SequenceRun[]; reason: string }
  | { type: 'head'; highestSequence: number }
  | { type: 'foot'; summary: SegmentSummary }

/** As much of a header as says where a record belongs. */
export type RecordMark = { type: 'entry'; sequence: number } | Exclude<JournalHeader, { type: 'entry' }>

/** A `gone` record with more runs would be longer than a header may be. */
export const MAX_RUNS = 2000

const sequence = z.int().positive()
const optionalText = z.string().nullable()
const MEMORY_LANE = /^memory:([0-9a-f]{64})$/
/** 32 bytes in 43 characters; in hex they would be 64. */
const hashText = z
  .string()
  .regex(/^[A-Za-z0-9_-]{43}$/)
  .transform((text) => Buffer.from(text, 'base64url').toString('hex'))

/** Side by side, 22 characters each instead of 39. Entries of older programs have an empty list here. */
const packedUuids = z.union([
  z.array(z.never()),
  z
    .string()
    .regex(/^[A-Za-z0-9_-]+$/)
    .transform((text) => uuidsOf(Buffer.from(text, 'base64url'))),
])

/** By place, not by name: names would be a third of what an envelope of 4 KiB costs here. The first is the kind of record. */
const entryTuple = z
  .tuple([
    z.literal('entry'),
    z.tuple([z.string(), z.string()]).nullable(),
    z.string().min(1),
    itemKind,
    z.union([z.tuple([hashText]).transform(([memoryRef]) => `memory:${memoryRef}`), z.string().min(1)]),
    sequence,
    z.int().nonnegative().nullable(),
    z.uuid(),
    packedUuids,
    optionalText,
    z.int().nonnegative(),
    z.int().nonnegative(),
    hashText.nullable(),
    optionalText,
  ])
  .transform(
    ([, account, workspaceId, kind, lane, place, revision, id, replaces, subKeyId, createdAt, sizeBytes, hash, payload]): JournalHeader => ({
      type: 'entry',
      entry: {
        account: account === null ? null : { platformId: account[0], url: account[1] },
        workspaceId,
        kind,
        lane,
        sequence: place,
        revision,
        id,
        replaces,
        subKeyId,
        createdAt,
        sizeBytes,
        sha256: hash,
        payload,
      },
    }),
  )
const goneTuple = z
  .tuple([z.literal('gone'), z.array(z.tuple([sequence, sequence])).max(MAX_RUNS), z.string()])
  .transform(([, runs, reason]): Exclude<RecordMark, { type: 'entry' }> => ({ type: 'gone', runs, reason }))
const headTuple = z
  .tuple([z.literal('head'), z.int().nonnegative()])
  .transform(([, highestSequence]): Exclude<RecordMark, { type: 'entry' }> => ({ type: 'head', highestSequence }))
const count = z.int().nonnegative()
const footTuple = z.tuple([z.literal('foot'), z.array(z.tuple([sequence, sequence])).max(MAX_RUNS), count, count, count, count]).transform(
  ([, runs, entryCount, bodyBytes, highest, highestGone]): Exclude<RecordMark, { type: 'entry' }> => ({
    type: 'foot',
    summary: { runs, entryCount, bodyBytes, highest, highestGone },
  }),
)
const schemas = { entry: entryTuple, gone: goneTuple, head: headTuple, foot: footTuple }

export function headerText(header: JournalHeader): string {
  switch (header.type) {
    case 'entry': {
      const { account, workspaceId, kind, lane, sequence: place, revision, id, replaces, subKeyId, createdAt, sizeBytes, sha256: hash, payload } = header.entry
      const owner = account === null ? null : [account.platformId, account.url]
      const memoryRef = MEMORY_LANE.exec(lane)?.[1]
      const shortLane = memoryRef === undefined ? lane : [shortHash(memoryRef)]
      const shortSha256 = hash === null ? null : shortHash(hash)
      const replaced = replaces.length === 0 ? [] : Buffer.from(replaces.join('').replaceAll('-', ''), 'hex').toString('base64url')
      return JSON.stringify(['entry', owner, workspaceId, kind, shortLane, place, revision, id, replaced, subKeyId, createdAt, sizeBytes, shortSha256, payload])
    }
    case 'gone':
      return JSON.stringify(['gone', header.runs, header.reason])
    case 'head':
      return JSON.stringify(['head', header.highestSequence])
    case 'foot': {
      const { runs, entryCount, bodyBytes, highest, highestGone } = header.summary
      return JSON.stringify(['foot', runs, entryCount, bodyBytes, highest, highestGone])
    }
  }
}

/** Null when it is not what was written here. */
export function parseHeader(text: string): JournalHeader | null {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return null
  }
  const parsed = schemaOf(value)?.safeParse(value)
  return parsed?.success ? parsed.data : null
}

function schemaOf(value: unknown): z.ZodType<JournalHeader> | null {
  const type: unknown = Array.isArray(value) ? value[0] : null
  return typeof type === 'string' && Object.hasOwn(schemas, type) ? schemas[type as keyof typeof schemas] : null
}

function uuidsOf(packed: Buffer): string[] {
  const hex = packed.toString('hex')
  return Array.from({ length: Math.floor(hex.length / 32) }, (_, index) =>
    hex.slice(index * 32, index * 32 + 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'),
  )
}

function shortHash(hex: string): string {
  return Buffer.from(hex, 'hex').toString('base64url')
}

export function markOf(header: JournalHeader): RecordMark {
  return header.type === 'entry' ? { type: 'entry', sequence: header.entry.sequence } : header
}

const ENTRY_PARTS = 14
const SEQUENCE_PART = 5

/**
 * The mark of a record whose checksum holds. A start goes through tens of thousands of entries for their sequences alone: what else they
 * say is validated by `parseHeader` when it is used. Null when it is not what was written here.
 */
export function parseMark(text: string): RecordMark | null {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return null
  }
  if (!Array.isArray(value)) return null
  if (value[0] !== 'entry') {
    const header = schemaOf(value)?.safeParse(value).data
    return header === undefined ? null : markOf(header)
  }
  const place: unknown = value[SEQUENCE_PART]
  return value.length === ENTRY_PARTS && typeof place === 'number' && Number.isSafeInteger(place) && place > 0 ? { type: 'entry', sequence: place } : null
}
