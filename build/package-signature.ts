import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto'
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The key that the makers sign with. @throws when the file holds none, or one of another kind */
export function readSigningKey(path: string): KeyObject {
  const key = createPrivateKey(readFileSync(path))
  if (key.asymmetricKeyType !== 'ed25519') throw new Error(`${path} holds no Ed25519 key (openssl genpkey -algorithm ed25519)`)
  return key
}

/** As the program carries it. */
export function publicKeyOf(key: KeyObject): string {
  return createPublicKey(key).export({ type: 'spki', format: 'der' }).toString('base64')
}

/** Writes a signature beside each manifest of a folder. @returns the names of the manifests */
export function signManifests(folder: string, key: KeyObject): string[] {
  const manifests = globSync('*.yml', { cwd: folder }).filter((name) => /^(latest|beta)(-\w+)*\.yml$/.test(name))
  for (const name of manifests) writeFileSync(join(folder, `${name}.sig`), `${sign(null, readFileSync(join(folder, name)), key).toString('base64')}\n`)
  return manifests
}
