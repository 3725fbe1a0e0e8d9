/**
 * `<dataDir>/drop/<sub-key>/`: for agents that can write a file but speak no HTTP. A file that is moved in becomes a
 * memory whose id is its path below the folder, and is removed once it is durable. What is refused goes to
 * `drop/refused/` with a note of the reason.
 */
import { randomUUID } from 'node:crypto'
import { constants, watch, type Dirent, type FSWatcher } from 'node:fs'
import { lstat, mkdir, open, readdir, rename, rmdir, unlink, writeFile } from 'node:fs/promises'
import { basename, dirname, join, relative, sep } from 'node:path'
import type { Clock } from '../base/clock.ts'
import { ConsoleFailure } from '../base/failure.ts'
import type { MemoryService } from './memories.ts'
import { DEFAULT_CONTENT_TYPE, requireMemoryId } from './memory-checks.ts'
import type { Agent } from './server.ts'

export const DROP_FOLDER_NAME = 'drop'
const REFUSED_FOLDER_NAME = 'refused'
/** A file that is younger may still be written by a program that does not move it in. */
const SETTLED_AFTER_MS = 1_000
/** The watcher tells of changes; this finds what it missed (network drives, a full inotify table). */
const RESCAN_MS = 30_000
const GATHER_MS = 200
const DEPTH_MAX = 16
/** Appended, with a dot before the name, while a file is being taken: whoever moves a newer one in meanwhile does not lose it. */
const TAKING = '.taking'
/** Where the working name would be longer than any file system takes, the file is taken through a folder of this name beside it. */
const TAKING_FOLDER = '.taking'
const NAME_MAX_BYTES = 255
const UNFINISHED_NAME = /\.(?:tmp|part|partial|crdownload)$/i

export type DropFolderOptions = {
  dataDir: string
  clock: Clock
  memories: Pick<MemoryService, 'write' | 'maxContentBytes' | 'requireReady'>
  /** By the sub-key's id, or its name where only one that is not revoked has it; null: none. */
  agentOf: (folderName: string) => Agent | null
  /** Told once for each kind of trouble with the folder itself; never names a file. */
  warn?: (message: string) => void
}

export type DropFolder = {
  start(): Promise<void>
  /** Resolves when the file in hand is done with. */
  stop(): Promise<void>
  /** Looks now; resolves when everything that was there is dealt with. */
  scan(): Promise<void>
}

type Found = { path: string; memoryId: string }

export function createDropFolder(options: DropFolderOptions): DropFolder {
  const { clock, memories } = options
  const root = join(options.dataDir, DROP_FOLDER_NAME)
  const refusedRoot = join(root, REFUSED_FOLDER_NAME)
  let watcher: FSWatcher | null = null
  let running = false
  let cancelTimer: () => void = () => {}
  let scanning: Promise<void> = Promise.resolve()

  function schedule(delayMs: number): void {
    if (!running) return
    cancelTimer()
    cancelTimer = clock.after(delayMs, () => void scan())
  }

  function scan(): Promise<void> {
    scanning = scanning.then(async () => {
      let unsettled = false
      try {
        unsettled = await scanOnce()
      } catch (error) {
        // A locked vault or a full disk is told elsewhere; everything stays where it is, for a later scan.
        if (!(error instanceof ConsoleFailure))
          warnOnce(
            `The drop folder ${root} could not be read (${codeOf(error)}). Nothing dropped is taken until it is a folder that this user may read and write.`,
          )
      }
      schedule(unsettled ? SETTLED_AFTER_MS : RESCAN_MS)
    })
    return scanning
  }

  const told = new Set<string>()
  function warnOnce(message: string): void {
    if (told.has(message)) return
    told.add(message)
    options.warn?.(message)
  }

  /** Made again where somebody removed it; what stands in its place is somebody's, and may be moved away while this runs. */
  async function prepare(): Promise<void> {
    await mkdir(root, { recursive: true, mode: 0o700 })
    if (watcher !== null || !running) return
    try {
      watcher = watch(root, { recursive: true }, () => schedule(GATHER_MS))
      watcher.on('error', () => warnOnce('The drop folder cannot be watched; it is looked through every half minute.'))
    } catch (error) {
      warnOnce(`The drop folder cannot be watched (${codeOf(error)}); it is looked through every half minute.`)
    }
  }

  /** True when some file was too young to be taken. */
  async function scanOnce(): Promise<boolean> {
    let unsettled = false
    await prepare()
    for (const folder of await readdir(root, { withFileTypes: true })) {
      if (!folder.isDirectory() || folder.name === REFUSED_FOLDER_NAME || folder.name.startsWith('.')) continue
      for (const found of await filesBelow(join(root, folder.name))) {
        memories.requireReady(0)
        if ((await takeOne(folder.name, found)) === 'unsettled') unsettled = true
      }
    }
    return unsettled
  }

  async function takeOne(folderName: string, found: Found): Promise<'done' | 'unsettled'> {
    try {
      return await take(folderName, found)
    } catch (error) {
      if (error instanceof ConsoleFailure) throw error
      // Taken away meanwhile, or not ours to read: the next file may be better.
      warnOnce(`A file of the drop folder could not be taken (${codeOf(error)}).`)
      return 'done'
    }
  }

  async function take(folderName: string, { path, memoryId }: Found): Promise<'done' | 'unsettled'> {
    const taken = takingPath(path)
    if (taken !== path) {
      const { mtimeMs } = await lstat(path)
      if (Math.abs(clock.now() - mtimeMs) < SETTLED_AFTER_MS) return 'unsettled'
      if (basename(dirname(taken)) === TAKING_FOLDER) await mkdir(dirname(taken), { recursive: true, mode: 0o700 })
      await rename(path, taken)
    }
    try {
      const agent = options.agentOf(folderName)
      if (agent === null) throw new ConsoleFailure('unauthorized', 'No sub-key of this computer has this id or name, or it was revoked.', '')
      requireMemoryId(memoryId)
      const bytes = await readWhole(taken, memories.maxContentBytes(agent.workspaceId))
      await memories.write({ ...agent, memoryId, contentType: DEFAULT_CONTENT_TYPE, bytes })
    } catch (error) {
      if (!(error instanceof ConsoleFailure) || error.code === 'vault_locked' || error.code === 'disk_full') throw error
      await refuse(folderName, taken, memoryId, error.message)
      return 'done'
    }
    await unlink(taken)
    await removeEmptyFolders(dirname(taken), join(root, folderName))
    return 'done'
  }

  async function refuse(folderName: string, taken: string, memoryId: string, reason: string): Promise<void> {
    // A folder of its own for each: an earlier refused file of the same name is kept.
    const folder = join(refusedRoot, folderName, randomUUID())
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await rename(taken, join(folder, basename(memoryId)))
    await writeFile(`${folder}.reason.txt`, `${reason}\n`, { mode: 0o600 })
  }

  return {
    scan,

    async start() {
      running = true
      await scan()
    },

    async stop() {
      running = false
      cancelTimer()
      watcher?.close()
      watcher = null
      await scanning
    },
  }
}

/** Half-taken files first, so that what a crash left is stored before a newer file of the same name. */
async function filesBelow(folder: string): Promise<Found[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true })
  const found: Found[] = []
  for (const entry of entries) {
    // Links, sockets and devices are no memories: a link would carry in whatever it points to.
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    const memoryPath = originalPath(entry, path)
    if (memoryPath === null) continue
    const memoryId = relative(folder, memoryPath).split(sep).join('/')
    if (memoryId.split('/').length <= DEPTH_MAX) found.push({ path, memoryId })
  }
  return found.sort((left, right) => Number(isTaking(right.path)) - Number(isTaking(left.path)))
}

/** Null for files that are not meant to be taken yet. */
function originalPath(entry: Dirent, path: string): string | null {
  if (hasTakingName(entry.name)) return join(dirname(path), entry.name.slice(1, -TAKING.length))
  if (isTaking(path)) return join(dirname(dirname(path)), entry.name)
  return entry.name.startsWith('.') || UNFINISHED_NAME.test(entry.name) ? null : path
}

const hasTakingName = (name: string): boolean => name.startsWith('.') && name.endsWith(TAKING) && name.length > TAKING.length + 1
const isTaking = (path: string): boolean => hasTakingName(basename(path)) || basename(dirname(path)) === TAKING_FOLDER

function takingPath(path: string): string {
  if (isTaking(path)) return path
  const name = `.${basename(path)}${TAKING}`
  return Buffer.byteLength(name) <= NAME_MAX_BYTES ? join(dirname(path), name) : join(dirname(path), TAKING_FOLDER, basename(path))
}

async function readWhole(path: string, maxBytes: number): Promise<Buffer> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW)
  try {
    const { size } = await file.stat()
    if (size > maxBytes) throw new ConsoleFailure('envelope_too_large', `Larger than the ${maxBytes} bytes that a memory may have here.`, '')
    return await file.readFile()
  } finally {
    await file.close()
  }
}

async function removeEmptyFolders(from: string, upTo: string): Promise<void> {
  for (let folder = from; folder.length > upTo.length; folder = dirname(folder)) {
    try {
      await rmdir(folder)
    } catch {
      return
    }
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
}
