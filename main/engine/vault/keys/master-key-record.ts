/** How the master key lies in the host's secret store: plain under the host's protection, or under a passphrase as well. */
import { z } from 'zod'
import { MASTER_KEY_BYTES } from './derivation.ts'
import { DamagedKeyError } from '../errors.ts'
import { type RandomBytes, unwrap, wrap, wrapped } from './passphrase.ts'

/** Name in the secret store. */
export const MASTER_KEY_SECRET = 'master-key'
const CONTEXT = 'tidemark/v1/master-key'

const record = z.discriminatedUnion('protection', [
  z.strictObject({ format: z.literal('tidemark-master-key'), version: z.literal(1), protection: z.literal('host'), key: z.base64().length(44) }),
  z.strictObject({ format: z.literal('tidemark-master-key'), version: z.literal(1), protection: z.literal('passphrase'), wrapped }),
])
export type MasterKeyRecord = z.infer<typeof record>

/** @throws DamagedKeyError without naming any of its content. */
export function parseMasterKeyRecord(text: string): MasterKeyRecord {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new DamagedKeyError('it is not JSON')
  }
  const found = record.safeParse(value)
  // The issues of zod may quote what they found: the fields' names are enough.
  if (!found.success) throw new DamagedKeyError(`wrong or missing: ${found.error.issues.map((issue) => issue.path.join('.') || 'form').join(', ')}`)
  return found.data
}

export async function makeMasterKeyRecord(key: Uint8Array, passphrase: string | null, randomBytes: RandomBytes): Promise<string> {
  const made: MasterKeyRecord =
    passphrase === null
      ? { format: 'tidemark-master-key', version: 1, protection: 'host', key: Buffer.from(key).toString('base64') }
      : { format: 'tidemark-master-key', version: 1, protection: 'passphrase', wrapped: await wrap(key, passphrase, CONTEXT, randomBytes) }
  return JSON.stringify(made)
}

/** @throws WrongPassphraseError, DamagedKeyError. Without a passphrase on the record, `passphrase` is not looked at. */
export async function openMasterKeyRecord(found: MasterKeyRecord, passphrase: string): Promise<Buffer> {
  const key = found.protection === 'host' ? Buffer.from(found.key, 'base64') : await unwrap(found.wrapped, passphrase, CONTEXT)
  if (key.length !== MASTER_KEY_BYTES) throw new DamagedKeyError('the key has the wrong length')
  return key
}
