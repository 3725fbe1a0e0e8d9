import { readFileSync } from 'node:fs'
import { safeStorage } from 'electron'
import { z } from 'zod'
import { replaceFile } from '../bridge/atomic-file.ts'
import type { SecretStore } from '../bridge/messages.ts'

export type KeychainFile = SecretStore & { readonly withoutKeyring: boolean }

/** Key → ciphertext in base64. */
const fileSchema = z.record(z.string(), z.base64())

/**
 * Secrets encrypted by the system's keychain, in a file that only its owner may read. A file that cannot be read is never overwritten: it may hold
 * the master key. The application must be ready before this is called.
 *
 * @throws when the system offers no encryption at all
 */
export async function openKeychainFile(path: string): Promise<KeychainFile> {
  const withoutKeyring = hasNoKeyring()
  // Without this Chromium refuses to encrypt at all where there is no keyring; the person is told and offered a passphrase.
  if (withoutKeyring) safeStorage.setUsePlainTextEncryption(true)
  if (!(await safeStorage.isAsyncEncryptionAvailable())) throw new Error('This computer offers no place for secrets: its keychain cannot be reached.')
  return {
    withoutKeyring,
    protectedBy: describeProtection(path, withoutKeyring),
    async get(key) {
      const secrets = read(path)
      const sealed = Object.hasOwn(secrets, key) ? secrets[key] : undefined
      return sealed === undefined ? null : (await safeStorage.decryptStringAsync(Buffer.from(sealed, 'base64'))).result
    },
    async set(key, value) {
      const sealed = value === null ? null : (await safeStorage.encryptStringAsync(value)).toString('base64')
      // No await from here on: two changes at once would each write the file without the other's.
      const { [key]: _replaced, ...others } = read(path)
      replaceFile(path, `${JSON.stringify(sealed === null ? others : { ...others, [key]: sealed })}\n`)
    },
  }
}

/** Without a keyring Chromium "encrypts" with a key that is the same on every computer. */
function hasNoKeyring(): boolean {
  return process.platform === 'linux' && ['basic_text', 'unknown'].includes(safeStorage.getSelectedStorageBackend())
}

function describeProtection(path: string, withoutKeyring: boolean): string {
  if (process.platform === 'darwin') return 'The macOS keychain of your user account.'
  if (process.platform === 'win32') return 'Windows data protection of your user account.'
  return withoutKeyring
    ? `The file ${path}, which only your user account can read. This computer has no keyring, so nothing else protects the key; a passphrase does.`
    : `The keyring of your desktop (${safeStorage.getSelectedStorageBackend()}).`
}

function read(path: string): Record<string, string> {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {}
    throw new Error(`The secrets in ${path} cannot be read.`)
  }
  try {
    return fileSchema.parse(JSON.parse(text))
  } catch {
    throw new Error(`The secrets in ${path} are damaged. They were left as they are: restore the file, or move it away and import your key backup.`)
  }
}
