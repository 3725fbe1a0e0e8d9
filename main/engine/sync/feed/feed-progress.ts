/** So many pages in a row that bring nothing are a platform that contradicts itself. */
const PAGES_WITHOUT_PROGRESS = 3

/**
 * Whether a reading of the feed gets anywhere. A page is progress when a document is another one by it, or when it has rows and a cursor
 * that this reading has not seen. A cursor that comes again and again is none, whatever its rows say: documents that change to and fro
 * would be followed for ever.
 */
export class FeedProgress {
  readonly #seen = new Map<string, number>()
  #idlePages = 0

  constructor(since: string | null) {
    if (since !== null) this.#seen.set(since, 1)
  }

  /** @returns whether it was progress. */
  note({ cursor, rows }: { cursor: string; rows: number }, isAnythingChanged: boolean): boolean {
    const seen = this.#seen.get(cursor) ?? 0
    this.#seen.set(cursor, seen + 1)
    const isProgress = (rows > 0 && seen === 0) || (isAnythingChanged && seen < PAGES_WITHOUT_PROGRESS)
    this.#idlePages = isProgress ? 0 : this.#idlePages + 1
    return isProgress
  }

  get isStuck(): boolean {
    return this.#idlePages >= PAGES_WITHOUT_PROGRESS
  }
}
