/**
 * Reads the body of `POST /v1/memories/batch`. Checked by hand and as strictly as a schema would: this is the
 * busiest door of the engine, and a schema library takes longer for a memory than sealing it does.
 */
import { isUtf8 } from 'node:buffer'
import { ConsoleFailure } from '../base/failure.ts'
import { checkedVersions } from './requests.ts'
import { contentTypeProblem, DEFAULT_CONTENT_TYPE, memoryIdProblem } from './memory-checks.ts'

export const BATCH_MAX_MEMORIES = 500
export const BATCH_MAX_BYTES = 16 * 1024 * 1024

export type BatchItem = { memoryId: string; contentType: string; bytes: Buffer; replaces?: readonly string[] }

const FIELDS = new Set(['id', 'content_type', 'content_base64', 'text', 'replaces'])
const SHAPE = 'Send { "memories": [ { "id", "content_type", "content_base64" or "text", "replaces" } ] }.'

/**
 * One entry per memory, in order: what to store, or why not.
 * @throws ConsoleFailure `invalid_request` when the body as a whole is not a batch.
 */
export function parseBatch(body: Buffer, newMemoryId: () => string): (BatchItem | ConsoleFailure)[] {
  // JSON.parse would quietly turn broken UTF-8 into replacement characters, and other text than was sent would be stored.
  if (!isUtf8(body)) throw invalid('The body is not UTF-8.')
  let parsed: unknown
  try {
    parsed = JSON.parse(body.toString('utf8'))
  } catch {
    // The parser's own words quote the body: not repeated.
    throw invalid('The body is not JSON.')
  }
  if (!isRecord(parsed)) throw invalid('The body is not a JSON object.')
  for (const key in parsed) if (key !== 'memories') throw invalid('The body has a field beside "memories".')
  const memories = parsed.memories
  if (!Array.isArray(memories) || memories.length === 0) throw invalid('"memories" is not a list with at least one memory.')
  if (memories.length > BATCH_MAX_MEMORIES)
    throw new ConsoleFailure('batch_too_large', `A batch may have at most ${BATCH_MAX_MEMORIES} memories.`, 'Send it in smaller batches.')
  return memories.map((memory: unknown) => parseItem(memory, newMemoryId))
}

function parseItem(memory: unknown, newMemoryId: () => string): BatchItem | ConsoleFailure {
  if (!isRecord(memory)) return invalid('The memory is not an object.')
  for (const key in memory) if (!FIELDS.has(key)) return invalid('The memory has an unknown field.')
  const { id, content_type: contentType = DEFAULT_CONTENT_TYPE, content_base64: base64, text, replaces } = memory
  if (id !== undefined && typeof id !== 'string') return invalid('"id" is not a string.')
  if (typeof contentType !== 'string') return invalid('"content_type" is not a string.')
  const memoryId = id ?? newMemoryId()
  const idProblem = memoryIdProblem(memoryId)
  if (idProblem !== null) return new ConsoleFailure('invalid_memory_id', idProblem, 'Use 1 to 512 bytes of UTF-8 without control characters.')
  const typeProblem = contentTypeProblem(contentType)
  if (typeProblem !== null) return new ConsoleFailure('invalid_content_type', typeProblem, 'Send something like text/plain, or leave it out.')
  const versions = replaces === undefined ? null : versionsOf(replaces)
  if (versions instanceof ConsoleFailure) return versions
  const named = versions === null ? {} : { replaces: versions }
  if ((base64 === undefined) === (text === undefined)) return invalid('Exactly one of "content_base64" and "text" must be there.')
  if (text !== undefined) {
    if (typeof text !== 'string' || !text.isWellFormed()) return invalid('"text" is not a string of well-formed Unicode.')
    return { memoryId, contentType, bytes: Buffer.from(text, 'utf8'), ...named }
  }
  const bytes = decodeBase64(base64)
  return bytes === null ? invalid('"content_base64" is not base64 with padding.') : { memoryId, contentType, bytes, ...named }
}

function versionsOf(value: unknown): readonly string[] | ConsoleFailure {
  if (!Array.isArray(value)) return invalid('"replaces" is not a list.')
  try {
    return checkedVersions(value, '"replaces"')
  } catch (error) {
    if (error instanceof ConsoleFailure) return error
    throw error
  }
}

/** Node skips what is not base64 instead of refusing it; then fewer bytes come out than the length promises. */
function decodeBase64(value: unknown): Buffer | null {
  if (typeof value !== 'string' || value.length % 4 !== 0) return null
  const bytes = Buffer.from(value, 'base64')
  return bytes.length === Buffer.byteLength(value, 'base64') ? bytes : null
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function invalid(message: string): ConsoleFailure {
  return new ConsoleFailure('invalid_request', message, SHAPE)
}
