import { hash } from 'node:crypto'
import type { z } from 'zod'
import { MAX_ENVELOPE_BYTES, type pushEnvelope } from '../../../../shared/contract/platform.ts'
import { isoTime, uuid } from '../../../../shared/contract/primitives.ts'

/** An envelope whose fields, size and hash are what they say. `ciphertext` is decoded. */
export type CheckedEnvelope = Omit<z.output<typeof pushEnvelope>, 'ciphertext'> & { ciphertext: Buffer }

export type CheckResult = { envelope: CheckedEnvelope } | { invalid: string }

const UUID = /^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[1-8][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}$/
const HASH = /^[0-9a-f]{64}$/
const FIELDS = 8

/**
 * Checks one envelope of a push: the contract's `pushEnvelope`, and what a schema cannot say (the size and the hash are
 * those of the ciphertext). Written by hand because a push has 500 of them, and the schema decodes the ciphertext once
 * more only to look at its letters; a test holds both against each other.
 */
export function checkEnvelope(item: unknown): CheckResult {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return { invalid: 'an envelope must be an object' }
  const { id, memory_ref, revision, sub_key_id, created_at, size_bytes, sha256, ciphertext } = item as Record<string, unknown>
  if (!isUuid(id)) return { invalid: 'id must be a UUID' }
  if (typeof memory_ref !== 'string' || !HASH.test(memory_ref)) return { invalid: 'memory_ref must be 64 lower-case hex digits' }
  if (!isPositiveInteger(revision)) return { invalid: 'revision must be a whole number above 0' }
  if (sub_key_id !== null && !isUuid(sub_key_id)) return { invalid: 'sub_key_id must be a UUID or null' }
  if (typeof created_at !== 'string' || !isoTime.safeParse(created_at).success) return { invalid: 'created_at must be an ISO 8601 time in UTC' }
  if (!isPositiveInteger(size_bytes)) return { invalid: 'size_bytes must be a whole number above 0' }
  if (typeof sha256 !== 'string' || !HASH.test(sha256)) return { invalid: 'sha256 must be 64 lower-case hex digits' }
  if (typeof ciphertext !== 'string') return { invalid: 'ciphertext must be base64' }
  if (Object.keys(item).length !== FIELDS) return { invalid: 'an envelope has no other fields than those of the contract' }
  if (size_bytes > MAX_ENVELOPE_BYTES) return { invalid: `an envelope has at most ${MAX_ENVELOPE_BYTES} bytes` }
  const bytes = decodeBase64(ciphertext)
  if (bytes === null) return { invalid: 'ciphertext must be base64' }
  if (bytes.length !== size_bytes) return { invalid: `size_bytes says ${size_bytes}, the ciphertext has ${bytes.length}` }
  if (hash('sha256', bytes) !== sha256) return { invalid: 'sha256 is not the hash of the ciphertext' }
  return { envelope: { id, memory_ref, revision, sub_key_id, created_at, size_bytes, sha256, ciphertext: bytes } }
}

/** The id and the hash of an item that may be known already; null where it has none that could be. */
export function identityOf(item: unknown): { id: string; sha256: unknown } | null {
  if (typeof item !== 'object' || item === null) return null
  const { id, sha256 } = item as Record<string, unknown>
  return isUuid(id) ? { id, sha256 } : null
}

/** Strict, although Node's decoder is not: it leaves out what is no base64, and then there are fewer bytes than the length promises. */
function decodeBase64(text: string): Buffer | null {
  if (text.length % 4 !== 0 || text.includes('-') || text.includes('_')) return null
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  const bytes = Buffer.from(text, 'base64')
  return bytes.length === (text.length / 4) * 3 - padding ? bytes : null
}

export function isUuid(value: unknown): value is string {
  // The two that the pattern leaves out (all zeros, all ones) are in the standard too.
  return typeof value === 'string' && (UUID.test(value) || uuid.safeParse(value).success)
}

function isPositiveInteger(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0
}
