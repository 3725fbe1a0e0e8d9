import type { Database } from '../../store/database.ts'
import { NUMBERS_PER_PUSH } from '../queue/delivery-port.ts'
import { kindCode, SETTLED, stateCode } from '../queue/rows/codes.ts'
import { Lanes, type LaneItem } from '../queue/lanes/lanes.ts'
import { recountGroups } from './start-recovery.ts'
import { createQueueWriter } from '../queue/queue-writer.ts'

/** So many in a row are in no hash and in no id. */
const ZEROS = "x'0000000000000000'"

/**
 * Makes the queue whole again after a salvage, before it is opened: rows may be missing to which others point. What
 * cannot be known is decided so that nothing is lost: the platform's memory of ids makes a repeat harmless.
 */
export function repairQueue(database: Database): void {
  database.transaction(() => {
    dropTorn(database)
    giveNames(database)
    giveGroups(database)
    // Lanes are found again from the items; those of pruned items are in the table as far as it could be read.
    database.exec('INSERT OR IGNORE INTO high_water (only_row, sequence, lanes_upto) VALUES (1, 0, 0); UPDATE high_water SET lanes_upto = 0')
    giveNoPushNumberAgain(database)
    joinLanes(database)
  })()
  const writer = createQueueWriter(database)
  recountGroups(writer)
  const lanes = new Lanes(writer)
  writer.write(() => mendLanes(database, lanes))
  while (writer.laneIndex.fold(5000));
  endLanes(database)
  // Lanes that were lost are made of what came last; which version is read follows from all that are left.
  database.exec("UPDATE lane SET forked = 1 WHERE typeof(entity) = 'blob' AND envelope IS NOT NULL")
}

/**
 * Items whose rows are not what was written: a part of a page may have been zeroed, and SQLite gives them out all the same. Without a row
 * they come back whole from the journal or from the table, which know their ids.
 */
function dropTorn(database: Database): void {
  database.exec(
    `DELETE FROM item WHERE length(id) <> 16 OR instr(id, ${ZEROS}) > 0
       OR (typeof(entity) = 'blob' AND (length(entity) <> 32 OR instr(entity, ${ZEROS}) > 0))
       OR (typeof(entity) = 'text' AND instr(CAST(entity AS BLOB), x'00') > 0)
       OR (payload IS NOT NULL AND NOT json_valid(payload))
       OR (payload IS NULL AND (ifnull(revision, 0) < 1 OR size_bytes <= 0 OR ifnull(length(sha256), 0) <> 32 OR instr(sha256, ${ZEROS}) > 0))`,
  )
}

/** The row that knows the highest number may be lost, or come from a file that had none. */
function giveNoPushNumberAgain(database: Database): void {
  database.exec(
    `UPDATE high_water SET push_no = max(push_no, ${NUMBERS_PER_PUSH} + max(
       ifnull((SELECT max(push_no) FROM item), 0), ifnull((SELECT max(no) FROM push), 0), ifnull((SELECT max(no) FROM unanswered_push), 0)))`,
  )
}

/** Each row names the one before it in its lane that is still there: over one that was lost nobody would find the way to those before it. */
function joinLanes(database: Database): void {
  database.exec(
    `WITH joined AS (
       SELECT sequence AS place, lag(sequence) OVER (PARTITION BY workspace, entity ORDER BY sequence) AS before FROM item JOIN item_group ON no = group_no
     )
     UPDATE item SET previous = before FROM joined WHERE place = item.sequence AND previous IS NOT before`,
  )
}

/** A lane ends with the last of its rows that is there. */
function endLanes(database: Database): void {
  database.exec(
    `UPDATE lane SET last_sequence = last FROM (SELECT workspace AS owner, entity AS name, max(sequence) AS last FROM item JOIN item_group ON no = group_no GROUP BY 1, 2)
     WHERE owner = lane.workspace AND name = lane.entity AND last_sequence <> last`,
  )
}

/** A group of a workspace whose name was lost is kept under a name of its own; the LanceDB store knows the right one. */
function giveNames(database: Database): void {
  for (const column of ['workspace', 'held_by', 'sub_key']) {
    database.exec(
      `INSERT OR IGNORE INTO name (no, text) SELECT DISTINCT ${column}, 'lost-' || ${column} FROM item_group WHERE ${column} IS NOT NULL AND ${column} NOT IN (SELECT no FROM name)`,
    )
  }
}

/** Items whose group was lost: their workspace is that of their lane, and they are tried again. */
function giveGroups(database: Database): void {
  const orphans = database
    .prepare<[], { sequence: number; entity: Buffer | string; payload: string | null; workspace: number | null }>(
      `SELECT sequence, entity, payload, (SELECT workspace FROM lane WHERE lane.entity = item.entity LIMIT 1) AS workspace FROM item
       WHERE group_no NOT IN (SELECT no FROM item_group)`,
    )
    .all()
  const only = database.prepare<[], { workspace: number }>('SELECT DISTINCT workspace FROM lane UNION SELECT DISTINCT workspace FROM item_group').all()
  const newGroup = database.prepare<[number, number]>(
    `INSERT INTO item_group (workspace, kind, state, behind, held_by, sub_key, count, bytes) VALUES (?, ?, ${stateCode('pending')}, 0, NULL, NULL, 0, 0)`,
  )
  const move = database.prepare<[number, number]>('UPDATE item SET group_no = ?, sent = 1, next_at = NULL WHERE sequence = ?')
  const drop = database.prepare<[number]>('DELETE FROM item WHERE sequence = ?')
  const groups = new Map<string, number>()
  for (const { sequence, entity, payload, workspace } of orphans) {
    const owner = workspace ?? (only.length === 1 ? (only[0]?.workspace ?? null) : null)
    if (owner === null) {
      // Nobody knows whose it is. An envelope is found again by the sweep of the LanceDB store, which knows.
      drop.run(sequence)
      continue
    }
    const kind = kindCode(typeof entity === 'string' ? 'setting' : payload === null ? 'envelope' : 'delete')
    const key = `${owner}|${kind}`
    const group = groups.get(key) ?? Number(newGroup.run(owner, kind).lastInsertRowid)
    groups.set(key, group)
    move.run(group, sequence)
  }
}

/** Who waited for an item that is gone waits for the open one before it in its lane. */
function mendLanes(database: Database, lanes: Lanes): void {
  const dangling = database
    .prepare<[], LaneItem & { entity: Buffer | string }>(
      `SELECT sequence, id, group_no, previous, waits_for, sent, withdrawn, size_bytes, entity FROM item
       WHERE waits_for IS NOT NULL AND waits_for NOT IN (SELECT sequence FROM item) ORDER BY sequence`,
    )
    .all()
  const earlier = database.prepare<[Buffer | string, number], LaneItem>(
    'SELECT sequence, id, group_no, previous, waits_for, sent, withdrawn, size_bytes FROM item WHERE entity = ? AND sequence < ? ORDER BY sequence DESC',
  )
  for (const step of dangling) {
    const workspace = lanes.groupOf(step).workspace
    const before = earlier.all(step.entity, step.sequence).find((one) => lanes.groupOf(one).workspace === workspace && !SETTLED.has(lanes.groupOf(one).state))
    lanes.setWaits(step, before?.sequence ?? null)
  }
}
