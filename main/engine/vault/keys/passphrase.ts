/**
 * Wraps bytes under a passphrase: scrypt (RFC 7914), then AES-256-GCM. Used for the master key in the secret store
 * and for key backups. A wrong passphrase costs the same work as the right one: all of scrypt.
 */
import { createCipheriv, createDecipheriv, scrypt } from 'node:crypto'
import { z } from 'zod'
import { WrongPassphraseError } from '../errors.ts'

export type RandomBytes = (length: number) => Uint8Array

/** 128 MiB and about 0.4 s of one core a guess (OWASP Password Storage: N = 2^17, r = 8, p = 1). */
const COST = { n: 2 ** 17, r: 8, p: 1 } as const

/** Bounds on what a file may ask for: weaker is refused, and so is what would take all memory. */
const scryptParameters = z.strictObject({
  n: z
    .int()
    .min(COST.n)
    .max(2 ** 20)
    .refine((n) => Number.isInteger(Math.log2(n)), 'a power of two'),
  r: z.literal(8),
  p: z.int().min(1).max(4),
  salt: z.base64().length(44),
})

export const wrapped = z.strictObject({ scrypt: scryptParameters, nonce: z.base64().length(16), sealed: z.base64().max(8_000_000) })
export type Wrapped = z.infer<typeof wrapped>

/** `context` is bound as associated data: a wrapped key of one kind cannot be passed off as another. */
export async function wrap(secret: Uint8Array, passphrase: string, context: string, randomBytes: RandomBytes): Promise<Wrapped> {
  const salt = randomBytes(32)
  const nonce = randomBytes(12)
  const key = await stretch(passphrase, salt, COST)
  try {
    const cipher = createCipheriv('aes-256-gcm', key, nonce)
    cipher.setAAD(Buffer.from(context))
    const sealed = Buffer.concat([cipher.update(secret), cipher.final(), cipher.getAuthTag()])
    return { scrypt: { ...COST, salt: base64(salt) }, nonce: base64(nonce), sealed: base64(sealed) }
  } finally {
    key.fill(0)
  }
}

/** @throws WrongPassphraseError; a changed file cannot be told from a wrong passphrase. */
export async function unwrap(box: Wrapped, passphrase: string, context: string): Promise<Buffer> {
  const key = await stretch(passphrase, Buffer.from(box.scrypt.salt, 'base64'), box.scrypt)
  const sealed = Buffer.from(box.sealed, 'base64')
  try {
    if (sealed.length < 16) throw new WrongPassphraseError()
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(box.nonce, 'base64'))
    decipher.setAAD(Buffer.from(context))
    decipher.setAuthTag(sealed.subarray(sealed.length - 16))
    const secret = decipher.update(sealed.subarray(0, sealed.length - 16))
    decipher.final()
    return secret
  } catch {
    throw new WrongPassphraseError()
  } finally {
    key.fill(0)
  }
}

function stretch(passphrase: string, salt: Uint8Array, { n, r, p }: { n: number; r: number; p: number }): Promise<Buffer> {
  // NFKC: the same passphrase typed on another system may come composed differently.
  return new Promise((resolve, reject) => {
    scrypt(passphrase.normalize('NFKC'), salt, 32, { N: n, r, p, maxmem: 128 * n * r * p + 64 * 1024 * 1024 }, (error, key) => {
      if (error) reject(error)
      else resolve(key)
    })
  })
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64')
}
