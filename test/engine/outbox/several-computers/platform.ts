/** A platform in memory that follows the protocol ("Histories"): versions, deletes, starts of devices, eras and summaries. */
import { createHash } from 'node:crypto'
import { addToIdSum, EMPTY_ID_SUM } from '../../../../shared/contract/id-sum.ts'

export type Stored = {
  id: string
  memory: string
  revision: number
  device: string
  createdAt: number
  storedAt: number
  replaces: string[]
  isDeleted: boolean
  place: number
  ciphertext: Buffer
}
/** Null: of whoever has read nothing. */
export type Cursor = { era: number; place: number } | null

/** Everything that lies in its database, and is in a copy of it. */
type Kept = {
  rows: Map<string, Stored>
  /** Deleted before they ever came: nothing but the id is known. */
  deletedUnseen: Set<string>
  /** The start of each device that was seen last. */
  instances: Map<string, string>
  /** What each device was told to be stored. */
  told: Map<string, Set<string>>
  place: number
  eras: { era: number; first: number }[]
}

export class Platform {
  #kept: Kept = { rows: new Map(), deletedUnseen: new Set(), instances: new Map(), told: new Map(), place: 0, eras: [] }
  #era = 0
  #copy: Kept | null = null

  get rows(): ReadonlyMap<string, Stored> {
    return this.#kept.rows
  }

  save(): void {
    this.#copy = copyOf(this.#kept)
  }

  putBack(): void {
    if (this.#copy === null) return
    this.#kept = copyOf(this.#copy)
    this.#era += 1
  }

  get cursor(): Cursor {
    const { eras, place } = this.#kept
    const last = eras.at(-1)
    return last === undefined ? null : { era: last.era, place }
  }

  knows(cursor: Cursor): boolean {
    if (cursor === null) return true
    const { eras, place } = this.#kept
    const at = eras.findIndex(({ era }) => era === cursor.era)
    const next = eras[at + 1]
    return at >= 0 && cursor.place <= (next === undefined ? place : next.first - 1)
  }

  open(device: string, instance: string, earlier: readonly string[]): 'open' | 'forked' {
    const known = this.#kept.instances.get(device)
    if (known !== undefined && known !== instance && !earlier.includes(known)) return 'forked'
    this.#kept.instances.set(device, instance)
    return 'open'
  }

  push(row: Omit<Stored, 'place' | 'isDeleted' | 'storedAt'>, now: number): { storedAt: number | null; isDuplicate: boolean } {
    const { rows, deletedUnseen, told } = this.#kept
    const ofDevice = told.get(row.device) ?? new Set()
    told.set(row.device, ofDevice.add(row.id))
    const known = rows.get(row.id)
    if (known) return { storedAt: known.storedAt, isDuplicate: true }
    const isDeleted = deletedUnseen.delete(row.id)
    rows.set(row.id, { ...row, isDeleted, storedAt: now, place: this.#nextPlace() })
    return { storedAt: now, isDuplicate: isDeleted }
  }

  delete(id: string): void {
    const row = this.#kept.rows.get(id)
    if (!row) this.#kept.deletedUnseen.add(id)
    else if (!row.isDeleted) this.#kept.rows.set(id, { ...row, isDeleted: true, place: this.#nextPlace() })
  }

  summary(device: string): { count: number; sum: string } | null {
    const ids = this.#kept.told.get(device)
    if (ids === undefined && !this.#kept.instances.has(device)) return null
    return { count: ids?.size ?? 0, sum: addToIdSum(EMPTY_ID_SUM, [...(ids ?? [])].map(hash)) }
  }

  ids(device: string, after: string | undefined, limit: number): { ids: { id: string; deleted: boolean }[]; more: boolean } {
    const rest = [...(this.#kept.told.get(device) ?? [])].filter((id) => after === undefined || id > after).sort()
    return { ids: rest.slice(0, limit).map((id) => ({ id, deleted: this.#kept.rows.get(id)?.isDeleted !== false })), more: rest.length > limit }
  }

  #nextPlace(): number {
    const kept = this.#kept
    kept.place += 1
    if (kept.eras.at(-1)?.era !== this.#era) kept.eras.push({ era: this.#era, first: kept.place })
    return kept.place
  }
}

function copyOf({ rows, deletedUnseen, instances, told, place, eras }: Kept): Kept {
  return {
    rows: new Map(rows),
    deletedUnseen: new Set(deletedUnseen),
    instances: new Map(instances),
    told: new Map([...told].map(([device, ids]) => [device, new Set(ids)])),
    place,
    eras: [...eras],
  }
}

function hash(id: string): string {
  return createHash('sha256').update(id).digest('hex')
}
