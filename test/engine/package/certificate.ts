import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Certificate } from '../updates/update-server.ts'

/** A certificate for this computer that signs itself; null: there is no `openssl` to make one. `path` is what a program must be told to trust. */
export function selfSignedCertificate(folder: string): (Certificate & { path: string }) | null {
  const [keyPath, path] = [join(folder, 'server.key'), join(folder, 'server.crt')]
  const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1']
  const { status } = spawnSync(
    'openssl',
    ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', ...subject, '-keyout', keyPath, '-out', path],
    { stdio: 'ignore' },
  )
  return status === 0 ? { key: readFileSync(keyPath, 'utf8'), cert: readFileSync(path, 'utf8'), path } : null
}
