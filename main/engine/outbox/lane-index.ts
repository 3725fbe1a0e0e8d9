import type { Database } from '../store/database.ts'

/**
 * What is known of an entity. `envelope`: the sequence of its newest envelope; null when its memory was deleted, and for
 * settings. Sequences, not ids: they are small, and lead to the row.
 */
export type LaneRow = { revision: number; lastSequence: number; envelope: number | null }

/** An entity in memory: hex of a memory's reference, or `setting:<key>`. No setting's name looks like the former. */
export type EntityKey = string

const SETTING = 'setting:'
/** Items read at a time when the lanes that were not folded in are found again at the start. */
const RECOVERY_ROWS = 5000

type Folding = { entries: { workspace: number; key: EntityKey; lane: LaneRow }[]; byWorkspace: Map<number, Map<EntityKey, LaneRow>>; done: number; upto: number }

/**
 * Lanes by entity. A memory's reference is random, so writing each lane where it belongs would change another page for
 * each row: a commit of 64 rows would write 64 pages more and take three times as long. So new lanes stay in memory,
 * where the rows of `item` are their durable form, and are folded into the table from time to time, many at once and
 * in its order. After a crash the rows above `lanes_upto` tell what was not folded in.
 */
export class LaneIndex {
  readonly #database: Database
  /** Not in the table yet. */
  #fresh = new Map<number, Map<EntityKey, LaneRow>>()
  #freshCount = 0
  /** On their way into the table; they are found here until all of them are there. */
  #folding: Folding | null = null
  #undo: { workspace: number; key: EntityKey; before: LaneRow | undefined }[] = []
  /** The highest sequence that a fresh lane may have. */
  #highest: number
  readonly #find
  readonly #upsert
  readonly #replace
  readonly #setUpto

  constructor(database: Database) {
    this.#database = database
    const upsert = `INSERT INTO lane (workspace, entity, revision, last_sequence, envelope) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT (workspace, entity) DO UPDATE SET revision = excluded.revision, last_sequence = excluded.last_sequence, envelope = excluded.envelope`
    this.#find = database.prepare<[number, Buffer | string], LaneRow>('SELECT revision, last_sequence AS lastSequence, envelope FROM lane WHERE workspace = ? AND entity = ?')
    this.#upsert = database.prepare<[number, Buffer | string, number, number, number | null]>(`${upsert} WHERE excluded.last_sequence > lane.last_sequence`)
    this.#replace = database.prepare<[number, Buffer | string, number, number, number | null]>(upsert)
    this.#setUpto = database.prepare<[number]>('UPDATE high_water SET lanes_upto = ?')
    this.#highest = this.#recover()
  }

  get freshCount(): number {
    return this.#freshCount
  }

  /** Items up to here may be pruned: their lanes do not depend on them any more. */
  get foldedUpto(): number {
    return this.#database.prepare<[], number>('SELECT lanes_upto FROM high_water').pluck().get() ?? 0
  }

  /** `entity` is what the key stands for in the table; who has it at hand spares making it again. */
  find(workspace: number, key: EntityKey, entity: Buffer | string = entityOf(key)): LaneRow | null {
    return this.#fresh.get(workspace)?.get(key) ?? this.#folding?.byWorkspace.get(workspace)?.get(key) ?? this.#find.get(workspace, entity) ?? null
  }

  /** For a lane whose newest row of `item` says all this: it is written later. Belongs inside a transaction. */
  put(workspace: number, key: EntityKey, lane: LaneRow): void {
    this.#undo.push({ workspace, key, before: this.#remember(workspace, key, lane) })
  }

  /** For what the rows of `item` do not tell: it is written with the open transaction. */
  putThrough(workspace: number, key: EntityKey, lane: LaneRow): void {
    this.put(workspace, key, lane)
    this.#replace.run(workspace, entityOf(key), lane.revision, lane.lastSequence, lane.envelope)
  }

  committed(): void {
    if (this.#undo.length > 0) this.#undo = []
  }

  rolledBack(): void {
    for (const { workspace, key, before } of this.#undo.reverse()) {
      const map = this.#fresh.get(workspace)
      if (before) map?.set(key, before)
      else if (map?.delete(key)) this.#freshCount -= 1
    }
    this.#undo = []
  }

  /** Folds up to `count` lanes in. Answers whether there are more of those that were new when it began. */
  fold(count: number): boolean {
    this.#folding ??= this.#beginFolding()
    const folding = this.#folding
    if (folding === null) return false
    const piece = folding.entries.slice(folding.done, folding.done + count)
    const last = folding.done + piece.length >= folding.entries.length
    this.#database.transaction(() => {
      for (const { workspace, key, lane } of piece) this.#upsert.run(workspace, entityOf(key), lane.revision, lane.lastSequence, lane.envelope)
      if (last) this.#setUpto.run(folding.upto)
    })()
    folding.done += piece.length
    if (last) this.#folding = null
    return !last
  }

  forget(workspace: number): void {
    this.#freshCount -= this.#fresh.get(workspace)?.size ?? 0
    this.#fresh.delete(workspace)
    if (!this.#folding) return
    this.#folding.byWorkspace.delete(workspace)
    this.#folding.entries = this.#folding.entries.slice(this.#folding.done).filter((entry) => entry.workspace !== workspace)
    this.#folding.done = 0
  }

  #remember(workspace: number, key: EntityKey, lane: LaneRow): LaneRow | undefined {
    let map = this.#fresh.get(workspace)
    if (!map) {
      map = new Map()
      this.#fresh.set(workspace, map)
    }
    const before = map.get(key)
    map.set(key, lane)
    if (!before) this.#freshCount += 1
    if (lane.lastSequence > this.#highest) this.#highest = lane.lastSequence
    return before
  }

  #beginFolding(): Folding | null {
    if (this.#freshCount === 0) return null
    const byWorkspace = this.#fresh
    this.#fresh = new Map()
    this.#freshCount = 0
    // In the table's order one page takes several rows; in the order of arrival each row would change its own.
    const entries = [...byWorkspace]
      .sort(([left], [right]) => left - right)
      .flatMap(([workspace, map]) => [...map].sort(([left], [right]) => (left < right ? -1 : 1)).map(([key, lane]) => ({ workspace, key, lane })))
    return { entries, byWorkspace, done: 0, upto: this.#highest }
  }

  /** Reads the rows that were queued after the last fold. */
  #recover(): number {
    const page = this.#database.prepare<[number, number], { sequence: number; entity: Buffer | string; revision: number | null; workspace: number; kind: number }>(
      `SELECT item.sequence, item.entity, item.revision, item_group.workspace, item_group.kind FROM item CROSS JOIN item_group ON item_group.no = item.group_no
       WHERE item.sequence > ? ORDER BY item.sequence LIMIT ?`,
    )
    for (let after = this.foldedUpto; ; ) {
      const rows = page.all(after, RECOVERY_ROWS)
      for (const { sequence, entity, revision, workspace, kind } of rows) {
        const key = keyOf(entity)
        const known = this.find(workspace, key)
        if (known && known.lastSequence >= sequence) continue
        // A delete (1) ends what the memory holds; a setting (2) has no envelope.
        this.#remember(workspace, key, { revision: Math.max(known?.revision ?? 0, revision ?? 0), lastSequence: sequence, envelope: kind === 0 ? sequence : null })
      }
      const last = rows.at(-1)
      if (!last) return after
      after = last.sequence
    }
  }
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
