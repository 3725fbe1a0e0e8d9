/** The key backup: one JSON text that may be kept anywhere, since it opens with its passphrase only. */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { MASTER_KEY_BYTES, SALT_BYTES } from './derivation.ts'
import { KeyBackupError } from '../errors.ts'
import { type RandomBytes, type Wrapped, unwrap, wrap, wrapped } from './passphrase.ts'
import type { PortableSubKey } from './sub-keys.ts'

const FORMAT = 'tidemark-key-backup'
const VERSION = 1
const CONTEXT = 'tidemark/v1/key-backup'

const head = z.looseObject({ format: z.literal(FORMAT), version: z.int().positive() })
const file = z.strictObject({
  format: z.literal(FORMAT),
  version: z.literal(VERSION),
  createdAt: z.iso.datetime(),
  wrapped,
  /** SHA-256 of `wrapped`: tells a damaged file from a wrong passphrase. It proves nothing against a forger; the seal does. */
  checksum: z.string().length(64),
})

const bytesOf = (length: number) =>
  z
    .base64()
    .transform((text) => Buffer.from(text, 'base64'))
    .refine((bytes) => bytes.length === length)
const epochMs = z.int().nonnegative()
const content = z.strictObject({
  masterKey: bytesOf(MASTER_KEY_BYTES),
  subKeys: z
    .array(
      z.strictObject({
        id: z.uuid(),
        workspaceId: z.string().nullable(),
        platformId: z.string().nullable(),
        platformUrl: z.string().nullable(),
        name: z.string().max(200),
        salt: bytesOf(SALT_BYTES),
        authHash: bytesOf(32),
        createdAt: epochMs,
        revokedAt: epochMs.nullable(),
      }),
    )
    .max(10_000),
})

export type KeyBackup = { masterKey: Buffer; subKeys: PortableSubKey[] }

export async function writeKeyBackup(backup: KeyBackup, passphrase: string, now: number, randomBytes: RandomBytes): Promise<string> {
  const secret = Buffer.from(
    JSON.stringify({
      masterKey: backup.masterKey.toString('base64'),
      subKeys: backup.subKeys.map((key) => ({ ...key, salt: key.salt.toString('base64'), authHash: key.authHash.toString('base64') })),
    }),
  )
  try {
    const box = await wrap(secret, passphrase, CONTEXT, randomBytes)
    return `${JSON.stringify({ format: FORMAT, version: VERSION, createdAt: new Date(now).toISOString(), wrapped: box, checksum: checksumOf(box) }, null, 2)}\n`
  } finally {
    secret.fill(0)
  }
}

/** @throws KeyBackupError when this is no backup of ours, a newer one or a damaged one; WrongPassphraseError. */
export async function readKeyBackup(text: string, passphrase: string): Promise<KeyBackup> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new KeyBackupError(
      'backup_not_ours',
      'This file is not a key backup.',
      'Choose the file that “Back up the key” made; its name begins with tidemark-key.',
    )
  }
  const recognised = head.safeParse(value)
  if (!recognised.success)
    throw new KeyBackupError('backup_not_ours', 'This file is not a key backup of Tidemark.', 'Choose the file that “Back up the key” made.')
  if (recognised.data.version > VERSION) {
    throw new KeyBackupError(
      'backup_from_the_future',
      `This backup has version ${recognised.data.version}, this program knows version ${VERSION} at most.`,
      'Update the program, then import it again.',
    )
  }
  const found = file.safeParse(value)
  if (!found.success || found.data.checksum !== checksumOf(found.data.wrapped)) throw damaged()
  const secret = await unwrap(found.data.wrapped, passphrase, CONTEXT)
  try {
    return content.parse(JSON.parse(secret.toString('utf8')))
  } catch {
    throw damaged()
  } finally {
    secret.fill(0)
  }
}

function checksumOf({ scrypt: { n, r, p, salt }, nonce, sealed }: Wrapped): string {
  return createHash('sha256')
    .update(JSON.stringify([n, r, p, salt, nonce, sealed]))
    .digest('hex')
}

function damaged(): KeyBackupError {
  return new KeyBackupError('backup_damaged', 'This key backup is damaged: parts of it are missing or changed.', 'Use another copy of it.')
}
