/**
 * Reads files in the page and hands them to the engine in pieces. It runs on when the person leaves the page;
 * one at a time.
 */
import { createStore, useStore } from 'zustand'
import type { Bridge, CallOutput, ConsoleError } from '../../shared/contract/console.ts'

/** Bytes of one piece; the contract's `chunkBase64` has room for exactly this much (4/3 of it). */
export const pieceBytes = 1024 * 1024

/** Small files would else wait for a round trip each. */
const filesAtOnce = 4
/** Not this file's fault: the next one would fail in the same way. */
const fatalCodes = new Set(['engine_lost', 'not_let_in', 'import_ended', 'vault_locked', 'disk_full'])

export type ImportFile = { name: string; type: string; size: number; slice(start: number, end: number): Promise<Uint8Array> }
type Progress = CallOutput<'import.finish'>
export type ImportRun = {
  importId: string | null
  filesTotal: number
  filesRead: number
  bytesRead: number
  state: 'running' | 'done' | 'cancelled' | 'failed'
  refused: Progress['refused']
  error: ConsoleError | null
}

const store = createStore<{ run: ImportRun | null; cancelAsked: boolean }>(() => ({ run: null, cancelAsked: false }))

export function useImportRun(): ImportRun | null {
  return useStore(store, (state) => state.run)
}

export function forgetImport(): void {
  if (store.getState().run?.state !== 'running') store.setState({ run: null, cancelAsked: false })
}

export function cancelImport(): void {
  store.setState({ cancelAsked: true })
}

/** From a browser's file list; a file of a folder keeps its path as its name. */
export function importFiles(list: FileList): ImportFile[] {
  return [...list].map((file) => ({
    name: file.webkitRelativePath || file.name,
    type: file.type || 'application/octet-stream',
    size: file.size,
    slice: async (start, end) => new Uint8Array(await file.slice(start, end).arrayBuffer()),
  }))
}

export async function runImport(bridge: Bridge, workspaceId: string, files: readonly ImportFile[]): Promise<void> {
  if (store.getState().run?.state === 'running') return
  let run: ImportRun = { importId: null, filesTotal: files.length, filesRead: 0, bytesRead: 0, state: 'running', refused: [], error: null }
  const update = (change: Partial<ImportRun>): void => {
    run = { ...run, ...change }
    store.setState({ run })
  }
  store.setState({ run, cancelAsked: false })
  const started = await bridge.call('import.start', { workspaceId, filesTotal: files.length })
  if (!started.ok) return update({ state: 'failed', error: started.error })
  const { importId } = started.value
  update({ importId })

  const queue = files.values()
  let lost: ConsoleError | null = null
  async function sendSome(): Promise<void> {
    for (const file of queue) {
      if (store.getState().cancelAsked || lost) return
      const problem = await sendFile(bridge, importId, file, (sizeBytes) => update({ bytesRead: run.bytesRead + sizeBytes }))
      if (problem && fatalCodes.has(problem.code)) lost = problem
      else update({ filesRead: run.filesRead + 1, refused: problem ? [...run.refused, { name: file.name, reason: problem.message }] : run.refused })
    }
  }
  await Promise.all(Array.from({ length: filesAtOnce }, sendSome))
  if (lost) return update({ state: 'failed', error: lost })
  const cancelled = store.getState().cancelAsked
  const ended = await bridge.call(cancelled ? 'import.cancel' : 'import.finish', { importId })
  if (!ended.ok) return update({ state: 'failed', error: ended.error })
  update({ state: ended.value.state === 'running' ? 'done' : ended.value.state, refused: mergeRefused(run.refused, ended.value.refused) })
}

/** Null when the engine took the whole file. */
async function sendFile(bridge: Bridge, importId: string, file: ImportFile, sent: (sizeBytes: number) => void): Promise<ConsoleError | null> {
  let start = 0
  do {
    if (store.getState().cancelAsked) return null
    const end = Math.min(file.size, start + pieceBytes)
    let piece: Uint8Array
    try {
      piece = await file.slice(start, end)
    } catch {
      return { code: 'unreadable', message: 'The browser could not read this file.', suggestion: 'Check that it still exists and may be read.' }
    }
    const answer = await bridge.call('import.chunk', {
      importId,
      fileName: file.name,
      contentType: file.type,
      chunkBase64: toBase64(piece),
      last: end >= file.size,
    })
    if (!answer.ok) return answer.error
    sent(piece.byteLength)
    start = end
  } while (start < file.size)
  return null
}

/** What this page and the engine each refused, every file once. */
export function mergeRefused(ours: Progress['refused'], theirs: Progress['refused']): Progress['refused'] {
  const named = new Set(theirs.map((entry) => entry.name))
  return [...theirs, ...ours.filter((entry) => !named.has(entry.name))]
}

/** `btoa` takes text: the bytes go through it in slices small enough for a call's arguments. */
export function toBase64(piece: Uint8Array): string {
  const sliceBytes = 0x8000
  let text = ''
  for (let start = 0; start < piece.length; start += sliceBytes) text += String.fromCharCode(...piece.subarray(start, start + sliceBytes))
  return btoa(text)
}
