import { safeStorage } from 'electron'
import { z } from 'zod'
import type { SecretStore } from '../bridge/messages.ts'
import { openTwinFile } from '../bridge/twin-file.ts'

export type KeychainFile = SecretStore & { readonly withoutKeyring: boolean }

/**
 * Secrets encrypted by the system's keychain, in two files that only their owner may read, each a copy of the other. What cannot be read is never
 * overwritten: it may hold the master key. The application must be ready before this is called.
 *
 * @param tell words for the person about damage
 * @throws when the system offers no encryption at all
 */
export async function openKeychainFile(path: string, tell: (text: string) => void): Promise<KeychainFile> {
  const withoutKeyring = hasNoKeyring()
  // Without this Chromium refuses to encrypt at all where there is no keyring; the person is told and offered a passphrase.
  if (withoutKeyring) safeStorage.setUsePlainTextEncryption(true)
  if (!(await safeStorage.isAsyncEncryptionAvailable())) throw new Error('This computer offers no place for secrets: its keychain cannot be reached.')
  // Key → ciphertext in base64.
  const file = openTwinFile({ path, value: z.base64(), tell })
  return {
    withoutKeyring,
    protectedBy: describeProtection(path, withoutKeyring),
    async get(key) {
      const secrets = file.read()
      const sealed = Object.hasOwn(secrets, key) ? secrets[key] : undefined
      return sealed === undefined ? null : (await safeStorage.decryptStringAsync(Buffer.from(sealed, 'base64'))).result
    },
    async set(key, value) {
      const sealed = value === null ? null : (await safeStorage.encryptStringAsync(value)).toString('base64')
      file.change(key, sealed)
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
