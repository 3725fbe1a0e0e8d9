import { chmodSync, readFileSync } from 'node:fs'
import { z } from 'zod'
import { replaceFile } from '../bridge/atomic-file.ts'
import type { SecretStore } from '../bridge/messages.ts'

const secretsSchema = z.record(z.string(), z.string())

/**
 * The secret store of the web host: one file that only its owner may read. It has no keychain to ask, since it also runs where nobody is signed
 * in to a desktop.
 *
 * Each change is on disk, synced, before its promise resolves. A file that cannot be read as secrets is never overwritten: it may hold the master key.
 */
export function openSecretFile(path: string): SecretStore {
  return {
    protectedBy:
      process.platform === 'win32'
        ? `The file ${path}, readable by your Windows account. Whoever can read your files can read the key; a passphrase protects it.`
        : `The file ${path}, which only your user account can read (mode 0600). Whoever can read your files can read the key; a passphrase protects it.`,
    async get(key) {
      const secrets = read(path)
      return Object.hasOwn(secrets, key) ? (secrets[key] ?? null) : null
    },
    async set(key, value) {
      const { [key]: _replaced, ...others } = read(path)
      replaceFile(path, `${JSON.stringify(value === null ? others : { ...others, [key]: value })}\n`)
    },
  }
}

function read(path: string): Record<string, string> {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {}
    throw new Error(`The secrets in ${path} cannot be read.`)
  }
  // A copy made by hand may have been made readable for others.
  if (process.platform !== 'win32') chmodSync(path, 0o600)
  let secrets: unknown
  try {
    secrets = JSON.parse(text)
  } catch {
    throw damaged(path)
  }
  const checked = secretsSchema.safeParse(secrets)
  if (!checked.success) throw damaged(path)
  return checked.data
}

/** Names the file and never quotes it. */
function damaged(path: string): Error {
  return new Error(`The secrets in ${path} are damaged. They were left as they are: restore the file, or move it away and import your key backup.`)
}
