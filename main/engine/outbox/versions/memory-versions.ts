import { ConsoleFailure } from '../../base/failure.ts'
import { keyOf, type LaneRow } from '../queue/lanes/lane-index.ts'
import type { Lanes } from '../queue/lanes/lanes.ts'
import type { QueueWriter } from '../queue/queue-writer.ts'
import { uuidBytes, uuidText } from '../queue/identifiers.ts'
import { headsOf, readOf, type Version } from './heads.ts'
import { idsOf } from './packed-ids.ts'

/** A version as it lies here. `isDelivered`: stored at the platform, as far as is known. */
export type KnownVersion = Version & { isDelivered: boolean; sizeBytes: number; sha256: Buffer | null }
/** `read`: null when the version to be read is a deleted one. `others`: the other heads that can be read, the later ones first. */
type MemoryHeads = { heads: KnownVersion[]; read: KnownVersion | null; others: KnownVersion[] }

/** Named beside what is read, of what this device deleted: older ones are known by their device's numbers. */
const DELETED_NAMED = 64
/**
 * Of what an undelivered version replaces so many are named again by the next one, the last among them: if it is discarded, they are replaced
 * all the same. Few, because each of a thousand held writes of one memory carries them.
 */
const INHERITED = 2

type ItemVersion = {
  sequence: number
  id: Buffer
  group_no: number
  previous: number | null
  revision: number | null
  size_bytes: number
  sha256: Buffer | null
  created_at: number
  replaces: Buffer | null
  stored_at: number | null
  device: number | null
  withdrawn: number
  sent: number
  entity: Buffer | string
}
type ArchivedVersion = Omit<ItemVersion, 'group_no' | 'previous' | 'sha256' | 'created_at' | 'sent' | 'entity'> & { created_at: number | null }

const ITEM = 'sequence, id, group_no, previous, revision, size_bytes, sha256, created_at, replaces, stored_at, device, withdrawn, sent, entity'
const ARCHIVED = 'sequence, id, revision, size_bytes, created_at, replaces, stored_at, device, withdrawn'

/** What is known here of a memory's versions: in the rows of the queue, and in the archive where those were pruned. */
export class MemoryVersions {
  readonly #lanes: Lanes
  readonly #clockOffsetMs: (workspace: number) => number
  readonly #item
  readonly #byId
  readonly #archived
  readonly #archivedAt
  readonly #archivedById

  /** `clockOffsetMs`: the platform's clock minus this one; 0 while it is not known. */
  constructor(parts: { writer: QueueWriter; lanes: Lanes; clockOffsetMs: (workspace: number) => number }) {
    this.#lanes = parts.lanes
    this.#clockOffsetMs = parts.clockOffsetMs
    const { database } = parts.writer
    this.#item = database.prepare<[number], ItemVersion>(`SELECT ${ITEM} FROM item WHERE sequence = ?`)
    this.#byId = database.prepare<[Buffer], ItemVersion>(`SELECT ${ITEM} FROM item WHERE id = ?`)
    this.#archived = database.prepare<[number, Buffer], ArchivedVersion>(
      `SELECT ${ARCHIVED} FROM archive WHERE workspace = ? AND entity = ? ORDER BY sequence DESC`,
    )
    this.#archivedAt = database.prepare<[number, Buffer, number], ArchivedVersion>(
      `SELECT ${ARCHIVED} FROM archive WHERE workspace = ? AND entity = ? AND sequence = ?`,
    )
    this.#archivedById = database.prepare<[Buffer, number, Buffer], ArchivedVersion>(
      `SELECT ${ARCHIVED} FROM archive WHERE id = ? AND workspace = ? AND entity = ?`,
    )
  }

  /** All versions, the newest in this queue first. What was deleted before anybody sent it is none. */
  *all(workspace: number, memoryRef: string, lane: LaneRow): Generator<KnownVersion> {
    let hasRead = lane.envelope === null
    for (let row = this.#item.get(lane.lastSequence); row; row = row.previous === null ? undefined : this.#item.get(row.previous)) {
      const version = this.#ofItem(row)
      if (version === null) continue
      if (row.sequence === lane.envelope) hasRead = true
      yield version
    }
    for (const row of this.#archived.all(workspace, Buffer.from(memoryRef, 'hex'))) {
      if (row.sequence === lane.envelope) hasRead = true
      yield ofArchive(row, lane)
    }
    // A row in between was lost with a damaged file: what is read is not.
    const rest = hasRead || lane.envelope === null ? null : this.at(workspace, memoryRef, lane, lane.envelope)
    if (rest !== null) yield rest
  }

  /** What is read of a memory, and what else could be. */
  heads(workspace: number, memoryRef: string, lane: LaneRow): MemoryHeads {
    const only = lane.forked || lane.envelope === null ? null : this.at(workspace, memoryRef, lane, lane.envelope)
    if (only !== null) return { heads: [only], read: only, others: [] }
    if (!lane.forked) return { heads: [], read: null, others: [] }
    const heads = headsOf([...this.all(workspace, memoryRef, lane)])
    const offsetMs = this.#clockOffsetMs(workspace)
    const chosen = readOf(heads, offsetMs)
    const others: KnownVersion[] = []
    for (let rest = heads.filter((head) => head !== chosen && !head.isDeleted); rest.length > 0; ) {
      const next = readOf(rest, offsetMs)
      if (next !== null) others.push(next)
      rest = rest.filter((head) => head !== next)
    }
    return { heads, read: chosen?.isDeleted === true ? null : chosen, others }
  }

  /** The version at this place of the queue. */
  at(workspace: number, memoryRef: string, lane: LaneRow, sequence: number): KnownVersion | null {
    const row = this.#item.get(sequence)
    if (row) return this.#ofItem(row)
    const archived = this.#archivedAt.get(workspace, Buffer.from(memoryRef, 'hex'), sequence)
    return archived ? ofArchive(archived, lane) : null
  }

  /** The version with this id; null when this memory has none. */
  find(workspace: number, memoryRef: string, lane: LaneRow, id: Buffer): KnownVersion | null {
    const row = this.#byId.get(id)
    if (row) {
      const isOfMemory = Buffer.isBuffer(row.entity) && keyOf(row.entity) === memoryRef && this.#lanes.groupOf(row).workspace === workspace
      return isOfMemory ? this.#ofItem(row) : null
    }
    const archived = this.#archivedById.get(id, workspace, Buffer.from(memoryRef, 'hex'))
    return archived ? ofArchive(archived, lane) : null
  }

  /**
   * The ids that a new version replaces: what would be read now, what the writer names, and every deleted version. The writer is the
   * device: whoever reads elsewhere must not be given what was older here.
   */
  replacedByNew(workspace: number, memoryRef: string, lane: LaneRow | null, named: readonly string[]): string[] {
    if (lane === null) return []
    const ids = new Set<string>()
    const inherit = (version: KnownVersion): void => {
      if (version.isDelivered) return
      const before = version.replaces ?? []
      for (const id of before.length <= INHERITED ? before : [...before.slice(0, INHERITED - 1), ...before.slice(-1)]) ids.add(id)
    }
    const { heads, read } = this.heads(workspace, memoryRef, lane)
    if (read !== null) ids.add(read.id)
    for (const id of named) ids.add(id)
    for (const head of heads) if (head.isDeleted) ids.add(head.id)
    if (read !== null) inherit(read)
    if (lane.envelope !== null) return [...ids]
    let deleted = 0
    for (const { id, isDeleted } of this.all(workspace, memoryRef, lane)) {
      if (!isDeleted || deleted === DELETED_NAMED) continue
      deleted += 1
      ids.add(id)
    }
    return [...ids]
  }

  /** @throws ConsoleFailure `unknown_version` when one of these ids is no version of this memory. */
  requireAll(workspace: number, memoryRef: string, lane: LaneRow | null, ids: readonly string[]): void {
    for (const id of ids) {
      const bytes = uuidBytes(id)
      if (lane !== null && bytes !== null && this.find(workspace, memoryRef, lane, bytes) !== null) continue
      throw new ConsoleFailure(
        'unknown_version',
        `${id} is no version of this memory that is known here. Nothing was written.`,
        'Name versions by the ids of ETag and Tidemark-Other-Versions, as a read of this memory answers them.',
      )
    }
  }

  /** A lane as it is when its versions are looked at anew. */
  settled(workspace: number, memoryRef: string, lane: LaneRow): LaneRow {
    const heads = headsOf([...this.all(workspace, memoryRef, lane)])
    const live = heads.filter(({ isDeleted }) => !isDeleted)
    const [only] = live
    if (only === undefined) return { ...lane, envelope: null, forked: false }
    if (heads.length === 1) return { ...lane, envelope: only.sequence, forked: false }
    return { ...lane, envelope: readOf(live, this.#clockOffsetMs(workspace))?.sequence ?? only.sequence, forked: true }
  }

  #ofItem(row: ItemVersion): KnownVersion | null {
    const { kind, state } = this.#lanes.groupOf(row)
    const isDeleted = row.withdrawn !== 0
    if (kind !== 'envelope' || (state === 'discarded' && isDeleted && row.sent === 0)) return null
    return {
      id: uuidText(row.id),
      sequence: row.sequence,
      revision: row.revision ?? 0,
      device: row.device,
      createdAt: row.created_at,
      storedAt: row.stored_at,
      replaces: idsOf(row.replaces),
      isDeleted,
      isDelivered: state === 'delivered',
      sizeBytes: row.size_bytes,
      sha256: row.sha256,
    }
  }
}

/** What was pruned before its dates were kept is known by its place only: it is as old as can be, and its revision is the lane's. */
function ofArchive(row: ArchivedVersion, lane: LaneRow): KnownVersion {
  return {
    id: uuidText(row.id),
    sequence: row.sequence,
    revision: row.revision ?? (row.sequence === lane.envelope ? lane.revision : 0),
    device: row.device,
    createdAt: row.created_at ?? 0,
    storedAt: row.stored_at,
    replaces: idsOf(row.replaces),
    isDeleted: row.withdrawn !== 0,
    isDelivered: true,
    sizeBytes: row.size_bytes,
    sha256: null,
  }
}
