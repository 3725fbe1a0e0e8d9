import type { DeliveredArchive } from '../queue/delivered-archive.ts'
import { uuidText } from '../queue/identifiers.ts'
import type { MemoryVersions } from '../versions/memory-versions.ts'
import { keyOf } from '../queue/lanes/lane-index.ts'
import type { Lanes } from '../queue/lanes/lanes.ts'
import type { QueueWriter } from '../queue/queue-writer.ts'

type Successor = { sequence: number; previous: number | null; entity: Buffer | string; group_no: number; created_at: number }
type Found = { ids: string[]; note: () => void }

/**
 * Finds delivered envelopes that a later item of their memory has superseded. Each item knows the one before it in its
 * lane, so the items are walked once, in their order, and never again: a table of a million rows is looked at a page a day.
 */
export class SupersededScan {
  readonly #writer: QueueWriter
  readonly #lanes: Lanes
  readonly #archive: DeliveredArchive
  readonly #versions: MemoryVersions
  readonly #page
  readonly #latePage
  readonly #readUpto
  readonly #setUpto
  readonly #addLate
  readonly #dropLate
  #upto: number | null = null
  /** Where the look at the late ones is in this round; null: it is over. */
  #lateAfter: number | null = 0
  #answered: (() => void) | null = null

  constructor(parts: { writer: QueueWriter; lanes: Lanes; archive: DeliveredArchive; versions: MemoryVersions }) {
    this.#writer = parts.writer
    this.#lanes = parts.lanes
    this.#archive = parts.archive
    this.#versions = parts.versions
    const { database } = parts.writer
    this.#page = database.prepare<[number, number], Successor>(
      'SELECT sequence, previous, entity, group_no, created_at FROM item WHERE sequence > ? ORDER BY sequence LIMIT ?',
    )
    this.#latePage = database.prepare<[number, number], number>('SELECT sequence FROM retention_late WHERE sequence > ? ORDER BY sequence LIMIT ?').pluck()
    this.#readUpto = database.prepare<[], number>('SELECT upto FROM retention').pluck()
    this.#setUpto = database.prepare<[number]>('INSERT INTO retention (only_row, upto) VALUES (1, ?) ON CONFLICT (only_row) DO UPDATE SET upto = excluded.upto')
    this.#addLate = database.prepare<[number]>('INSERT OR IGNORE INTO retention_late (sequence) VALUES (?)')
    this.#dropLate = database.prepare<[number]>('DELETE FROM retention_late WHERE sequence = ?')
  }

  /**
   * Ids of envelopes that were superseded before this time, from the next `limit` rows; maybe none of these. Null: all rows
   * have been looked at. What was answered is answered again until `removed` was called.
   */
  before(time: number, limit: number): string[] | null {
    const found = (this.#lateAfter === null ? null : this.#late(this.#lateAfter, limit)) ?? this.#next(time, limit)
    this.#answered = found?.note ?? null
    if (found === null) this.#lateAfter = 0
    return found?.ids ?? null
  }

  /** Those that were answered last are gone from the store for certain. */
  removed(): void {
    const note = this.#answered
    this.#answered = null
    if (note) this.#writer.write(note)
  }

  #late(after: number, limit: number): Found | null {
    const sequences = this.#latePage.all(after, limit)
    const last = sequences.at(-1)
    if (last === undefined) {
      this.#lateAfter = null
      return null
    }
    const settled = sequences.map((sequence) => ({ sequence, fate: this.#fate(sequence) })).filter(({ fate }) => fate.kind !== 'open')
    return {
      ids: settled.flatMap(({ fate }) => (fate.kind === 'delivered' ? fate.id : [])),
      note: () => {
        for (const { sequence } of settled) this.#dropLate.run(sequence)
        this.#writer.afterCommit(() => {
          this.#lateAfter = last
        })
      },
    }
  }

  #next(time: number, limit: number): Found | null {
    const upto = this.#upto ?? this.#readUpto.get() ?? 0
    const page = this.#page.all(upto, limit)
    // Sequence follows time: what comes after a young row is young too.
    const young = page.findIndex(({ created_at }) => created_at >= time)
    const rows = young < 0 ? page : page.slice(0, young)
    const last = rows.at(-1)
    if (!last) return null
    const ids: string[] = []
    const late: number[] = []
    for (const row of rows) {
      if (row.previous === null || this.#isHead(row, row.previous)) continue
      const fate = this.#fate(row.previous, row)
      if (fate.kind === 'delivered') ids.push(fate.id)
      else if (fate.kind === 'open') late.push(row.previous)
    }
    return {
      ids,
      note: () => {
        for (const sequence of late) this.#addLate.run(sequence)
        this.#setUpto.run(last.sequence)
        this.#writer.afterCommit(() => {
          this.#upto = last.sequence
        })
      },
    }
  }

  /** Only what another version replaces goes; a head is kept, wherever it stands. */
  #isHead(row: Successor, sequence: number): boolean {
    const workspace = this.#writer.groups.get(row.group_no)?.workspace
    const key = keyOf(row.entity)
    const lane = workspace === undefined ? null : this.#writer.laneIndex.find(workspace, key)
    if (workspace === undefined || lane === null) return false
    return lane.forked ? this.#versions.heads(workspace, key, lane).heads.some((head) => head.sequence === sequence) : lane.envelope === sequence
  }

  #fate(sequence: number, successor?: Successor): { kind: 'delivered'; id: string } | { kind: 'open' } | { kind: 'none' } {
    const step = this.#lanes.step(sequence)
    if (step) {
      const { kind, state } = this.#lanes.groupOf(step)
      if (kind !== 'envelope' || state === 'discarded') return { kind: 'none' }
      return state === 'delivered' ? { kind: 'delivered', id: uuidText(step.id) } : { kind: 'open' }
    }
    // Its row was pruned: then it was delivered, and only its id is left.
    const workspace = successor && this.#writer.groups.get(successor.group_no)?.workspace
    const kept = successor && workspace !== undefined ? this.#archive.envelopeAt(workspace, successor.entity, sequence) : null
    return kept ? { kind: 'delivered', id: uuidText(kept.id) } : { kind: 'none' }
  }
}
