import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import type { SafeStorage } from 'electron'
import { app } from '../application.ts'
import { refuseUnknown } from '../surface.ts'

/** One key for every computer: enough to show that nothing is stored in clear text, and nothing about a keychain. */
const key = Buffer.alloc(32, 7)
const ivBytes = 12
const tagBytes = 16

type Known = 'decryptStringAsync' | 'encryptStringAsync' | 'getSelectedStorageBackend' | 'isAsyncEncryptionAvailable' | 'setUsePlainTextEncryption'

export const safeStorage = refuseUnknown('safeStorage', {
  async isAsyncEncryptionAvailable() {
    return true
  },
  setUsePlainTextEncryption() {},
  // The switch decides in Electron too; Playwright sets it to `basic`.
  getSelectedStorageBackend: () => (app.commandLine.getSwitchValue('password-store') === 'basic' ? 'basic_text' : 'gnome_libsecret'),
  async encryptStringAsync(text) {
    const iv = randomBytes(ivBytes)
    const cipher = createCipheriv('aes-256-gcm', key, iv)
    const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
    return Buffer.concat([iv, cipher.getAuthTag(), body])
  },
  async decryptStringAsync(sealed) {
    try {
      const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, ivBytes))
      decipher.setAuthTag(sealed.subarray(ivBytes, ivBytes + tagBytes))
      const text = Buffer.concat([decipher.update(sealed.subarray(ivBytes + tagBytes)), decipher.final()])
      return { result: text.toString('utf8'), shouldReEncrypt: false }
    } catch {
      throw new Error('Error while decrypting the ciphertext provided to safeStorage.decryptStringAsync.')
    }
  },
} satisfies Pick<SafeStorage, Known>)
