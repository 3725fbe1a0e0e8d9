import { describeEventProblem } from '../contract/platform/event-problem.ts'
import { usageEvent, type WireUsageEvent } from '../contract/platform/usage.ts'
import type { FileRecord } from './records.ts'

export type RefusedLine = { readonly line: number; readonly reason: string }
export type FileEvent = { readonly line: number; readonly event: WireUsageEvent }

/** In base64url. Every reader of the same file must come to the same ids, so it is no other hash. */
export type Sha256 = (text: string) => string

/** What an event is counted under whose file names no source. */
const SOURCE = 'import'

/**
 * The records of one file as events, in their order. A record without an id is known by what it says and by how often the file has said so before: the
 * same file again, or one that has grown anywhere, brings only what is new, and two equal lines are two events.
 */
export class FileEvents {
  readonly #sha256: Sha256
  readonly #seen = new Map<string, number>()

  constructor(sha256: Sha256) {
    this.#sha256 = sha256
  }

  take(record: FileRecord): FileEvent | RefusedLine {
    const { line } = record
    if ('problem' in record) return { line, reason: record.problem }
    const instant = instantOf(record.fields.timestamp)
    if ('problem' in instant) return { line, reason: instant.problem }
    const said = { source: SOURCE, ...record.fields, timestamp: instant.text }
    const parsed = usageEvent.safeParse('id' in said ? said : { ...said, id: '-' })
    if (!parsed.success) return { line, reason: describeEventProblem(parsed.error) }
    return { line, event: 'id' in said ? parsed.data : { ...parsed.data, id: this.#idOf(said) } }
  }

  #idOf(said: Readonly<Record<string, unknown>>): string {
    const hash = this.#sha256(ordered(said)).slice(0, 32)
    const before = this.#seen.get(hash) ?? 0
    this.#seen.set(hash, before + 1)
    return `${hash}/${before + 1}`
  }
}

/** As the platform writes an instant: an offset is reckoned in. What names no offset may mean any of 26 hours, and is refused. */
function instantOf(written: unknown): { text: unknown } | { problem: string } {
  if (typeof written !== 'string') return { text: written }
  const parts = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?) ?(Z|[+-]\d{2}:?\d{2})?$/i.exec(written.trim())
  if (parts === null) return { problem: `timestamp ${JSON.stringify(written.slice(0, 64))} is not an instant such as 2026-11-10T08:00:00Z` }
  const [, date = '', time = '', offset] = parts
  if (offset === undefined) return { problem: `timestamp ${JSON.stringify(written)} names no time zone: end it with Z, or with an offset such as +02:00` }
  const zone = offset.toUpperCase() === 'Z' ? 'Z' : `${offset.slice(0, 3)}:${offset.slice(-2)}`
  const at = new Date(`${date}T${time.length === 5 ? `${time}:00` : time}${zone}`)
  // JavaScript takes the 31st of February for the 3rd of March.
  const isBeyondMonth = Number(date.slice(8)) > new Date(Date.UTC(Number(date.slice(0, 4)), Number(date.slice(5, 7)), 0)).getUTCDate()
  if (Number.isNaN(at.getTime()) || isBeyondMonth) return { problem: `timestamp ${JSON.stringify(written)} names no instant that there is` }
  return { text: at.toISOString() }
}

/** JSON with the keys of every object in one order: a column may move. */
function ordered(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => {
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner
    return Object.fromEntries(Object.entries(inner).sort(([one], [other]) => (one < other ? -1 : 1)))
  })
}
