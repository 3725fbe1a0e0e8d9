import { USAGE_FILE_MAX_BYTES, type UsageFilePreview, type UsageFileReport } from '../../../../shared/contract/console/usage-file.ts'
import type { Clock } from '../../base/clock.ts'
import { ConsoleFailure } from '../../base/failure.ts'
import type { PlatformClient } from '../../sync/client/platform-client.ts'
import type { KnownMeters } from './expected-event.ts'
import { UsageFile } from './usage-file.ts'

/** A window each; a third takes the place of the one that was left longest. */
const FILES_MAX = 2
/** A file whose page went away without a word is forgotten after this. */
const ABANDONED_AFTER_MS = 10 * 60_000

export type UsageFilesOptions = {
  readonly client: Pick<PlatformClient, 'send'>
  readonly knownMeters: (workspaceId: string) => KnownMeters
  readonly clock: Pick<Clock, 'after'>
  readonly newId: () => string
  /** The platform has counted something, or the sending has ended. */
  readonly counted: (workspaceId: string) => void
  /** One line for the activity list when a file that was sent, or a part of it, is done with. */
  readonly ended: (workspaceId: string, text: string) => void
}

type Held = { readonly file: UsageFile; cancelIdleTimer: () => void; isTold: boolean }

/** The files of usage events that persons have chosen, each for as long as its dialogue is open. */
export class UsageFiles {
  readonly #options: UsageFilesOptions
  /** The one that was left longest first. */
  readonly #held = new Map<string, Held>()

  constructor(options: UsageFilesOptions) {
    this.#options = options
  }

  /** @throws ConsoleFailure `file_too_large`, `empty_file`, `too_many_imports` */
  open({ workspaceId, fileName, sizeBytes }: { workspaceId: string; fileName: string; sizeBytes: number }): { fileId: string } {
    if (sizeBytes === 0) throw new ConsoleFailure('empty_file', 'The file is empty.', 'Choose another one.')
    if (sizeBytes > USAGE_FILE_MAX_BYTES)
      throw new ConsoleFailure('file_too_large', `The file is larger than ${USAGE_FILE_MAX_BYTES / 1024 / 1024} MiB.`, 'Split it into smaller files.')
    if (this.#held.size >= FILES_MAX) {
      const left = [...this.#held].find(([, { file }]) => !file.isBusy)
      if (left === undefined) throw new ConsoleFailure('too_many_imports', 'Other files of usage are being sent already.', 'Wait for one of them to end.')
      this.close(left[0])
    }
    const { client, knownMeters, newId } = this.#options
    const fileId = newId()
    const file = new UsageFile({ workspaceId, fileName, sizeBytes, client, knownMeters: () => knownMeters(workspaceId) })
    this.#held.set(fileId, { file, cancelIdleTimer: () => {}, isTold: false })
    this.#touch(fileId)
    return { fileId }
  }

  take(fileId: string, piece: Buffer): void {
    this.#touch(fileId).file.take(piece)
  }

  async preview(fileId: string): Promise<UsageFilePreview> {
    return await this.#touch(fileId).file.preview()
  }

  async sendNext(fileId: string): Promise<UsageFileReport> {
    const held = this.#touch(fileId)
    const { file } = held
    const before = file.report.sent
    const report = await file.sendNext()
    if (report.sent > before) this.#options.counted(file.workspaceId)
    if (report.isDone) this.#tell(held)
    return report
  }

  close(fileId: string): void {
    const held = this.#held.get(fileId)
    if (held === undefined) return
    this.#held.delete(fileId)
    held.cancelIdleTimer()
    held.file.close()
    this.#tell(held)
  }

  stop(): void {
    for (const fileId of this.#held.keys()) this.close(fileId)
  }

  #tell(held: Held): void {
    if (held.isTold || held.file.report.sent === 0) return
    held.isTold = true
    this.#options.ended(held.file.workspaceId, endWords(held.file))
  }

  #touch(fileId: string): Held {
    const held = this.#held.get(fileId)
    if (held === undefined) throw new ConsoleFailure('not_found', 'This file is not held any more.', 'Choose it again: what was counted is not counted twice.')
    held.cancelIdleTimer()
    held.cancelIdleTimer = this.#options.clock.after(ABANDONED_AFTER_MS, () => this.close(fileId))
    this.#held.delete(fileId)
    this.#held.set(fileId, held)
    return held
  }
}

function endWords({ fileName, report: { accepted, duplicates, refusedCount, isDone } }: UsageFile): string {
  const counted = `${accepted} ${accepted === 1 ? 'event' : 'events'} counted, ${duplicates} known already, ${refusedCount} refused`
  return `Usage from ${fileName}: ${counted}.${isDone ? '' : ' It was not sent to its end.'}`
}
