/** What a memory's id and content type may be. Pure; every door (HTTP, import, drop folder) asks here. */
import { ConsoleFailure } from '../base/failure.ts'

export const MEMORY_ID_MAX_BYTES = 512
const CONTENT_TYPE_MAX_LENGTH = 128
/** What bytes are when nobody says (RFC 9110 §8.3). */
export const DEFAULT_CONTENT_TYPE = 'application/octet-stream'

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+"
const QUOTED = '"(?:[\\t !#-\\[\\]-~]|\\\\[\\t -~])*"'
/** media-type of RFC 9110 §8.3.1: token "/" token, then parameters. No construct of it can match the same text in two ways, so it is linear. */
const MEDIA_TYPE = new RegExp(`^${TOKEN}/${TOKEN}(?:[ \\t]*;[ \\t]*${TOKEN}=(?:${TOKEN}|${QUOTED}))*$`)
const PLAIN_ASCII = /^[ -~]+$/
const CONTROL = /\p{Cc}/u

/** Why this may not be a memory's id; null when it may. The words never repeat the id: it is the agent's own text. */
export function memoryIdProblem(memoryId: string): string | null {
  if (memoryId.length === 0) return 'The memory id is empty.'
  if (memoryId.length > MEMORY_ID_MAX_BYTES) return `The memory id is longer than ${MEMORY_ID_MAX_BYTES} bytes.`
  // An HTTP client folds these two away before it sends the path, so such a memory could never be read back.
  if (memoryId === '.' || memoryId === '..') return 'The memory id is a dot segment of a path.'
  // Nearly every id is plain ASCII: one test, and its length is its bytes.
  if (PLAIN_ASCII.test(memoryId)) return null
  if (!memoryId.isWellFormed()) return 'The memory id is not well-formed Unicode.'
  if (CONTROL.test(memoryId)) return 'The memory id holds a control character.'
  if (Buffer.byteLength(memoryId) > MEMORY_ID_MAX_BYTES) return `The memory id is longer than ${MEMORY_ID_MAX_BYTES} bytes.`
  return null
}

/** Why this may not be a content type; null when it may (RFC 9110 §8.3.1, at most 128 characters). */
export function contentTypeProblem(contentType: string): string | null {
  if (contentType === DEFAULT_CONTENT_TYPE) return null
  if (contentType.length > CONTENT_TYPE_MAX_LENGTH) return `The content type is longer than ${CONTENT_TYPE_MAX_LENGTH} characters.`
  return MEDIA_TYPE.test(contentType) ? null : 'The content type is not of the form type/subtype.'
}

/** @throws ConsoleFailure `invalid_memory_id` */
export function requireMemoryId(memoryId: string): void {
  const problem = memoryIdProblem(memoryId)
  if (problem !== null) throw new ConsoleFailure('invalid_memory_id', problem, `Use 1 to ${MEMORY_ID_MAX_BYTES} bytes of UTF-8 without control characters.`)
}

/** @throws ConsoleFailure `invalid_content_type` */
export function requireContentType(contentType: string): void {
  const problem = contentTypeProblem(contentType)
  if (problem !== null) throw new ConsoleFailure('invalid_content_type', problem, 'Send something like text/plain, or leave it out.')
}
