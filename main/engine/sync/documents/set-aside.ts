import { z } from 'zod'
import type { Clock } from '../../base/clock.ts'
import type { Database } from '../../store/database.ts'
import type { LeftOut } from '../../../../shared/contract/lenient.ts'

const KEPT = 200
/** The check of the audit log's chain asks for these: an entry that was left out is not one that somebody took away. */
const KEPT_AUDIT_ENTRIES = 10_000
const AUDIT_TOPIC = 'audit_entry'
const NAMES_TOLD = 5
const BODY_KEPT_LETTERS = 65_536
const REASON_KEPT_LETTERS = 1000

const named = z.array(z.object({ topic: z.string(), id: z.string() }))

/**
 * What a platform sent and this console left out, with its reason, in cache.db: until the same thing comes as it should be. Each document
 * once, however often it comes.
 */
export class SetAside {
  readonly #database: Database
  readonly #clock: Clock
  /** Keys of what is set aside: nearly always none, so that the rows of a page need no look at the disk. Null: not read yet. */
  readonly #keys = new Map<string, Set<string>>()
  readonly #moved = new Set<string>()
  #listener: (workspaceId: string) => void = () => undefined

  constructor(database: Database, clock: Clock) {
    this.#database = database
    this.#clock = clock
  }

  /** Told after the transaction in which something was set aside, or came as it should be. */
  onMoved(listener: (workspaceId: string) => void): void {
    this.#listener = listener
  }

  add(workspaceId: string, topic: string, id: string, body: string, reason: string): void {
    this.#drop(workspaceId, topic, id)
    const { lastInsertRowid } = this.#database
      .prepare('INSERT INTO set_aside (workspace_id, topic, id, body, reason, at) VALUES (?, ?, ?, ?, ?, ?)')
      .run(workspaceId, topic, id, body.slice(0, BODY_KEPT_LETTERS), reason.slice(0, REASON_KEPT_LETTERS), this.#clock.now())
    const last = Number(lastInsertRowid)
    this.#database.prepare('DELETE FROM set_aside WHERE number <= ? AND (topic <> ? OR number <= ?)').run(last - KEPT, AUDIT_TOPIC, last - KEPT_AUDIT_ENTRIES)
    this.#keysOf(workspaceId).add(keyOf(topic, id))
    this.#moved.add(workspaceId)
  }

  /** Items of an answer that has no place in the feed; each endpoint's newest are kept. */
  addAnswer(workspaceId: string, endpoint: string, { count, names }: LeftOut): void {
    this.#database.transaction(() =>
      this.add(workspaceId, ANSWER_TOPIC, `${endpoint}: ${names.join(', ')}${count > names.length ? ' …' : ''}`, '', 'left out'),
    )()
    this.settle(workspaceId)
  }

  /** It comes now, as it should be or not: what was said of it before is over. */
  clear(workspaceId: string, topic: string, id: string): void {
    if (!this.#keysOf(workspaceId).has(keyOf(topic, id))) return
    this.#drop(workspaceId, topic, id)
    this.#keysOf(workspaceId).delete(keyOf(topic, id))
    this.#moved.add(workspaceId)
  }

  forget(workspaceId: string): void {
    this.#database.prepare('DELETE FROM set_aside WHERE workspace_id = ?').run(workspaceId)
    this.#keys.delete(workspaceId)
    this.#moved.add(workspaceId)
    this.settle(workspaceId)
  }

  /** Tells what moved. Called when the transaction is over. */
  settle(workspaceId: string): void {
    if (this.#moved.delete(workspaceId)) this.#listener(workspaceId)
  }

  /** How many things are left out, and the newest of them by name. */
  told(workspaceId: string): LeftOut | null {
    const rows = named.parse(this.#database.prepare('SELECT topic, id FROM set_aside WHERE workspace_id = ? ORDER BY number DESC').all(workspaceId))
    const names = rows.slice(0, NAMES_TOLD).map(({ topic, id }) => (topic === ANSWER_TOPIC ? id : `${topic.replaceAll('_', ' ')} ${id}`))
    return rows.length === 0 ? null : { count: rows.length, names }
  }

  #drop(workspaceId: string, topic: string, id: string): void {
    this.#database.prepare('DELETE FROM set_aside WHERE workspace_id = ? AND topic = ? AND id = ?').run(workspaceId, topic, id)
  }

  #keysOf(workspaceId: string): Set<string> {
    const known = this.#keys.get(workspaceId)
    if (known !== undefined) return known
    const rows = named.parse(this.#database.prepare('SELECT topic, id FROM set_aside WHERE workspace_id = ?').all(workspaceId))
    const keys = new Set(rows.map(({ topic, id }) => keyOf(topic, id)))
    this.#keys.set(workspaceId, keys)
    return keys
  }
}

/** Of an answer's items, beside the topics of the feed. */
const ANSWER_TOPIC = 'answer'

function keyOf(topic: string, id: string): string {
  return JSON.stringify([topic, id])
}
