import { createHash } from 'node:crypto'
import { MetDocuments } from './met-documents.ts'

/** So many pages in a row that bring nothing are a platform that contradicts itself. */
const PAGES_WITHOUT_PROGRESS = 3

/**
 * So many pages in a row that name only documents which this reading has brought already. A busy platform may send one of these, and a
 * log that keeps every version some; one that never comes to its end sends nothing else.
 */
const PAGES_OF_MET_DOCUMENTS = 20

/** Of a page larger than was asked for, so many rows tell it from another one. */
const ROWS_COMPARED = 500

type Row = { topic: string; id: string; version: number }

/**
 * Whether a reading of the feed gets anywhere. A page is progress when a document is another one by it, or when it has rows and a cursor
 * that this reading has not seen. A cursor that comes again and again is none, whatever its rows say: documents that change to and fro
 * would be followed for ever. Rows that change nothing and were in a page of this reading before are none, whatever the cursor. Nor is a page
 * on which every document was met before in this reading, in whatever version: the feed's end does not come nearer by it.
 */
export class FeedProgress {
  readonly #seen = new Map<string, number>()
  readonly #pages = new Set<string>()
  readonly #met = new MetDocuments()
  #idlePages = 0
  #pagesOfMet = 0

  constructor(since: string | null) {
    if (since !== null) this.#seen.set(since, 1)
  }

  /** @returns whether it was progress. */
  note({ cursor, rows }: { cursor: string; rows: readonly Row[] }, isAnythingChanged: boolean): boolean {
    const seen = this.#seen.get(cursor) ?? 0
    this.#seen.set(cursor, seen + 1)
    const hasMoved = (rows.length > 0 && seen === 0 && this.#isNewPage(rows)) || (isAnythingChanged && seen < PAGES_WITHOUT_PROGRESS)
    this.#idlePages = hasMoved ? 0 : this.#idlePages + 1
    const hasNew = this.#meet(rows)
    this.#pagesOfMet = hasNew ? 0 : this.#pagesOfMet + 1
    return hasMoved && hasNew
  }

  /** @returns whether one of them is new in this reading. */
  #meet(rows: readonly Row[]): boolean {
    let hasNew = false
    for (const { topic, id } of rows.slice(0, ROWS_COMPARED)) hasNew = this.#met.meet(topic, id) || hasNew
    return hasNew
  }

  #isNewPage(rows: readonly Row[]): boolean {
    const hash = createHash('sha256').update(JSON.stringify(rows.slice(0, ROWS_COMPARED).map(({ topic, id, version }) => [topic, id, version])))
    const page = hash.update(String(rows.length)).digest('base64')
    const isNew = !this.#pages.has(page)
    this.#pages.add(page)
    return isNew
  }

  get isStuck(): boolean {
    return this.#idlePages >= PAGES_WITHOUT_PROGRESS || this.#pagesOfMet >= PAGES_OF_MET_DOCUMENTS
  }
}
