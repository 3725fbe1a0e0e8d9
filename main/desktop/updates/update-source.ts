import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

/** Where a packaged program finds newer versions of itself, and whose word it takes for them. Written into its package.json by the packaging. */
const updateSource = z.strictObject({
  /** Folder of the update server. */
  url: z.url({ protocol: /^https$/ }),
  /** Ed25519, SPKI in DER, base64. */
  publicKey: z.base64().min(1),
})
export type UpdateSource = z.infer<typeof updateSource>

/** @param appFolder the archive of the program: what lies beside it could be changed without breaking its seal */
export function readUpdateSource(appFolder: string): UpdateSource | null {
  try {
    const manifest: unknown = JSON.parse(readFileSync(join(appFolder, 'package.json'), 'utf8'))
    return z.looseObject({ updates: updateSource }).parse(manifest).updates
  } catch {
    return null
  }
}
