import { z } from 'zod'
import type { LocalSettings } from '../store/local-settings.ts'

/** That a platform turned out to have gone back, and what came of it. Times are epoch milliseconds. */
const historyNote = z.strictObject({
  /** What was delivered and is missing there has not been looked for to the end. */
  owed: z.boolean(),
  noticedAt: z.int(),
  /** When its newest change was made of those that it still has; null: it does not say. */
  wentBackTo: z.int().nullable(),
  /** Writes that are sent again. */
  again: z.int().nonnegative(),
  /** Writes that are neither there nor on this computer. */
  gone: z.int().nonnegative(),
})
export type HistoryNote = z.output<typeof historyNote>

/** What is remembered of the histories of each workspace, in outbox.db: it must survive an end at any moment. */
export class HistoryNotes {
  readonly #settings: Pick<LocalSettings, 'get' | 'set'>

  constructor(settings: Pick<LocalSettings, 'get' | 'set'>) {
    this.#settings = settings
  }

  read(workspaceId: string): HistoryNote | null {
    const text = this.#settings.get(noteKey(workspaceId))
    return text === null ? null : parsed(text)
  }

  isOwed(workspaceId: string): boolean {
    return this.read(workspaceId)?.owed === true
  }

  noteWentBack(workspaceId: string, note: Pick<HistoryNote, 'noticedAt' | 'wentBackTo'>): void {
    const known = this.read(workspaceId)
    if (known?.owed) this.#write(workspaceId, { ...known, wentBackTo: earlier(known.wentBackTo, note.wentBackTo) })
    else this.#write(workspaceId, { owed: true, again: 0, gone: 0, ...note })
    this.#settings.set(lastKey(workspaceId), String(note.noticedAt))
  }

  add(workspaceId: string, count: { again: number; gone: number }): void {
    const known = this.read(workspaceId)
    if (known === null || (count.again === 0 && count.gone === 0)) return
    this.#write(workspaceId, { ...known, again: known.again + count.again, gone: known.gone + count.gone })
  }

  finish(workspaceId: string): void {
    const known = this.read(workspaceId)
    if (known !== null) this.#write(workspaceId, { ...known, owed: false })
  }

  /** When it was last noticed, read or not: what the platform counted before that may be less than what was counted here. */
  lastAt(workspaceId: string): number | null {
    const at = Number(this.#settings.get(lastKey(workspaceId)) ?? Number.NaN)
    return Number.isSafeInteger(at) ? at : null
  }

  /** The person has read it. What is still owed goes on. */
  dismiss(workspaceId: string): void {
    if (!this.isOwed(workspaceId)) this.#settings.set(noteKey(workspaceId), null)
  }

  #write(workspaceId: string, note: HistoryNote): void {
    this.#settings.set(noteKey(workspaceId), JSON.stringify(note))
  }
}

function noteKey(workspaceId: string): string {
  return `history/${workspaceId}`
}

function lastKey(workspaceId: string): string {
  return `history/last/${workspaceId}`
}

function parsed(text: string): HistoryNote | null {
  try {
    return historyNote.safeParse(JSON.parse(text)).data ?? null
  } catch {
    return null
  }
}

function earlier(left: number | null, right: number | null): number | null {
  return left === null || right === null ? (left ?? right) : Math.min(left, right)
}
