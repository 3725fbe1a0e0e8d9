import { setTimeout as wait } from 'node:timers/promises'
import { safeStorage } from 'electron'
import { z } from 'zod'
import type { SecretStore } from '../bridge/messages.ts'
import { openTwinFile } from '../bridge/twin-file.ts'

export type KeychainFile = SecretStore & { readonly withoutKeyring: boolean }

export type KeychainFileInput = {
  path: string
  /** Words for the person about damage. */
  tell: (text: string) => void
  /** Between two tries of a keyring that is locked or not there yet. */
  waitsMs?: readonly number[]
}

/** Together half a minute: a person who signs in is asked for the keyring's password meanwhile. */
const usualWaitsMs = [250, 500, 1_000, 2_000, 4_000, 8_000, 15_000]

/**
 * Secrets encrypted by the system's keychain, in two files that only their owner may read, each a copy of the other. What cannot be read is never
 * overwritten: it may hold the master key. The application must be ready before this is called.
 *
 * @throws when the system offers no encryption at all
 */
export async function openKeychainFile({ path, tell, waitsMs = usualWaitsMs }: KeychainFileInput): Promise<KeychainFile> {
  if (!(await safeStorage.isAsyncEncryptionAvailable())) throw new Error('This computer offers no place for secrets: its keychain cannot be reached.')
  const withoutKeyring = process.platform === 'linux' && !isSealedByKeyring(await seal('a probe', waitsMs))
  // Key → ciphertext in base64.
  const file = openTwinFile({ path, value: z.base64(), tell })
  return {
    withoutKeyring,
    protectedBy: describeProtection(path, withoutKeyring),
    async get(key) {
      const secrets = file.read()
      const sealed = Object.hasOwn(secrets, key) ? secrets[key] : undefined
      if (sealed === undefined) return null
      const { result, shouldReEncrypt } = await open(Buffer.from(sealed, 'base64'), waitsMs)
      // Sealed with a key that the system has left behind: from before there was a keyring, for one.
      if (shouldReEncrypt) file.change(key, (await seal(result, waitsMs)).toString('base64'))
      return result
    },
    async set(key, value) {
      const sealed = value === null ? null : (await seal(value, waitsMs)).toString('base64')
      file.change(key, sealed)
    },
  }
}

function seal(text: string, waitsMs: readonly number[]): Promise<Buffer> {
  return whenAvailable(() => safeStorage.encryptStringAsync(text), waitsMs)
}

function open(sealed: Buffer, waitsMs: readonly number[]): Promise<{ result: string; shouldReEncrypt: boolean }> {
  return whenAvailable(() => safeStorage.decryptStringAsync(sealed), waitsMs)
}

/** A keyring that is locked says "temporarily unavailable" (electron: shell/browser/api/electron_api_safe_storage.cc, decryptStringAsync). */
async function whenAvailable<T>(work: () => Promise<T>, waitsMs: readonly number[]): Promise<T> {
  for (const waitMs of waitsMs) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof Error && error.message.includes('temporarily unavailable'))) throw inWords(error)
    }
    await wait(waitMs)
  }
  return work().catch((error: unknown) => {
    throw inWords(error)
  })
}

function inWords(error: unknown): Error {
  const cause = error instanceof Error ? error.message : 'unknown error'
  if (cause.includes('temporarily unavailable'))
    return new Error('The keyring of this computer is locked. Unlock it, then start Tidemark again; nothing was changed.')
  return new Error(
    'The keyring of this computer does not open the secrets that are stored here: it is another one, or was made anew. Start with the keyring that was there before, or import your key backup under Settings.',
    { cause: error },
  )
}

/**
 * What it was sealed with stands at its beginning: `v10` is a key that is the same on every computer, `v11` one of the Secret Service or of KWallet,
 * `v12` one of the portal (electron: shell/browser/browser_process_impl.cc). What `getSelectedStorageBackend` says is the choice of another API.
 */
function isSealedByKeyring(sealed: Buffer): boolean {
  return ['v11', 'v12'].includes(sealed.subarray(0, 3).toString('latin1'))
}

function describeProtection(path: string, withoutKeyring: boolean): string {
  if (process.platform === 'darwin') return 'The macOS keychain of your user account.'
  if (process.platform === 'win32') return 'Windows data protection of your user account.'
  return withoutKeyring
    ? `The file ${path}, which only your user account can read. This computer has no keyring, so nothing else protects the key; a passphrase does.`
    : 'The keyring of your desktop.'
}
