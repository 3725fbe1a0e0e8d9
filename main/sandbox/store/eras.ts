import type { Transaction } from 'kysely'
import type { SqliteFile } from './open.ts'
import type { Schema } from './schema.ts'

/**
 * Cursors of both feeds, `<era>.<sequence>` (shared/contract/README.md, "Eras"). A database that is put back goes on under another era than the one that
 * it replaces, so a cursor of what is no more is noticed, and a restart alone leaves every cursor valid.
 */
export type Feed = 'changes' | 'envelopes'

/**
 * `unknown`: of a history that this platform does not have (any more). `wentBackTo`: when its newest change was made of what it still has of
 * that history, epoch ms; null: not known. `malformed`: no platform ever gave it.
 */
export type CursorProblem = { cursor: 'unknown'; wentBackTo: number | null } | { cursor: 'malformed' }

/** Of whoever has read nothing of a feed in which there is nothing. */
const BEGINNING = `${'0'.repeat(16)}.0`
const CURSOR = /^([0-9a-f]{16})\.(\d{1,15})$/
/** As round 1 wrote the place in the restore order. */
const BARE_NUMBER = /^\d{1,15}$/

/** From now on what changes is of another era. */
export function beginEra(file: SqliteFile): void {
  file.exec('UPDATE present_era SET name = lower(hex(randomblob(8)))')
}

/** The cursor of whoever has read up to this sequence. */
export async function cursorAt(tx: Transaction<Schema>, workspaceId: string, feed: Feed, sequence: number): Promise<string> {
  const row = await tx
    .selectFrom('eras')
    .select('era')
    .where('workspace_id', '=', workspaceId)
    .where('feed', '=', feed)
    .where('first_sequence', '<=', sequence)
    .orderBy('first_sequence', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row === undefined ? BEGINNING : `${row.era}.${sequence}`
}

/**
 * The sequence up to which a cursor has read.
 *
 * @param end the highest sequence that this feed has.
 */
export async function sequenceOf(
  tx: Transaction<Schema>,
  workspaceId: string,
  feed: Feed,
  cursor: string | undefined,
  end: number,
): Promise<number | CursorProblem> {
  if (cursor === undefined || cursor === BEGINNING) return 0
  const [, era, digits] = CURSOR.exec(cursor) ?? []
  if (era === undefined || digits === undefined) {
    return BARE_NUMBER.test(cursor) ? await unknownCursor(tx, workspaceId) : { cursor: 'malformed' }
  }
  const sequence = Number(digits)
  const known = await tx
    .selectFrom('eras')
    .select('first_sequence')
    .where('workspace_id', '=', workspaceId)
    .where('feed', '=', feed)
    .where('era', '=', era)
    .executeTakeFirst()
  if (known === undefined || sequence < known.first_sequence) return await unknownCursor(tx, workspaceId)
  const next = await tx
    .selectFrom('eras')
    .select(['first_sequence', 'after_at'])
    .where('workspace_id', '=', workspaceId)
    .where('feed', '=', feed)
    .where('first_sequence', '>', known.first_sequence)
    .orderBy('first_sequence')
    .limit(1)
    .executeTakeFirst()
  if (sequence > (next === undefined ? end : next.first_sequence - 1)) return await unknownCursor(tx, workspaceId, next?.after_at)
  return sequence
}

/** @param endedAt when the era of the cursor ended, as far as it is in this database. */
async function unknownCursor(tx: Transaction<Schema>, workspaceId: string, endedAt?: number | null): Promise<CursorProblem> {
  return { cursor: 'unknown', wentBackTo: endedAt ?? (await lastChangeBefore(tx, workspaceId)) }
}

/** When the last change was made before the present era, as far as this workspace has any of the present one. */
async function lastChangeBefore(tx: Transaction<Schema>, workspaceId: string): Promise<number | null> {
  const begun = await tx
    .selectFrom('eras')
    .innerJoin('present_era', 'present_era.name', 'eras.era')
    .select('eras.after_at')
    .where('workspace_id', '=', workspaceId)
    .where('feed', '=', 'changes')
    .executeTakeFirst()
  if (begun !== undefined) return begun.after_at
  const workspace = await tx.selectFrom('workspaces').select('changed_at').where('id', '=', workspaceId).executeTakeFirst()
  return workspace?.changed_at ?? null
}
