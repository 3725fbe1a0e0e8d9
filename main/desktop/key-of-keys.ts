import { existsSync } from 'node:fs'
import { join } from 'node:path'

/**
 * On Windows what seals the secrets lies itself in a file, "Local State" in the folder of the window, sealed for the person's account. Chromium makes
 * another one where it is missing, which opens nothing of what was there: so it is looked for before Chromium starts.
 */
export function isKeyOfKeysLost(dataDir: string, platform: NodeJS.Platform = process.platform): boolean {
  if (platform !== 'win32') return false
  const hasSecrets = ['secrets.keychain.json', 'secrets.keychain.second.json'].some((name) => existsSync(join(dataDir, name)))
  return hasSecrets && !existsSync(join(dataDir, 'window', 'Local State'))
}

export const keyOfKeysLostWords =
  'The file "Local State" in the folder "window" of the data folder is gone. It held what the secrets of this console were sealed with, so they cannot be opened any more. Put it back from a copy of the data folder if you have one and start again; else import your key backup under Settings. Review and delivery go on; workspaces ask for their token again.'
