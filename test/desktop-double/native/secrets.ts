import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import type { SafeStorage } from 'electron'
import { app } from '../application.ts'
import { machine } from '../machine.ts'
import { refuseUnknown } from '../surface.ts'

/**
 * Sealed text begins with the name of the key: `v10` for the one that is the same on every computer, `v11` for that of a keyring
 * (electron: shell/browser/browser_process_impl.cc:472-532). Both are fixed here: enough to show that nothing is stored in clear text.
 */
const keys: Record<string, Buffer> = { v10: Buffer.alloc(32, 7), v11: Buffer.alloc(32, 11) }
const nameBytes = 3
const ivBytes = 12
const tagBytes = 16

type Known = 'decryptStringAsync' | 'encryptStringAsync' | 'getSelectedStorageBackend' | 'isAsyncEncryptionAvailable' | 'setUsePlainTextEncryption'

/** The asynchronous API finds its key by itself; what a command line says of a password store is for the synchronous one. */
function currentKey(): 'v10' | 'v11' {
  return machine.keyring ? 'v11' : 'v10'
}

function isLocked(): boolean {
  if (machine.keyringLockedFor === 0) return false
  machine.keyringLockedFor -= 1
  return true
}

export const safeStorage = refuseUnknown('safeStorage', {
  /** True once the application is ready, also without a keyring (electron: shell/browser/api/electron_api_safe_storage.cc, IsAsyncEncryptionAvailable). */
  async isAsyncEncryptionAvailable() {
    return app.isReady()
  },
  /** Of the synchronous API. */
  setUsePlainTextEncryption() {},
  /** Of the synchronous API, by the desktop's name (shell/browser/electron_browser_main_parts.cc:585-589): a choice that the asynchronous one does not know. */
  getSelectedStorageBackend: () => (app.commandLine.getSwitchValue('password-store') === 'basic' ? 'basic_text' : 'gnome_libsecret'),
  async encryptStringAsync(text) {
    if (isLocked()) throw new Error('safeStorage.encryptStringAsync is temporarily unavailable. Please try again.')
    const name = currentKey()
    const iv = randomBytes(ivBytes)
    const cipher = createCipheriv('aes-256-gcm', keys[name] ?? '', iv)
    const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
    return Buffer.concat([Buffer.from(name), iv, cipher.getAuthTag(), body])
  },
  async decryptStringAsync(sealed) {
    // The words of electron_api_safe_storage.cc, decryptStringAsync.
    if (isLocked()) throw new Error('safeStorage.decryptStringAsync is temporarily unavailable. Please try again.')
    try {
      const name = sealed.subarray(0, nameBytes).toString('latin1')
      // Without its keyring, what a keyring has sealed stays shut.
      const key = name === 'v11' && !machine.keyring ? undefined : keys[name]
      const body = sealed.subarray(nameBytes)
      const decipher = createDecipheriv('aes-256-gcm', key ?? '', body.subarray(0, ivBytes))
      decipher.setAuthTag(body.subarray(ivBytes, ivBytes + tagBytes))
      const text = Buffer.concat([decipher.update(body.subarray(ivBytes + tagBytes)), decipher.final()])
      return { result: text.toString('utf8'), shouldReEncrypt: name !== currentKey() }
    } catch {
      throw new Error('Error while decrypting the ciphertext provided to safeStorage.decryptStringAsync.')
    }
  },
} satisfies Pick<SafeStorage, Known>)
