import { z } from 'zod'
import type { SecretStore } from '../bridge/messages.ts'
import { openTwinFile } from '../bridge/twin-file.ts'

/**
 * The secret store of the web host: files that only their owner may read, each a copy of the other. It has no keychain to ask, since it also runs
 * where nobody is signed in to a desktop.
 *
 * Each change is on disk, synced, before its promise resolves. What cannot be read as secrets is never overwritten: it may hold the master key.
 *
 * @param tell words for the person about damage
 */
export function openSecretFile(path: string, tell: (text: string) => void): SecretStore {
  const file = openTwinFile({ path, value: z.string(), tell })
  return {
    protectedBy:
      process.platform === 'win32'
        ? `The file ${path}, readable by your Windows account. Whoever can read your files can read the key; a passphrase protects it.`
        : `The file ${path}, which only your user account can read (mode 0600). Whoever can read your files can read the key; a passphrase protects it.`,
    async get(key) {
      const secrets = file.read()
      return Object.hasOwn(secrets, key) ? (secrets[key] ?? null) : null
    },
    async set(key, value) {
      file.change(key, value)
    },
  }
}
