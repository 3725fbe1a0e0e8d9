import type { Statement } from 'better-sqlite3'
import type { Transaction } from 'kysely'
import type { DocumentTopic } from '../../../shared/contract/platform/topics.ts'
import { type CursorProblem, cursorAt, sequenceOf } from './eras.ts'
import type { SqliteFile } from './open.ts'
import type { Schema } from './schema.ts'

/** A document as it stands now. `version` rises with every change; where a document has none of its own, the feed counts. */
export type ChangedDocument = {
  workspaceId: string
  topic: DocumentTopic
  id: string
  /** Null: it is no longer there. */
  body: object | null
  version?: number
}

/**
 * Collects the documents that a transaction changed and writes them into the feed at its end, each once, in the same
 * transaction: a change that is committed is in the feed, and one that is rolled back is not.
 */
export class ChangeBook {
  readonly #documents = new Map<string, ChangedDocument>()
  /** After `flush`: the topics that really moved, by workspace. */
  readonly moved = new Map<string, Set<string>>()
  #quiet = false

  put(document: ChangedDocument): void {
    const key = JSON.stringify([document.workspaceId, document.topic, document.id])
    // Deleted first, so that the last change of a transaction is also the last in the feed.
    this.#documents.delete(key)
    this.#documents.set(key, document)
  }

  /** What this transaction changes is found by whoever looks, and nobody is told that there is something to find. */
  tellNobody(): void {
    this.#quiet = true
  }

  /** The documents of a topic that this transaction has changed so far. */
  pending(topic: DocumentTopic): readonly ChangedDocument[] {
    return [...this.#documents.values()].filter((document) => document.topic === topic)
  }

  /** @param now epoch ms. */
  flush(file: SqliteFile, now: number): void {
    const statements = statementsOf(file)
    for (const [workspaceId, documents] of Map.groupBy(this.#documents.values(), (document) => document.workspaceId)) {
      const moved = writeMoved(statements, workspaceId, documents, now)
      if (moved.size > 0 && !this.#quiet) this.moved.set(workspaceId, moved)
    }
    this.#documents.clear()
  }
}

/** @returns the topics of the documents that really say something else than before. */
function writeMoved({ find, last, write, advance }: FeedStatements, workspaceId: string, documents: readonly ChangedDocument[], now: number): Set<string> {
  const moved = new Set<string>()
  const first = last.get(workspaceId)?.change_sequence ?? 0
  let sequence = first
  for (const { topic, id, body, version } of documents) {
    const before = find.get(workspaceId, topic, id)
    const text = body === null ? null : JSON.stringify(body)
    // A document that says what it said is no change: without this, every look at Polar would wake every console.
    if ((before?.body ?? null) === text && (version === undefined || version === before?.version)) continue
    sequence += 1
    write.run(workspaceId, topic, id, sequence, text === null ? 'delete' : 'upsert', version ?? (before?.version ?? 0) + 1, text)
    moved.add(topic)
  }
  if (sequence > first) advance.run(sequence, now, workspaceId)
  return moved
}

const kept = new WeakMap<SqliteFile, FeedStatements>()

function statementsOf(file: SqliteFile): FeedStatements {
  const known = kept.get(file) ?? new FeedStatements(file)
  kept.set(file, known)
  return known
}

/** Prepared, not built: a transaction may make thousands of documents known. */
class FeedStatements {
  readonly find: Statement<[workspaceId: string, topic: string, id: string], { version: number; body: string | null }>
  readonly last: Statement<[workspaceId: string], { change_sequence: number }>
  readonly write: Statement<[workspaceId: string, topic: string, id: string, sequence: number, op: string, version: number, body: string | null]>
  readonly advance: Statement<[sequence: number, changedAt: number, workspaceId: string]>

  constructor(file: SqliteFile) {
    this.find = file.prepare('SELECT version, body FROM changes WHERE workspace_id = ? AND topic = ? AND id = ?')
    this.last = file.prepare('SELECT change_sequence FROM workspaces WHERE id = ?')
    this.write = file.prepare(
      `INSERT INTO changes (workspace_id, topic, id, sequence, op, version, body) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (workspace_id, topic, id) DO UPDATE SET sequence = excluded.sequence, op = excluded.op, version = excluded.version, body = excluded.body`,
    )
    this.advance = file.prepare('UPDATE workspaces SET change_sequence = ?, changed_at = ? WHERE id = ?')
  }
}

export type FeedPage = {
  changes: { topic: string; id: string; op: 'upsert' | 'delete'; version: number; body: unknown }[]
  cursor: string
  more: boolean
}

/**
 * The documents that changed since the cursor, in the order of their last change. A cursor is opaque to the console.
 *
 * @param hidden topics that whoever asks is not sent. They are left out here and not afterwards, or a role that sees little would get
 *   one empty page after another.
 */
export async function readFeed(
  tx: Transaction<Schema>,
  workspaceId: string,
  { since: cursor, limit, hidden }: { since: string | undefined; limit: number; hidden: ReadonlySet<string> },
): Promise<FeedPage | CursorProblem> {
  const end = await feedEnd(tx, workspaceId)
  const since = await sequenceOf(tx, workspaceId, 'changes', cursor, end)
  if (typeof since !== 'number') return since
  const rows = await tx
    .selectFrom('changes')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('sequence', '>', since)
    .$if(hidden.size > 0, (query) => query.where('topic', 'not in', [...hidden]))
    .orderBy('sequence')
    .limit(limit + 1)
    .execute()
  const page = rows.slice(0, limit)
  const more = rows.length > limit
  return {
    changes: page.map(({ topic, id, op, version, body }) => ({ topic, id, op, version, body: body === null ? null : JSON.parse(body) })),
    // The last page ends where the feed ends, past what is hidden: a heartbeat names the same cursor.
    cursor: await cursorAt(tx, workspaceId, 'changes', more ? (page.at(-1)?.sequence ?? since) : end),
    more,
  }
}

/** The cursor of whoever has read everything. */
export async function feedCursor(tx: Transaction<Schema>, workspaceId: string): Promise<string> {
  return await cursorAt(tx, workspaceId, 'changes', await feedEnd(tx, workspaceId))
}

async function feedEnd(tx: Transaction<Schema>, workspaceId: string): Promise<number> {
  const workspace = await tx.selectFrom('workspaces').select('change_sequence').where('id', '=', workspaceId).executeTakeFirst()
  return workspace?.change_sequence ?? 0
}
