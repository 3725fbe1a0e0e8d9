import type { Transaction } from 'kysely'
import type { Topic } from '../../../shared/contract/platform.ts'
import type { Schema } from './schema.ts'

/** A document as it stands now. `version` rises with every change; where a document has none of its own, the feed counts. */
export type ChangedDocument = { workspaceId: string; topic: Topic; id: string; body: object; version?: number }

/**
 * Collects the documents that a transaction changed and writes them into the feed at its end, each once, in the same
 * transaction: a change that is committed is in the feed, and one that is rolled back is not.
 */
export class ChangeBook {
  readonly #documents = new Map<string, ChangedDocument>()
  /** After `flush`: the topics that really moved, by workspace. */
  readonly moved = new Map<string, Set<string>>()

  put(document: ChangedDocument): void {
    const key = JSON.stringify([document.workspaceId, document.topic, document.id])
    // Deleted first, so that the last change of a transaction is also the last in the feed.
    this.#documents.delete(key)
    this.#documents.set(key, document)
  }

  async flush(tx: Transaction<Schema>): Promise<void> {
    for (const [workspaceId, documents] of Map.groupBy(this.#documents.values(), (document) => document.workspaceId)) {
      const moved = await writeMoved(tx, workspaceId, documents)
      if (moved.length > 0) this.moved.set(workspaceId, new Set(moved))
    }
    this.#documents.clear()
  }
}

/** @returns the topics of the documents that really say something else than before. */
async function writeMoved(tx: Transaction<Schema>, workspaceId: string, documents: readonly ChangedDocument[]): Promise<string[]> {
  const rows = await tx
    .selectFrom('changes')
    .select(['topic', 'id', 'version', 'body'])
    .where('workspace_id', '=', workspaceId)
    .where((eb) => eb.or(documents.map(({ topic, id }) => eb.and([eb('topic', '=', topic), eb('id', '=', id)]))))
    .execute()
  const known = new Map(rows.map((row) => [JSON.stringify([row.topic, row.id]), row]))
  const moved = documents.flatMap(({ topic, id, body, version }) => {
    const before = known.get(JSON.stringify([topic, id]))
    const text = JSON.stringify(body)
    // A document that says what it said is no change: without this, every look at Polar would wake every console.
    if (before?.body === text && (version === undefined || version === before.version)) return []
    return [{ workspace_id: workspaceId, topic, id, op: 'upsert' as const, version: version ?? (before?.version ?? 0) + 1, body: text }]
  })
  if (moved.length === 0) return []
  const { change_sequence: last } = await tx
    .updateTable('workspaces')
    .set((eb) => ({ change_sequence: eb('change_sequence', '+', moved.length) }))
    .where('id', '=', workspaceId)
    .returning('change_sequence')
    .executeTakeFirstOrThrow()
  await tx
    .insertInto('changes')
    .values(moved.map((row, index) => ({ ...row, sequence: last - moved.length + 1 + index })))
    .onConflict((conflict) =>
      conflict.columns(['workspace_id', 'topic', 'id']).doUpdateSet(({ ref }) => ({
        sequence: ref('excluded.sequence'),
        op: ref('excluded.op'),
        version: ref('excluded.version'),
        body: ref('excluded.body'),
      })),
    )
    .execute()
  return moved.map(({ topic }) => topic)
}

export type FeedPage = {
  changes: { topic: string; id: string; op: 'upsert' | 'delete'; version: number; body: unknown }[]
  cursor: string
  more: boolean
}

/**
 * The documents that changed since the cursor, in the order of their last change. A cursor is opaque to the console.
 * One of another life of this database starts from the beginning: it cannot know what that console has.
 *
 * @returns null for a cursor that this platform never gave.
 */
export async function readFeed(tx: Transaction<Schema>, workspaceId: string, cursor: string | undefined, limit: number): Promise<FeedPage | null> {
  const { epoch } = await tx.selectFrom('feed').select('epoch').executeTakeFirstOrThrow()
  const since = cursor === undefined ? 0 : sequenceOf(cursor, epoch)
  if (since === null) return null
  const rows = await tx
    .selectFrom('changes')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('sequence', '>', since)
    .orderBy('sequence')
    .limit(limit + 1)
    .execute()
  const page = rows.slice(0, limit)
  return {
    changes: page.map(({ topic, id, op, version, body }) => ({ topic, id, op, version, body: body === null ? null : JSON.parse(body) })),
    cursor: `${epoch}.${page.at(-1)?.sequence ?? since}`,
    more: rows.length > limit,
  }
}

function sequenceOf(cursor: string, epoch: string): number | null {
  const match = /^([0-9a-f]{16})\.(\d{1,15})$/.exec(cursor)
  if (match === null) return null
  return match[1] === epoch ? Number(match[2]) : 0
}
