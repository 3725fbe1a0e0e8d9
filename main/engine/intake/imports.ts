/**
 * Files that the person imports through the page. They come in pieces of at most 1 MiB, are put together one file
 * at a time in memory, and are written as memories whose id is the file's path. What was stored stays stored,
 * however the import ends.
 */
import type { z } from 'zod'
import type { importProgress } from '../../../shared/contract/console/imports.ts'
import type { Clock } from '../base/clock.ts'
import { ConsoleFailure } from '../base/failure.ts'
import type { MemoryService } from './memories.ts'
import { contentTypeProblem, DEFAULT_CONTENT_TYPE, memoryIdProblem } from './memory-checks.ts'

export type ImportProgress = z.infer<typeof importProgress>

const CHUNK_MAX_BYTES = 1024 * 1024
const REFUSED_LISTED_MAX = 1000
/** Files of one import that may be half read at a time; a page that reads more at once is refused, not remembered. */
const OPEN_FILES_MAX = 16
const RUNNING_IMPORTS_MAX = 8
/** Ended imports whose outcome is still answered, for a page that asks again. */
const ENDED_IMPORTS_KEPT = 32
const PROGRESS_EVERY_MS = 250
/** An import whose page went away without a word is ended after this. */
const ABANDONED_AFTER_MS = 5 * 60_000

export type ImportOptions = {
  memories: Pick<MemoryService, 'write' | 'maxContentBytes' | 'requireReady'>
  clock: Clock
  newId: () => string
  /** At most about four times a second for each import, and once at its end. */
  progress: (progress: ImportProgress) => void
  /** One line for the activity list when an import has ended. */
  ended?: (workspaceId: string, text: string) => void
}

export type ImportChunk = { importId: string; fileName: string; contentType: string; chunkBase64: string; last: boolean }

export type ImportService = {
  /** @throws ConsoleFailure `vault_locked`, `disk_full`, `too_many_imports` */
  start(input: { workspaceId: string; filesTotal: number }): { importId: string }
  /** Resolves when the piece is taken; with the last piece of a file, when the file is durable or listed as refused. */
  chunk(input: ImportChunk): Promise<void>
  finish(input: { importId: string }): Promise<ImportProgress>
  /** Stops at once. What was stored stays stored and goes to the platform; half-read files are forgotten. */
  cancel(input: { importId: string }): Promise<ImportProgress>
  /** Ends every import; for the engine's stop. */
  stop(): void
}

type OpenFile = { pieces: Buffer[]; sizeBytes: number }

type OneImport = {
  readonly workspaceId: string
  readonly open: Map<string, OpenFile>
  /** Refused while pieces of them may still come. */
  readonly refusedNames: Set<string>
  readonly writes: Set<Promise<void>>
  bufferedBytes: number
  refusedCount: number
  progress: ImportProgress
  lastProgressAt: number
  cancelIdleTimer: () => void
  /** Resolves when the last write in hand is counted and the end was told; null while it runs. */
  closed: Promise<void> | null
}

export function createImports(options: ImportOptions): ImportService {
  const { memories, clock } = options
  const running = new Map<string, OneImport>()
  const ended = new Map<string, OneImport>()

  function find(importId: string): OneImport {
    const found = running.get(importId)
    if (found !== undefined) return found
    if (ended.has(importId))
      throw new ConsoleFailure('import_ended', 'This import has ended already. What it stored is kept.', 'Start a new import for the rest.')
    throw new ConsoleFailure('not_found', 'There is no such import.', 'Start a new import.')
  }

  function armIdleTimer(importId: string, one: OneImport): void {
    one.cancelIdleTimer()
    one.cancelIdleTimer = clock.after(ABANDONED_AFTER_MS, () => void end(importId, one, 'cancelled'))
  }

  function tell(one: OneImport, always: boolean): void {
    const now = clock.monotonic()
    if (!always && now - one.lastProgressAt < PROGRESS_EVERY_MS) return
    one.lastProgressAt = now
    options.progress(snapshot(one.progress))
  }

  /** Takes nothing more from now on; the writes in hand are still awaited and counted before the end is told. */
  function end(importId: string, one: OneImport, state: 'done' | 'cancelled' | 'failed'): Promise<void> {
    if (one.closed !== null) return one.closed
    one.cancelIdleTimer()
    one.progress.state = state
    for (const [fileName, file] of one.open) {
      one.bufferedBytes -= file.sizeBytes
      refuse(one, fileName, 'Not read to its end.')
    }
    one.open.clear()
    one.refusedNames.clear()
    running.delete(importId)
    ended.set(importId, one)
    for (const oldest of ended.keys()) {
      if (ended.size <= ENDED_IMPORTS_KEPT) break
      ended.delete(oldest)
    }
    one.closed = Promise.all(one.writes).then(() => {
      tell(one, true)
      options.ended?.(one.workspaceId, endWords(one.progress, one.refusedCount))
    })
    return one.closed
  }

  async function close(importId: string, state: 'done' | 'cancelled'): Promise<ImportProgress> {
    const one = ended.get(importId) ?? find(importId)
    // What is being made durable this moment decides whether a finished import is done or failed.
    if (state === 'done') await Promise.all(one.writes)
    await end(importId, one, state)
    return snapshot(one.progress)
  }

  function refuse(one: OneImport, fileName: string, reason: string): void {
    one.refusedCount += 1
    one.progress.filesDone += 1
    if (one.progress.refused.length < REFUSED_LISTED_MAX) one.progress.refused.push({ name: fileName, reason })
  }

  /** The reason for refusing the piece's file; null when it is taken. */
  function take(one: OneImport, input: ImportChunk, piece: Buffer): string | null {
    const idProblem = memoryIdProblem(input.fileName)
    if (idProblem !== null) return idProblem.replace('memory id', 'path')
    const maxBytes = memories.maxContentBytes(one.workspaceId)
    let file = one.open.get(input.fileName)
    if (file === undefined) {
      if (one.open.size >= OPEN_FILES_MAX) return 'Too many files were read at the same time.'
      file = { pieces: [], sizeBytes: 0 }
      one.open.set(input.fileName, file)
    }
    if (file.sizeBytes + piece.length > maxBytes) return `Larger than the ${maxBytes} bytes that a memory may have here.`
    // Twice the largest file: one may be filled while the one before it is sealed.
    if (one.bufferedBytes + piece.length > 2 * Math.max(maxBytes, CHUNK_MAX_BYTES)) return 'Too much was read at the same time.'
    file.pieces.push(piece)
    file.sizeBytes += piece.length
    one.bufferedBytes += piece.length
    return null
  }

  function forget(one: OneImport, fileName: string): OpenFile | undefined {
    const file = one.open.get(fileName)
    one.open.delete(fileName)
    return file
  }

  async function store(importId: string, one: OneImport, input: ImportChunk, file: OpenFile): Promise<void> {
    const contentType = contentTypeProblem(input.contentType) === null ? input.contentType : DEFAULT_CONTENT_TYPE
    try {
      memories.requireReady(file.sizeBytes)
      await memories.write({
        workspaceId: one.workspaceId,
        subKeyId: null,
        memoryId: input.fileName,
        contentType,
        bytes: Buffer.concat(file.pieces, file.sizeBytes),
      })
      one.progress.filesDone += 1
      one.progress.bytesDone += file.sizeBytes
    } catch (error) {
      if (error instanceof ConsoleFailure && error.code === 'envelope_too_large') {
        refuse(one, input.fileName, error.message)
        return
      }
      refuse(one, input.fileName, error instanceof ConsoleFailure ? error.message : 'It could not be stored.')
      // Not the file's fault: a locked vault or a full disk meets every other file too.
      void end(importId, one, 'failed')
      throw error
    } finally {
      one.bufferedBytes -= file.sizeBytes
    }
  }

  return {
    start({ workspaceId, filesTotal }) {
      memories.requireReady(0)
      if (running.size >= RUNNING_IMPORTS_MAX)
        throw new ConsoleFailure('too_many_imports', `${RUNNING_IMPORTS_MAX} imports are running already.`, 'Wait for one of them to end, or cancel it.')
      const importId = options.newId()
      const one: OneImport = {
        workspaceId,
        open: new Map(),
        refusedNames: new Set(),
        writes: new Set(),
        bufferedBytes: 0,
        refusedCount: 0,
        progress: { id: importId, state: 'running', filesTotal, filesDone: 0, bytesDone: 0, refused: [] },
        lastProgressAt: Number.NEGATIVE_INFINITY,
        cancelIdleTimer: () => {},
        closed: null,
      }
      running.set(importId, one)
      armIdleTimer(importId, one)
      return { importId }
    },

    async chunk(input) {
      const one = find(input.importId)
      armIdleTimer(input.importId, one)
      if (one.refusedNames.has(input.fileName)) {
        if (input.last) one.refusedNames.delete(input.fileName)
        return
      }
      const reason = take(one, input, decodeChunk(input.chunkBase64))
      if (reason !== null) {
        one.bufferedBytes -= forget(one, input.fileName)?.sizeBytes ?? 0
        refuse(one, input.fileName, reason)
        if (!input.last) one.refusedNames.add(input.fileName)
        tell(one, false)
        return
      }
      const file = input.last ? forget(one, input.fileName) : undefined
      if (file === undefined) return
      const write = store(input.importId, one, input, file)
      const settled = write.then(
        () => {},
        () => {},
      )
      one.writes.add(settled)
      try {
        await write
      } finally {
        one.writes.delete(settled)
      }
      if (one.closed === null) tell(one, false)
    },

    finish: ({ importId }) => close(importId, 'done'),
    cancel: ({ importId }) => close(importId, 'cancelled'),

    stop() {
      for (const [importId, one] of running) void end(importId, one, 'cancelled')
    },
  }
}

function snapshot(progress: ImportProgress): ImportProgress {
  return { ...progress, refused: [...progress.refused] }
}

/** @throws ConsoleFailure `invalid_input`: the bridge checks the length of the text only. */
export function decodeChunk(chunkBase64: string): Buffer {
  const piece = Buffer.from(chunkBase64, 'base64')
  if (chunkBase64.length % 4 !== 0 || piece.length !== Buffer.byteLength(chunkBase64, 'base64'))
    throw new ConsoleFailure('invalid_input', 'The piece is not base64 with padding.', 'Read the file again.')
  if (piece.length > CHUNK_MAX_BYTES) throw new ConsoleFailure('invalid_input', 'The piece is larger than 1 MiB.', 'Read the file in smaller pieces.')
  return piece
}

function endWords(progress: ImportProgress, refusedCount: number): string {
  const storedCount = progress.filesDone - refusedCount
  const files = `${storedCount} ${storedCount === 1 ? 'file' : 'files'} imported`
  const refused = refusedCount === 0 ? '' : `, ${refusedCount} refused`
  switch (progress.state) {
    case 'cancelled':
      return `Import cancelled. ${files} before that and kept${refused}.`
    case 'failed':
      return `Import stopped by an error. ${files} before that and kept${refused}.`
    default:
      return `${files}${refused}.`
  }
}
