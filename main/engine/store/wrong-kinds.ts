import { basename, join } from 'node:path'
import { isWrongKind, setAside } from '../../bridge/set-aside.ts'

const FOLDERS = ['drop', 'backups', 'undelivered', 'envelopes.lance']
const FILES = ['intake.json', 'intake-port.json', 'outbox.db', 'cache.db', 'egress.db']

/**
 * A file where a folder of ours should be, or a folder in the place of a file, is set aside: the start makes the right thing
 * anew, or mends it from what else there is.
 *
 * @returns what was done, in words; empty: nothing
 */
export function setWrongKindsAside(dataDir: string): string[] {
  const wrong = [...FOLDERS.map((name) => ({ name, kind: 'folder' as const })), ...FILES.map((name) => ({ name, kind: 'file' as const }))]
  return wrong.flatMap(({ name, kind }) => {
    const path = join(dataDir, name)
    if (!isWrongKind(path, kind)) return []
    const found = kind === 'folder' ? 'a file, where Tidemark keeps a folder' : 'a folder, where Tidemark keeps a file'
    try {
      const aside = setAside(path)
      return [`${name} in the data folder was ${found}. It was renamed to ${basename(aside)} and nothing of it was changed; look whether you need it.`]
    } catch {
      return [`${name} in the data folder is ${found}, and it could not be renamed. Move it away and start Tidemark again; until then that part does not work.`]
    }
  })
}
