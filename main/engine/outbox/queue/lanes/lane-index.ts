import type { Database } from '../../../store/database.ts'

/**
 * What is known of an entity. `envelope`: the sequence of its newest envelope; null when its memory was deleted, and for
 * settings. Sequences, not ids: they are small, and lead to the row. `forked`: it may have several heads, or a deleted one; which version is
 * read follows from all of them, and `envelope` is only one of them.
 */
export type LaneRow = { revision: number; lastSequence: number; envelope: number | null; forked: boolean }
type StoredLane = Omit<LaneRow, 'forked'> & { forked: number }

/** An entity in memory: hex of a memory's reference, or `setting:<key>`. No setting's name looks like the former. */
export type EntityKey = string

const SETTING = 'setting:'
/** Folded in one transaction at the start. */
const RECOVERY_ROWS = 20_000
/** Sorted together; more would take more memory, fewer would write each page of a large table more often. */
const ROUND_ROWS = 65_536

type Place = { workspace: number; entity: Buffer | string }
const BEFORE_ALL: Place = { workspace: 0, entity: '' }
const AFTER_ALL: Place = { workspace: Number.MAX_SAFE_INTEGER, entity: '' }

/**
 * Lanes by entity. A memory's reference is random, so writing each lane where it belongs would change another page for
 * each row: a commit of 64 rows would write 64 pages more and take three times as long. So new lanes stay in memory,
 * where the rows of `item` are their durable form, and are folded into the table from time to time, many at once and
 * in its order. Rows up to `lanes_upto` have been folded in; the rest is, before anything else, after a crash.
 */
export class LaneIndex {
  readonly #database: Database
  /** Not in the table yet. */
  #fresh = new Map<number, Map<EntityKey, LaneRow>>()
  #freshCount = 0
  /** On their way into the table; they are found here until all rows up to `upto` have been folded in. */
  #folding: { lanes: Map<number, Map<EntityKey, LaneRow>>; upto: number } | null = null
  #round: { upto: number; sortedUpto: number; written: Place } | null = null
  #undo: { workspace: number; key: EntityKey; before: LaneRow | undefined; folding?: LaneRow }[] = []
  /** The highest sequence that a fresh lane may have. */
  #highest = 0
  #highestBefore = 0
  #foldedUpto: number
  readonly #find
  readonly #findMany
  readonly #replace
  readonly #sort
  readonly #boundary
  readonly #foldRange
  readonly #clear
  readonly #setUpto

  constructor(database: Database) {
    this.#database = database
    this.#find = database.prepare<[number, Buffer | string], StoredLane>(
      'SELECT revision, last_sequence AS lastSequence, envelope, forked FROM lane WHERE workspace = ? AND entity = ?',
    )
    // `+?`: SQLite, with the statistics that the binding compiles in, would plan the query anew for every other workspace it
    // is given, which takes ten times as long as answering it.
    this.#findMany = database.prepare<[string, number], StoredLane & { key: EntityKey }>(
      `SELECT json_each.value AS key, lane.revision, lane.last_sequence AS lastSequence, lane.envelope, lane.forked
       FROM json_each(?) CROSS JOIN lane ON lane.workspace = +? AND lane.entity = unhex(json_each.value)`,
    )
    this.#replace = database.prepare<[number, Buffer | string, number, number, number | null, number]>(
      `INSERT INTO lane (workspace, entity, revision, last_sequence, envelope, forked) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (workspace, entity) DO UPDATE
       SET revision = excluded.revision, last_sequence = excluded.last_sequence, envelope = excluded.envelope, forked = excluded.forked`,
    )
    // In memory, in the table's order: a page of the table that takes several rows is then written once.
    database.exec(
      `CREATE TEMP TABLE IF NOT EXISTS fold (workspace INTEGER NOT NULL, entity ANY NOT NULL, revision INTEGER NOT NULL, last_sequence INTEGER NOT NULL, envelope INTEGER,
       PRIMARY KEY (workspace, entity)) STRICT, WITHOUT ROWID`,
    )
    // Kind 0 is an envelope; a delete (1) ends what the memory holds, a setting (2) has no envelope.
    this.#sort = database.prepare<[number, number]>(
      `INSERT INTO temp.fold (workspace, entity, revision, last_sequence, envelope)
       SELECT item_group.workspace, item.entity, ifnull(item.revision, 0), item.sequence, CASE item_group.kind WHEN 0 THEN item.sequence END
       FROM item CROSS JOIN item_group ON item_group.no = item.group_no WHERE item.sequence > ? AND item.sequence <= ?
       ON CONFLICT (workspace, entity) DO UPDATE SET revision = max(revision, excluded.revision), last_sequence = excluded.last_sequence, envelope = excluded.envelope`,
    )
    this.#boundary = database.prepare<[number, Buffer | string, number], Place>(
      'SELECT workspace, entity FROM temp.fold WHERE (workspace, entity) > (?, ?) ORDER BY workspace, entity LIMIT 1 OFFSET ?',
    )
    this.#foldRange = database.prepare<[number, Buffer | string, number, Buffer | string]>(
      `INSERT INTO lane (workspace, entity, revision, last_sequence, envelope)
       SELECT workspace, entity, revision, last_sequence, envelope FROM temp.fold WHERE (workspace, entity) > (?, ?) AND (workspace, entity) <= (?, ?) ORDER BY workspace, entity
       ON CONFLICT (workspace, entity) DO UPDATE
       SET revision = max(revision, excluded.revision), last_sequence = excluded.last_sequence, envelope = excluded.envelope, forked = 0
       WHERE excluded.last_sequence > last_sequence`,
    )
    this.#clear = database.prepare<[]>('DELETE FROM temp.fold')
    // What an index before this one on the same connection left in it.
    this.#clear.run()
    this.#setUpto = database.prepare<[number]>('UPDATE high_water SET lanes_upto = ?')
    this.#foldedUpto = database.prepare<[], number>('SELECT lanes_upto FROM high_water').pluck().get() ?? 0
    this.#recover()
  }

  get freshCount(): number {
    return this.#freshCount
  }

  /** Items up to here may be pruned: their lanes do not depend on them any more. */
  get foldedUpto(): number {
    return this.#foldedUpto
  }

  /** `entity` is what the key stands for in the table; who has it at hand spares making it again. */
  find(workspace: number, key: EntityKey, entity: Buffer | string = entityOf(key)): LaneRow | null {
    return this.#inMemory(workspace, key) ?? laneOf(this.#find.get(workspace, entity))
  }

  /** As `find`, of memories only and for many at once; those that are not known are missing in the answer. */
  findMany(workspace: number, keys: readonly EntityKey[]): Map<EntityKey, LaneRow> {
    const found = new Map<EntityKey, LaneRow>()
    const elsewhere: EntityKey[] = []
    for (const key of keys) {
      const lane = this.#inMemory(workspace, key)
      if (lane) found.set(key, lane)
      else elsewhere.push(key)
    }
    if (elsewhere.length === 0) return found
    for (const { key, ...lane } of this.#findMany.all(`["${elsewhere.join('","')}"]`, workspace)) found.set(key, { ...lane, forked: lane.forked !== 0 })
    return found
  }

  #inMemory(workspace: number, key: EntityKey): LaneRow | undefined {
    return this.#fresh.get(workspace)?.get(key) ?? this.#folding?.lanes.get(workspace)?.get(key)
  }

  /** For a lane whose newest row of `item` says all this: it is written later. Belongs inside a transaction. */
  put(workspace: number, key: EntityKey, lane: LaneRow): void {
    let lanes = this.#fresh.get(workspace)
    if (!lanes) {
      lanes = new Map()
      this.#fresh.set(workspace, lanes)
    }
    const before = lanes.get(key)
    lanes.set(key, lane)
    this.#undo.push({ workspace, key, before })
    if (!before) this.#freshCount += 1
    if (lane.lastSequence > this.#highest) this.#highest = lane.lastSequence
  }

  /**
   * For what the rows of `item` do not tell: it is written with the open transaction, and found in the table. In memory it would stay until
   * the next fold; of a restore that is every memory of an account.
   */
  putThrough(workspace: number, key: EntityKey, lane: LaneRow): void {
    this.#takeOut(workspace, key)
    if (lane.lastSequence > this.#highest) this.#highest = lane.lastSequence
    this.#replace.run(workspace, entityOf(key), lane.revision, lane.lastSequence, lane.envelope, lane.forked ? 1 : 0)
  }

  #takeOut(workspace: number, key: EntityKey): void {
    const before = this.#fresh.get(workspace)?.get(key)
    const folding = this.#folding?.lanes.get(workspace)?.get(key)
    if (before === undefined && folding === undefined) return
    this.#undo.push({ workspace, key, before, ...(folding === undefined ? {} : { folding }) })
    if (this.#fresh.get(workspace)?.delete(key)) this.#freshCount -= 1
    this.#folding?.lanes.get(workspace)?.delete(key)
  }

  committed(): void {
    if (this.#undo.length > 0) this.#undo = []
    this.#highestBefore = this.#highest
  }

  rolledBack(): void {
    // Their sequences will be given again: a fold up to them would pass over the rows that get them.
    this.#highest = this.#highestBefore
    for (const { workspace, key, before, folding } of this.#undo.reverse()) {
      const lanes = this.#fresh.get(workspace)
      const isFresh = lanes?.has(key) === true
      if (before) lanes?.set(key, before)
      else lanes?.delete(key)
      this.#freshCount += (before ? 1 : 0) - (isFresh ? 1 : 0)
      if (folding) this.#folding?.lanes.get(workspace)?.set(key, folding)
    }
    this.#undo = []
  }

  /** Goes on folding, about `count` rows. Answers whether there are more of those that were there when it began. */
  fold(count: number): boolean {
    if (this.#folding === null) {
      if (this.#freshCount === 0) {
        this.#noteAllWritten()
        return false
      }
      this.#folding = { lanes: this.#fresh, upto: this.#highest }
      this.#fresh = new Map()
      this.#freshCount = 0
    }
    const { upto } = this.#folding
    if (this.#foldedUpto < upto) this.#step(count, upto)
    if (this.#foldedUpto < upto) return true
    this.#folding = null
    return false
  }

  /** No lane is in memory, so the table has them all: nothing of these rows has to be read again. */
  #noteAllWritten(): void {
    if (this.#highest <= this.#foldedUpto) return
    this.#setUpto.run(this.#highest)
    this.#foldedUpto = this.#highest
  }

  forget(workspace: number): void {
    this.#freshCount -= this.#fresh.get(workspace)?.size ?? 0
    this.#fresh.delete(workspace)
    this.#folding?.lanes.delete(workspace)
    this.#database.prepare('DELETE FROM temp.fold WHERE workspace = ?').run(workspace)
  }

  /** One round: rows are sorted by lane in memory, piece by piece, then written in that order, piece by piece. */
  #step(count: number, upto: number): void {
    this.#round ??= { upto: Math.min(this.#foldedUpto + ROUND_ROWS, upto), sortedUpto: this.#foldedUpto, written: BEFORE_ALL }
    const round = this.#round
    if (round.sortedUpto < round.upto) {
      const to = Math.min(round.sortedUpto + count, round.upto)
      this.#sort.run(round.sortedUpto, to)
      round.sortedUpto = to
      return
    }
    const { workspace, entity } = round.written
    const boundary = this.#boundary.get(workspace, entity, count - 1)
    const end = boundary ?? AFTER_ALL
    this.#database.transaction(() => {
      this.#foldRange.run(workspace, entity, end.workspace, end.entity)
      if (!boundary) this.#setUpto.run(round.upto)
    })()
    round.written = end
    if (boundary) return
    this.#foldedUpto = round.upto
    this.#round = null
    this.#clear.run()
  }

  /** What an earlier run of the engine left unfolded. */
  #recover(): void {
    const upto = this.#database.prepare<[], number>('SELECT ifnull(max(sequence), 0) FROM item').pluck().get() ?? 0
    while (this.#foldedUpto < upto) this.#step(RECOVERY_ROWS, upto)
  }
}

function laneOf(stored: StoredLane | undefined): LaneRow | null {
  return stored === undefined ? null : { ...stored, forked: stored.forked !== 0 }
}

export function settingEntity(key: string): EntityKey {
  return SETTING + key
}

/** What the key stands for in the tables. */
export function entityOf(key: EntityKey): Buffer | string {
  return key.startsWith(SETTING) ? key.slice(SETTING.length) : Buffer.from(key, 'hex')
}

export function keyOf(entity: Buffer | string): EntityKey {
  return typeof entity === 'string' ? SETTING + entity : entity.toString('hex')
}
