import type { Statement } from 'better-sqlite3'
import { z } from 'zod'
import type { changesResponse, Counter, deviceCounter } from '../../../../shared/contract/platform.ts'
import { type DocumentTopic, documentTopics } from '../../../../shared/contract/platform/topics.ts'
import type { Clock } from '../../base/clock.ts'
import type { Database } from '../../store/database.ts'
import { parseLeniently } from '../../../../shared/contract/lenient.ts'
import { NAME_MAX_LETTERS, withShortNames } from '../client/words.ts'
import { type DocumentRevision, DocumentRevisions } from './document-revisions.ts'
import { letsItemsGo, maxBytesOf } from './document-limits.ts'
import { SetAside } from './set-aside.ts'
import type { TopicTable } from './topic-table.ts'

type ChangesPage = z.output<typeof changesResponse>
type Change = ChangesPage['changes'][number]
type DeviceCounter = z.output<typeof deviceCounter>
export type TopicBody<T extends DocumentTopic> = z.output<(typeof documentTopics)[T]['body']>

/** What a write changed: the topics to re-read. */
export type Changed = ReadonlySet<string>
/** `startedOver`: the feed went back, so that everything is read from the beginning. */
export type Applied = { changed: Changed; startedOver: boolean }
/** Compared by identity. */
export type Reading = object

/** A clock that is off by less is not called wrong (shared/contract/README.md, "Errors"). */
const CLOCK_TOLERANCE_MS = 120_000

const storedDocument = z.object({ id: z.string(), body: z.string() })
const storedCursor = z.object({
  cursor: z.string().nullable(),
  generation: z.int(),
  rereading: z.union([z.literal(0), z.literal(1)]),
  as_of: z.int().nullable(),
  reader: z.string().nullable(),
})
type Cursor = z.output<typeof storedCursor>

/**
 * The platform's billing documents in cache.db, by workspace, topic and id. The feed of changes is followed in its
 * order; answers of pushes arrive beside it and overwrite only what is older than they are.
 */
export class Documents {
  readonly #database: Database
  readonly #clock: Clock
  readonly #statements = new Map<string, Statement>()
  /** When a counter last came from beside the feed. In memory: no page of changes is under way across a restart. */
  readonly #observedAt = new Map<string, number>()
  readonly #revisions = new DocumentRevisions()

  readonly #tables: ReadonlyMap<string, TopicTable>
  readonly #setAside: SetAside
  /** Another one after everything that makes what was asked for before worthless. In memory: no page is under way across a restart. */
  readonly #readings = new Map<string, Reading>()

  /** @param tables the topics that lie in tables of their own; `read` and `list` do not find those. */
  constructor(database: Database, clock: Clock, tables: readonly TopicTable[] = []) {
    this.#database = database
    this.#clock = clock
    this.#setAside = new SetAside(database, clock)
    this.#tables = new Map(tables.map((table) => [table.topic, table]))
  }

  /** The one document of a topic, or the one with this id. Null: not there, or not what it should be (then it is fetched again). */
  read<T extends DocumentTopic>(workspaceId: string, topic: T, id: string = topic): TopicBody<T> | null {
    const raw = this.#statement('SELECT id, body FROM documents WHERE workspace_id = ? AND topic = ? AND id = ?').get(workspaceId, topic, id)
    return raw === undefined ? null : this.#check(workspaceId, topic, raw)
  }

  /** All documents of a topic, by id. */
  list<T extends DocumentTopic>(workspaceId: string, topic: T): TopicBody<T>[] {
    const raw = this.#statement('SELECT id, body FROM documents WHERE workspace_id = ? AND topic = ? ORDER BY id').all(workspaceId, topic)
    return raw.flatMap((row) => this.#check(workspaceId, topic, row) ?? [])
  }

  /**
   * The same as long as `read` and `list` find the same: whoever keeps what they answered keeps it under this. Ask for it before
   * reading, because a document that is not what it should be is removed by reading it.
   */
  revision(workspaceId: string, topic: DocumentTopic): DocumentRevision {
    return this.#revisions.current(workspaceId, topic)
  }

  /** Where to go on reading; null: from the beginning. */
  cursor(workspaceId: string): string | null {
    return this.#cursor(workspaceId).cursor
  }

  /** What was left out because it is not what the contract promises, or too large. */
  get setAside(): SetAside {
    return this.#setAside
  }

  /** Stands for the reading that is under way: whoever is handed another one later had better ask again than go on. */
  reading(workspaceId: string): Reading {
    const reading = this.#readings.get(workspaceId) ?? {}
    this.#readings.set(workspaceId, reading)
    return reading
  }

  /** Epoch milliseconds at which the cache was last known to agree with the platform; null before that. */
  asOf(workspaceId: string): number | null {
    const { as_of: at } = this.#cursor(workspaceId)
    // Written while this computer's clock was in the future: nobody knows how old that is.
    return at !== null && at > this.#clock.now() + CLOCK_TOLERANCE_MS ? null : at
  }

  /** The time from which the cache claims to be, if that is still to come. */
  asOfInFuture(workspaceId: string): number | null {
    return this.asOf(workspaceId) === null ? this.#cursor(workspaceId).as_of : null
  }

  /** Whether this workspace was ever read to its end, whenever that was. */
  isRead(workspaceId: string): boolean {
    return this.#cursor(workspaceId).as_of !== null
  }

  /**
   * The platform said at `at` that its feed ends at `cursor`. Whoever has read up to there has what it has; everybody else has not.
   * @returns whether what is cached is confirmed by it.
   */
  confirm(workspaceId: string, cursor: string, at: number): boolean {
    return this.#statement('UPDATE cursors SET as_of = ? WHERE workspace_id = ? AND cursor = ? AND rereading = 0').run(at, workspaceId, cursor).changes > 0
  }

  /**
   * Writes one page of changes and its cursor in one transaction. Only newer versions overwrite. A feed that brings
   * older ones than it did is one of a platform that was set back: then everything is read again from the beginning.
   *
   * @param askedAt when the page was asked for, epoch milliseconds; the last page makes it the cache's age.
   */
  apply(workspaceId: string, page: ChangesPage, askedAt: number): Applied {
    return this.#applied(workspaceId, page.changes, askedAt, (cursor, changed) => {
      let { rereading, as_of } = cursor
      if (!page.more) {
        if (rereading === 1) this.#sweep(workspaceId, cursor.generation, changed)
        rereading = 0
        as_of = askedAt
      }
      this.#writeCursor(workspaceId, { ...cursor, cursor: page.cursor, rereading, as_of })
    })
  }

  /**
   * Writes a part of a page and leaves the cursor where it is: the page's last part moves it. What was written of a page that is not
   * finished comes again and says nothing new.
   */
  applyPart(workspaceId: string, changes: readonly Change[], askedAt: number): Applied {
    return this.#applied(workspaceId, changes, askedAt, () => undefined)
  }

  #applied(workspaceId: string, changes: readonly Change[], askedAt: number, finish: (cursor: Cursor, changed: Set<string>) => void): Applied {
    const applied = this.#database.transaction(() => {
      const cursor = this.#cursor(workspaceId)
      const changed = new Set<string>()
      let wentBack = false
      for (const change of changes) {
        const outcome = this.#applyChange(workspaceId, change, cursor, askedAt)
        if (outcome === 'written') changed.add(change.topic)
        if (outcome === 'older') wentBack = true
      }
      if (wentBack) this.startOver(workspaceId)
      else finish(cursor, changed)
      return { changed, startedOver: wentBack }
    })()
    this.#setAside.settle(workspaceId)
    return applied
  }

  /**
   * Reads from the beginning next time, e.g. when the platform no longer knows the cursor. What is cached stays on the
   * screen until the whole reading is there; then what it did not bring is removed.
   */
  startOver(workspaceId: string): void {
    const cursor = this.#cursor(workspaceId)
    this.#readings.delete(workspaceId)
    this.#writeCursor(workspaceId, { ...cursor, cursor: null, generation: cursor.generation + 1, rereading: 1 })
  }

  /**
   * Who reads from now on. A platform sends a role what that role may see, and a cursor says nothing of what it left out: another role
   * reads from the beginning, so that it gets what the one before was not sent and loses what it may not see.
   */
  readAs(workspaceId: string, role: string): void {
    if (this.#cursor(workspaceId).reader === role) return
    this.#database.transaction(() => {
      this.startOver(workspaceId)
      this.#writeCursor(workspaceId, { ...this.#cursor(workspaceId), reader: role })
    })()
  }

  /** Counters that came with the answer of a push or a delete. An older version never overwrites a newer one. */
  observeCounters(workspaceId: string, counters: readonly Counter[], device: DeviceCounter | null): Changed {
    return this.#database.transaction(() => {
      const { generation } = this.#cursor(workspaceId)
      const changed = new Set<string>()
      let stale = false
      for (const counter of counters) {
        const stored = this.#storedVersion(workspaceId, 'counter', counter.metric)
        const version = counter.version ?? stored?.version ?? 0
        this.#observedAt.set(`${workspaceId}/${counter.metric}`, this.#clock.now())
        if (stored !== null && version < stored.version) stale = true
        else if (stored === null || version > stored.version || counter.version === undefined) {
          if (this.#write(workspaceId, 'counter', counter.metric, version, counter, generation)) changed.add('counter')
        }
      }
      // It has no version of its own: it is as new as the counters beside it.
      if (device !== null && !stale) {
        const version = this.#storedVersion(workspaceId, 'device_counter', device.device_id)?.version ?? 0
        if (this.#write(workspaceId, 'device_counter', device.device_id, version, device, generation)) changed.add('device_counter')
      }
      return changed
    })()
  }

  /** The answer of a direct question, which has no place in the feed: its body counts, the feed's version stays. */
  put<T extends DocumentTopic>(workspaceId: string, topic: T, body: TopicBody<T>, id: string = topic): Changed {
    const { generation } = this.#cursor(workspaceId)
    const version = this.#storedVersion(workspaceId, topic, id)?.version ?? 0
    const checked = checkBody(topic, body)
    if (!checked.ok) {
      this.#setAside.add(workspaceId, topic, id, JSON.stringify(body), checked.reason)
      this.#setAside.settle(workspaceId)
      return new Set()
    }
    return this.#write(workspaceId, topic, id, version, body, generation) ? new Set([topic]) : new Set()
  }

  /** Everything of a workspace that was removed. */
  forget(workspaceId: string): void {
    this.#database.transaction(() => {
      for (const table of ['documents', 'cursors']) this.#statement(`DELETE FROM ${table} WHERE workspace_id = ?`).run(workspaceId)
      for (const table of this.#tables.values()) table.forget(workspaceId)
    })()
    this.#setAside.forget(workspaceId)
    this.#readings.delete(workspaceId)
    this.#revisions.endAll(workspaceId)
  }

  #applyChange(workspaceId: string, change: Change, cursor: Cursor, askedAt: number): 'written' | 'same' | 'older' {
    const table = this.#tables.get(change.topic)
    this.#setAside.clear(workspaceId, change.topic, change.id)
    if (change.op === 'delete') {
      if (table !== undefined) return table.remove(workspaceId, change.id) ? 'written' : 'same'
      const { changes } = this.#statement('DELETE FROM documents WHERE workspace_id = ? AND topic = ? AND id = ?').run(workspaceId, change.topic, change.id)
      this.#revisions.end(workspaceId, change.topic)
      return changes > 0 ? 'written' : 'same'
    }
    const checked = checkBody(change.topic, change.body)
    if (checked.reason !== null) this.#setAside.add(workspaceId, change.topic, change.id, JSON.stringify(change.body ?? null), checked.reason)
    if (!checked.ok) return 'same'
    const { body } = checked
    if (table !== undefined) return table.upsert(workspaceId, change.id, change.version, body, cursor.generation) ? 'written' : 'same'
    const version = versionOf(change)
    const stored = this.#storedVersion(workspaceId, change.topic, change.id)
    // In a reading from the beginning, versions that an earlier reading left say nothing.
    const comparable = stored !== null && (cursor.rereading === 0 || stored.generation === cursor.generation)
    if (comparable && version < stored.version) {
      // The answer of a push overtook this page: the page is merely late.
      const observedAt = this.#observedAt.get(`${workspaceId}/${change.id}`)
      return cursor.rereading === 1 || (change.topic === 'counter' && observedAt !== undefined && observedAt >= askedAt) ? 'same' : 'older'
    }
    return this.#write(workspaceId, change.topic, change.id, version, body, cursor.generation) ? 'written' : 'same'
  }

  /** @returns whether the body is another one than before. */
  #write(workspaceId: string, topic: string, id: string, version: number, body: unknown, generation: number): boolean {
    const text = JSON.stringify(body ?? null)
    const before = z
      .object({ body: z.string() })
      .safeParse(this.#statement('SELECT body FROM documents WHERE workspace_id = ? AND topic = ? AND id = ?').get(workspaceId, topic, id))
    this.#statement(
      `INSERT INTO documents (workspace_id, topic, id, version, body, generation) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (workspace_id, topic, id) DO UPDATE SET version = excluded.version, body = excluded.body, generation = excluded.generation`,
    ).run(workspaceId, topic, id, version, text, generation)
    const isAnother = !before.success || before.data.body !== text
    if (isAnother) this.#revisions.end(workspaceId, topic)
    return isAnother
  }

  #sweep(workspaceId: string, generation: number, changed: Set<string>): void {
    const gone = this.#statement('DELETE FROM documents WHERE workspace_id = ? AND generation < ? RETURNING topic').all(workspaceId, generation)
    for (const { topic } of z.array(z.object({ topic: z.string() })).parse(gone)) {
      this.#revisions.end(workspaceId, topic)
      changed.add(topic)
    }
    for (const table of this.#tables.values()) if (table.sweep(workspaceId, generation)) changed.add(table.topic)
  }

  #check<T extends DocumentTopic>(workspaceId: string, topic: T, raw: unknown): TopicBody<T> | null {
    const row = storedDocument.parse(raw)
    const parsed = parseBody(topic, row.body)
    // A row that is shorter than the longest name has none that is too long.
    if (parsed.ok) return row.body.length <= NAME_MAX_LETTERS ? parsed.value : withShortNames(parsed.value)
    this.#database.transaction(() => {
      this.#setAside.add(workspaceId, topic, row.id, row.body, parsed.reason)
      this.#statement('DELETE FROM documents WHERE workspace_id = ? AND topic = ? AND id = ?').run(workspaceId, topic, row.id)
      this.#revisions.end(workspaceId, topic)
      // The feed will not send this document again by itself.
      this.startOver(workspaceId)
    })()
    this.#setAside.settle(workspaceId)
    return null
  }

  #storedVersion(workspaceId: string, topic: string, id: string): { version: number; generation: number } | null {
    const raw = this.#statement('SELECT version, generation FROM documents WHERE workspace_id = ? AND topic = ? AND id = ?').get(workspaceId, topic, id)
    return raw === undefined ? null : z.object({ version: z.int(), generation: z.int() }).parse(raw)
  }

  #cursor(workspaceId: string): Cursor {
    const raw = this.#statement('SELECT cursor, generation, rereading, as_of, reader FROM cursors WHERE workspace_id = ?').get(workspaceId)
    return raw === undefined ? { cursor: null, generation: 1, rereading: 1, as_of: null, reader: null } : storedCursor.parse(raw)
  }

  #writeCursor(workspaceId: string, cursor: Cursor): void {
    this.#statement(
      `INSERT INTO cursors (workspace_id, cursor, generation, rereading, as_of, reader) VALUES (@workspaceId, @cursor, @generation, @rereading, @as_of, @reader)
         ON CONFLICT (workspace_id) DO UPDATE SET cursor = excluded.cursor, generation = excluded.generation, rereading = excluded.rereading,
           as_of = excluded.as_of, reader = excluded.reader`,
    ).run({ workspaceId, ...cursor })
  }

  /** Compiling costs more than running: a drain brings counters with each of its pushes. */
  #statement(sql: string): Statement {
    const known = this.#statements.get(sql) ?? this.#database.prepare<unknown[]>(sql)
    this.#statements.set(sql, known)
    return known
  }
}

const registry: { [T in DocumentTopic]: { body: z.ZodType<TopicBody<T>> } } = documentTopics

function isDocumentTopic(topic: string): topic is DocumentTopic {
  return Object.hasOwn(documentTopics, topic)
}

type Checked = { ok: true; body: unknown; reason: string | null } | { ok: false; reason: string }

/** Topics that this console does not know are kept as they are. A `reason` beside a body: something of it was left out. */
function checkBody(topic: string, body: unknown): Checked {
  const maxBytes = maxBytesOf(topic)
  const sizeBytes = Buffer.byteLength(JSON.stringify(body ?? null))
  if (sizeBytes > maxBytes) return { ok: false, reason: `${Math.ceil(sizeBytes / 1024)} KiB; up to ${maxBytes / 1024} KiB are kept` }
  if (!isDocumentTopic(topic)) return { ok: true, body, reason: null }
  const schema: z.ZodType = documentTopics[topic].body
  const strict = schema.safeParse(body)
  if (strict.success) return { ok: true, body, reason: null }
  const lenient = letsItemsGo(topic) ? parseLeniently(schema, body) : null
  if (lenient?.ok) return { ok: true, body: lenient.value, reason: (lenient.leftOut?.names ?? []).join(', ') }
  return { ok: false, reason: z.prettifyError(strict.error) }
}

function parseBody<T extends DocumentTopic>(topic: T, text: string): { ok: true; value: TopicBody<T> } | { ok: false; reason: string } {
  const { body: schema } = registry[topic]
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    return { ok: false, reason: 'not JSON' }
  }
  const parsed = schema.safeParse(body)
  return parsed.success ? { ok: true, value: parsed.data } : { ok: false, reason: z.prettifyError(parsed.error) }
}

/** A counter's own version is what answers of pushes carry too; the feed's number may be another one. */
function versionOf(change: Change): number {
  if (change.topic !== 'counter') return change.version
  const own = z.object({ version: z.int() }).safeParse(change.body)
  return own.success ? own.data.version : change.version
}
