/**
 * Format 1, in which nothing is sealed any more. After the header come the ciphertext and its 16-byte tag; inside are 4 bytes of length
 * (big endian), canonical JSON of name, content type and size, and the content's bytes. Bound as associated data: a domain string, the
 * header, the envelope's id, its memory and its revision.
 */
import { createDecipheriv } from 'node:crypto'
import { z } from 'zod'
import type { SealingKey } from '../keys/derivation.ts'
import { TamperedEnvelopeError } from '../errors.ts'
import { type EnvelopeBinding, HEADER_BYTES, NONCE_AT, placeText, TAG_BYTES } from './envelope-header.ts'

const LENGTH_BYTES = 4
const DOMAIN = Buffer.from('tidemark/v1/envelope\0')
const innerHeader = z.strictObject({ contentType: z.string(), memoryId: z.string(), size: z.int().nonnegative() })

/** @throws TamperedEnvelopeError when the bytes or what they are bound to differ from what was sealed. */
export function openFirstFormat(key: SealingKey, binding: EnvelopeBinding, bytes: Buffer): { memoryId: string; contentType: string; bytes: Uint8Array } {
  if (bytes.length < HEADER_BYTES + LENGTH_BYTES + TAG_BYTES) throw new TamperedEnvelopeError('it is too short')
  const decipher = createDecipheriv('aes-256-gcm', key.encryptionKey, bytes.subarray(NONCE_AT, HEADER_BYTES))
  decipher.setAAD(Buffer.concat([DOMAIN, bytes.subarray(0, HEADER_BYTES), Buffer.from(placeText(binding))]))
  decipher.setAuthTag(bytes.subarray(bytes.length - TAG_BYTES))
  const plain = decipher.update(bytes.subarray(HEADER_BYTES, bytes.length - TAG_BYTES))
  try {
    decipher.final()
  } catch {
    throw new TamperedEnvelopeError('its bytes, id, memory or revision were changed')
  }
  const headerBytes = plain.readUInt32BE(0)
  const header = innerHeader.parse(JSON.parse(plain.subarray(LENGTH_BYTES, LENGTH_BYTES + headerBytes).toString('utf8')))
  const content = plain.subarray(LENGTH_BYTES + headerBytes)
  if (content.length !== header.size) throw new TamperedEnvelopeError('its size differs from its header')
  return { memoryId: header.memoryId, contentType: header.contentType, bytes: content }
}
