/**
 * Everything that is derived from the master key. HKDF-SHA256 (RFC 5869) with a random salt for each sub-key and an
 * info of its own for each purpose, so that no output says anything about another one.
 */
import { createHash, createHmac, createSecretKey, hash, hkdfSync, type KeyObject } from 'node:crypto'

export const MASTER_KEY_BYTES = 32
export const SALT_BYTES = 32
/** Bytes of an envelope's header that tell a foreign key from a changed envelope. */
export const KEY_CHECK_BYTES = 8

const INFO_AUTHENTICATION = 'tidemark/v1/sub-key/authentication'
const INFO_ENCRYPTION = 'tidemark/v1/sub-key/encryption'
const INFO_CHECK = 'tidemark/v1/sub-key/check'
const INFO_MEMORY_REF = 'tidemark/v1/memory-ref'
const INFO_FINGERPRINT = 'tidemark/v1/fingerprint'

/** Page imports have no sub-key; they are sealed under this id with a salt of their own. */
export const IMPORT_KEY_ID = '00000000-0000-0000-0000-000000000000'

/** A `KeyObject`, since a cipher made from bytes takes 25 µs instead of 2. OpenSSL overwrites it when it is let go. */
export type SealingKey = { encryptionKey: KeyObject; check: Buffer; salt: Buffer }

export function deriveSealingKey(masterKey: Uint8Array, salt: Uint8Array): SealingKey {
  const bytes = derive(masterKey, salt, INFO_ENCRYPTION, 32)
  const encryptionKey = createSecretKey(bytes)
  bytes.fill(0)
  return {
    encryptionKey,
    check: derive(masterKey, salt, INFO_CHECK, KEY_CHECK_BYTES),
    salt: Buffer.from(salt),
  }
}

/** What an agent shows at the intake. It opens nothing: only its hash is stored. */
export function deriveAuthenticationSecret(masterKey: Uint8Array, salt: Uint8Array): Buffer {
  return derive(masterKey, salt, INFO_AUTHENTICATION, 32)
}

export function hashSecret(secret: Uint8Array): Buffer {
  return createHash('sha256').update(secret).digest()
}

export function deriveMemoryRefKey(masterKey: Uint8Array): Buffer {
  return derive(masterKey, Buffer.alloc(0), INFO_MEMORY_REF, 32)
}

/** Tells whether two master keys are the same; it never leaves this computer. */
export function deriveFingerprint(masterKey: Uint8Array): Buffer {
  return derive(masterKey, Buffer.alloc(0), INFO_FINGERPRINT, 8)
}

/** Keyed hash of a memory's id, hex. The same memory id under another sub-key is another memory. */
export function memoryRefUnder(refKey: KeyObject | Uint8Array, subKeyId: string | null, memoryId: string): string {
  return createHmac('sha256', refKey)
    .update(`${subKeyId ?? IMPORT_KEY_ID}\0${memoryId}`)
    .digest('hex')
}

const BLOCK_BYTES = 64
const HASH_BYTES = 32

/** As `memoryRefUnder`. `wipe` overwrites what was made of the key; nothing may be asked after that. */
export type MemoryRefs = { of(subKeyId: string | null, memoryId: string): string; wipe(): void }

/**
 * HMAC-SHA256 as RFC 2104 §2 writes it down, with both pads made beforehand: Node's own takes twice as long for a text as
 * short as this, and each memory that is written asks once.
 */
export function createMemoryRefs(refKey: Uint8Array): MemoryRefs {
  const inner = Buffer.alloc(2 * 1024)
  const outer = Buffer.alloc(BLOCK_BYTES + HASH_BYTES)
  inner.set(refKey)
  outer.set(refKey)
  for (let at = 0; at < BLOCK_BYTES; at += 1) {
    inner[at] = (inner[at] ?? 0) ^ 0x36
    outer[at] = (outer[at] ?? 0) ^ 0x5c
  }
  return {
    of(subKeyId, memoryId) {
      const text = `${subKeyId ?? IMPORT_KEY_ID}\0${memoryId}`
      // At most three bytes of UTF-8 for each unit of the text.
      if (BLOCK_BYTES + text.length * 3 > inner.length) return memoryRefUnder(refKey, subKeyId, memoryId)
      const length = inner.write(text, BLOCK_BYTES)
      outer.write(hash('sha256', inner.subarray(0, BLOCK_BYTES + length)), BLOCK_BYTES, 'hex')
      return hash('sha256', outer)
    },
    wipe() {
      inner.fill(0)
      outer.fill(0)
      refKey.fill(0)
    },
  }
}

function derive(masterKey: Uint8Array, salt: Uint8Array, info: string, lengthBytes: number): Buffer {
  return Buffer.from(hkdfSync('sha256', masterKey, salt, info, lengthBytes))
}
