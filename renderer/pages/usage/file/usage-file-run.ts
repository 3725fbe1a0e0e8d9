/**
 * Reads a chosen file into the engine, and has it sent batch by batch. It runs on when the person leaves the page; one at a time.
 */
import { createStore, useStore } from 'zustand'
import type { UsageFilePreview, UsageFileReport } from '../../../../shared/contract/console/usage-file.ts'
import type { Bridge, ConsoleError } from '../../../../shared/contract/console.ts'
import { type ImportFile, pieceBytes, toBase64 } from '../../../state/import-run.ts'
import { usageTexts } from '../texts.ts'

export type UsageFileRun = {
  readonly number: number
  readonly workspaceId: string
  readonly fileName: string
  readonly sizeBytes: number
  readonly step: 'reading' | 'preview' | 'sending' | 'ended'
  /** Null before the engine holds the file. */
  readonly fileId: string | null
  readonly bytesRead: number
  readonly preview: UsageFilePreview | null
  readonly report: UsageFileReport | null
  readonly isCancelAsked: boolean
  /** Null: not ended. `unread`: nothing of it was sent. */
  readonly end: 'done' | 'cancelled' | 'stopped' | 'unread' | null
  readonly error: ConsoleError | null
}

const LOOK_FOR_CANCEL_EVERY_MS = 200

const store = createStore<{ run: UsageFileRun | null }>(() => ({ run: null }))
let runs = 0

export function useUsageFileRun(): UsageFileRun | null {
  return useStore(store, (state) => state.run)
}

export function usageFileRun(): UsageFileRun | null {
  return store.getState().run
}

/** @returns false when another run, or none, has taken its place: what was learned is nobody's */
function update(number: number, change: Partial<UsageFileRun>): boolean {
  const run = usageFileRun()
  if (run?.number !== number) return false
  store.setState({ run: { ...run, ...change } })
  return true
}

export async function chooseUsageFile(bridge: Bridge, workspaceId: string, file: ImportFile): Promise<void> {
  forgetUsageFile(bridge)
  if (usageFileRun() !== null) return
  runs += 1
  const number = runs
  const { name: fileName, size: sizeBytes } = file
  const begun = { step: 'reading', fileId: null, bytesRead: 0, preview: null, report: null, isCancelAsked: false, end: null, error: null } as const
  store.setState({ run: { number, workspaceId, fileName, sizeBytes, ...begun } })
  const fail = (error: ConsoleError): boolean => update(number, { step: 'ended', end: 'unread', error })

  const opened = await bridge.call('usageFile.open', { workspaceId, fileName, sizeBytes })
  if (!opened.ok) return void fail(opened.error)
  const { fileId } = opened.value
  if (!update(number, { fileId })) return void bridge.call('usageFile.close', { fileId })
  for (let start = 0; start < sizeBytes; start += pieceBytes) {
    const end = Math.min(sizeBytes, start + pieceBytes)
    const problem = await handOn(bridge, fileId, file, start, end)
    if (problem !== null) return void fail(problem)
    if (!update(number, { bytesRead: end })) return
  }
  const preview = await bridge.call('usageFile.preview', { fileId })
  if (preview.ok) update(number, { step: 'preview', preview: preview.value })
  else fail(preview.error)
}

async function handOn(bridge: Bridge, fileId: string, file: ImportFile, start: number, end: number): Promise<ConsoleError | null> {
  let piece: Uint8Array
  try {
    piece = await file.slice(start, end)
  } catch {
    return { code: 'unreadable', ...usageTexts.file.unreadable }
  }
  const answer = await bridge.call('usageFile.piece', { fileId, chunkBase64: toBase64(piece) })
  return answer.ok ? null : answer.error
}

/** Sends what is left of the file. */
export async function sendUsageFile(bridge: Bridge): Promise<void> {
  const run = usageFileRun()
  if (run === null || run.fileId === null || run.step === 'sending') return
  const { number, fileId } = run
  update(number, { step: 'sending', isCancelAsked: false, end: null, error: null })
  while (!(usageFileRun()?.isCancelAsked ?? true)) {
    const answer = await bridge.call('usageFile.sendNext', { fileId })
    if (!answer.ok) return void update(number, { step: 'ended', end: 'stopped', error: answer.error })
    update(number, { report: answer.value })
    if (answer.value.isDone) return void update(number, { step: 'ended', end: 'done' })
    await waitUnlessCancelled(answer.value.waitMs)
  }
  update(number, { step: 'ended', end: 'cancelled' })
}

async function waitUnlessCancelled(waitMs: number): Promise<void> {
  for (let left = waitMs; left > 0 && usageFileRun()?.isCancelAsked === false; left -= LOOK_FOR_CANCEL_EVERY_MS)
    await new Promise((resolve) => setTimeout(resolve, Math.min(left, LOOK_FOR_CANCEL_EVERY_MS)))
}

/** After the batch that is under way: the platform's answer to it is still counted. */
export function cancelUsageFile(): void {
  const run = usageFileRun()
  if (run?.step === 'sending') update(run.number, { isCancelAsked: true })
}

/** Not while it is being sent. */
export function forgetUsageFile(bridge: Bridge): void {
  const run = usageFileRun()
  if (run === null || run.step === 'sending') return
  store.setState({ run: null })
  if (run.fileId !== null) void bridge.call('usageFile.close', { fileId: run.fileId })
}
