/**
 * Lance writes files and never syncs one: after a power cut the newest may be empty. So the store syncs them itself,
 * what is referred to before what refers to it: data, indexes and deletions, then transactions, then manifests, and
 * each folder after its files.
 */
import { open, readdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** Folders of a table in the order in which they are synced; others come first. */
const LAST_FOLDERS = ['_transactions', '_versions']
/** Rewritten in place with every version, so a name that is known does not mean bytes that are synced. */
const REWRITTEN = 'latest_version_hint.json'

export type FileSync = {
  /** Syncs every file of the table that was not synced before, and their folders. Returns how many files. */
  syncNew(): Promise<number>
  /** After a clean-up: syncs the folders, so that removed files stay removed. */
  syncFolders(): Promise<void>
}

export function createFileSync(tablePath: string): FileSync {
  let synced = new Set<string>()
  return {
    async syncNew() {
      const files = orderedForSync(await listFiles(tablePath))
      const fresh = files.filter((file) => !synced.has(file) || file.endsWith(REWRITTEN))
      if (fresh.length === 0) return 0
      let folder = ''
      const folders = new Set<string>([tablePath])
      for (const file of fresh) {
        const path = join(tablePath, file)
        // A folder is synced when the last of its files was, before the next folder's files: the order of the listing.
        if (dirname(path) !== folder && folder !== '') await syncFolder(folder)
        folder = dirname(path)
        folders.add(folder)
        await syncFile(path)
      }
      await syncFolder(folder)
      for (const parent of parentsOf(folders, tablePath)) await syncFolder(parent)
      // From the listing, not added to: names that are gone must not be kept for ever.
      synced = new Set(files)
      return fresh.length
    },
    async syncFolders() {
      const files = await listFiles(tablePath)
      const folders = new Set<string>(files.map((file) => dirname(join(tablePath, file))))
      for (const folder of folders) await syncFolder(folder)
      await syncFolder(tablePath)
      synced = new Set(files.filter((file) => synced.has(file)))
    },
  }
}

/** Paths below `root`, relative to it. A missing folder has none. */
export async function listFiles(root: string): Promise<string[]> {
  const found: string[] = []
  const walk = async (relative: string): Promise<void> => {
    const entries = await readdir(join(root, relative), { withFileTypes: true }).catch(ignoreMissing)
    for (const entry of entries ?? []) {
      const path = relative === '' ? entry.name : `${relative}/${entry.name}`
      if (entry.isDirectory()) await walk(path)
      else found.push(path)
    }
  }
  await walk('')
  return found
}

/** Pure: what others refer to comes first, files of one folder stay together. */
export function orderedForSync(files: readonly string[]): string[] {
  return [...files].sort((left, right) => rank(left) - rank(right) || (left < right ? -1 : left > right ? 1 : 0))
}

export async function folderBytes(root: string): Promise<number> {
  let sum = 0
  for (const file of await listFiles(root)) sum += (await stat(join(root, file)).catch(ignoreMissing))?.size ?? 0
  return sum
}

function rank(file: string): number {
  const folder = file.split('/')[0] ?? ''
  return LAST_FOLDERS.indexOf(folder) + 1
}

/** Folders above the synced ones, nearest first, up to the one that holds the table: a new folder's name lies in its parent. */
function parentsOf(folders: ReadonlySet<string>, tablePath: string): string[] {
  const parents = new Set<string>()
  for (const folder of folders) {
    for (let parent = dirname(folder); parent.length >= dirname(tablePath).length; parent = dirname(parent)) {
      parents.add(parent)
      if (parent === dirname(parent)) break
    }
  }
  parents.add(tablePath)
  return [...parents].sort((left, right) => right.length - left.length)
}

async function syncFile(path: string): Promise<void> {
  // Windows flushes only what is open for writing; elsewhere reading is enough, and touches less.
  await syncOpened(path, process.platform === 'win32' ? 'r+' : 'r')
}

async function syncFolder(path: string): Promise<void> {
  // Windows cannot open a folder to sync it, and needs no such sync: NTFS journals names.
  if (process.platform !== 'win32') await syncOpened(path, 'r')
}

async function syncOpened(path: string, flags: 'r' | 'r+'): Promise<void> {
  const handle = await open(path, flags).catch(ignoreMissing)
  // Removed between listing and sync: then nothing refers to it any more.
  if (!handle) return
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function ignoreMissing(error: unknown): undefined {
  if (isCode(error, 'ENOENT')) return undefined
  throw error
}

function isCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && codes.includes(error.code)
}
