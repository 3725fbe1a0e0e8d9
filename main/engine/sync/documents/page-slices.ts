import type { z } from 'zod'
import type { changesResponse } from '../../../../shared/contract/platform.ts'
import type { Applied, Documents } from './documents.ts'

type ChangesPage = z.output<typeof changesResponse>

/** Rows that are written in one go: some ten milliseconds in which nobody else is served. */
export const SLICE_MAX_ROWS = 200
/** A row may be a whole catalog; a slice of more than one holds about so many letters of JSON at most. */
const SLICE_MAX_LETTERS = 256 * 1024

/** Lets everything else have its turn. */
export type Pause = () => Promise<void>
export const pauseForOthers: Pause = () => new Promise((resolve) => setImmediate(resolve))

/**
 * Writes a page, however large it is, in slices with a pause after each. The last one moves the cursor.
 * @returns null when the reading was overtaken in a pause (cleared, started over): the page is worth nothing then.
 */
export async function applyInSlices(
  documents: Pick<Documents, 'apply' | 'applyPart' | 'reading'>,
  workspaceId: string,
  page: ChangesPage,
  askedAt: number,
  pause: Pause,
): Promise<Applied | null> {
  const reading = documents.reading(workspaceId)
  const changed = new Set<string>()
  for (let from = 0; ; ) {
    const upto = endOfSlice(page.changes, from)
    const slice = page.changes.slice(from, upto)
    const isLast = upto >= page.changes.length
    const applied = isLast ? documents.apply(workspaceId, { ...page, changes: slice }, askedAt) : documents.applyPart(workspaceId, slice, askedAt)
    for (const topic of applied.changed) changed.add(topic)
    if (isLast || applied.startedOver) return { changed, startedOver: applied.startedOver }
    await pause()
    if (documents.reading(workspaceId) !== reading) return null
    from = upto
  }
}

function endOfSlice(changes: ChangesPage['changes'], from: number): number {
  let upto = from
  for (let letters = 0; upto < changes.length && upto - from < SLICE_MAX_ROWS; upto += 1) {
    letters += JSON.stringify(changes[upto]?.body ?? null).length
    if (letters > SLICE_MAX_LETTERS && upto > from) break
  }
  return upto
}
