import { randomUUID } from 'node:crypto'
import { v5 as uuidV5 } from 'uuid'
import { z } from 'zod'
import { MAX_ENVELOPE_BYTES, type workspaceResponse } from '../../../../shared/contract/platform.ts'
import type { Clock } from '../../base/clock.ts'
import type { Database } from '../../store/database.ts'
import { isLoopbackHost } from '../client/workspace-url.ts'
import { cutLetters, NAME_MAX_LETTERS } from '../client/words.ts'

type WorkspaceAnswer = z.output<typeof workspaceResponse>

/** An account on one platform, as this computer keeps it. Times are epoch milliseconds. */
export type WorkspaceRecord = {
  /** Ours: follows from the account, so that an account that is added anew finds its writes, keys and token again. */
  id: string
  /** The platform's id of this workspace. */
  platformId: string
  /** Which platform it is on, wherever that is reached; null: it has not said so, and its address stands for it. */
  platform: string | null
  url: string
  name: string
  catalog: string
  deployment: 'platform' | 'self-hosted'
  /** The platform's id of whoever is signed in; null: not heard yet. */
  memberId: string | null
  memberName: string
  role: string
  capabilities: readonly string[]
  maxEnvelopeBytes: number
  addedAt: number
  /** This computer's id at this platform, when a revocation made another one necessary; null: the id of the data folder. */
  deviceId: string | null
  deviceRegisteredAt: number | null
  connectedAt: number | null
}

/** What names an account on every computer. */
export type Account = { platformId: string; url: string }

/** Of the ids that are made here; any fixed uuid. */
const NAMESPACE = 'b6f5b5a4-0a3e-4b0f-9d3c-6a5a4c1f7e21'
/** What a workspace is called until its platform has answered. */
const UNHEARD = { name: 'Workspace', catalog: '', deployment: 'platform', memberName: '', role: '', capabilities: ['sync'] } as const

const row = z
  .object({
    id: z.uuid(),
    platform_id: z.uuid(),
    platform: z.uuid().nullable(),
    url: z.url(),
    name: z.string(),
    catalog: z.string(),
    deployment: z.enum(['platform', 'self-hosted']),
    member_id: z.string().nullable(),
    member_name: z.string(),
    role: z.string(),
    capabilities: z.string().transform((text) => z.array(z.string()).parse(JSON.parse(text))),
    max_envelope_bytes: z.int().nonnegative(),
    added_at: z.int(),
    removed_at: z.int().nullable(),
    device_id: z.uuid().nullable(),
    device_registered_at: z.int().nullable(),
    connected_at: z.int().nullable(),
  })
  .transform((read) => ({
    removed: read.removed_at !== null,
    record: {
      id: read.id,
      platformId: read.platform_id,
      platform: read.platform,
      url: read.url,
      name: read.name,
      catalog: read.catalog,
      deployment: read.deployment,
      memberId: read.member_id,
      memberName: read.member_name,
      role: read.role,
      capabilities: read.capabilities,
      maxEnvelopeBytes: read.max_envelope_bytes,
      addedAt: read.added_at,
      deviceId: read.device_id,
      deviceRegisteredAt: read.device_registered_at,
      connectedAt: read.connected_at,
    } satisfies WorkspaceRecord,
  }))

/** The workspaces of this computer, in outbox.db. Held in memory too: every request looks one up. */
export class WorkspaceRegistry {
  readonly #database: Database
  readonly #clock: Clock
  #records: Map<string, WorkspaceRecord>

  constructor(database: Database, clock: Clock) {
    this.#database = database
    this.#clock = clock
    this.#records = this.#load()
  }

  /** In the order in which they were added. */
  list(): WorkspaceRecord[] {
    return [...this.#records.values()]
  }

  /** Null: unknown or removed. */
  find(id: string): WorkspaceRecord | null {
    return this.#records.get(id) ?? null
  }

  /**
   * The workspace under which an account would be kept, removed or not. An account is known by the platform and its id of the workspace,
   * never by an address. Only where one of the two does not say which platform it is, the URL stands for that; then, on loopback, the port
   * does not count: a sandbox whose port was taken moves to the next one, and the queue of yesterday must find it there.
   */
  findAccount(platformId: string, url: string, platform: string | null = null): { id: string } | null {
    const rows = this.#rowsOf(platformId)
    const same = platform === null ? undefined : rows.find((row) => row.platform === platform)
    if (same !== undefined) return same
    const candidates = platform === null ? rows : rows.filter((row) => row.platform === null)
    return candidates.find((row) => row.url === url) ?? candidates.find((row) => isSameAddress(row.url, url)) ?? null
  }

  /** An account of this workspace id that has this very address and is on another platform. */
  otherAt(platformId: string, url: string, platform: string): { id: string; name: string; isRemoved: boolean } | null {
    const found = this.#rowsOf(platformId).find((row) => row.url === url && row.platform !== null && row.platform !== platform)
    return found === undefined ? null : { id: found.id, name: found.name, isRemoved: found.removed_at !== null }
  }

  /** Accounts on this platform that are reached elsewhere. */
  elsewhere(platform: string, url: string): WorkspaceRecord[] {
    return this.list().filter((record) => record.platform === platform && !isSameAddress(record.url, url))
  }

  /** The platform moved: all of its accounts are reached here from now on. */
  movePlatform(platform: string, url: string): void {
    this.#database.prepare('UPDATE OR IGNORE workspaces SET url = ? WHERE platform = ? AND removed_at IS NULL').run(url, platform)
    this.#records = this.#load()
  }

  /** A removed account makes room at its address for the one of another platform; its queue still names it. */
  leaveAddress(id: string): void {
    this.#database.prepare("UPDATE workspaces SET url = url || '#' || id WHERE id = ? AND removed_at IS NOT NULL").run(id)
  }

  #rowsOf(platformId: string): AccountRow[] {
    return this.#database.prepare<[string], AccountRow>('SELECT id, url, name, platform, removed_at FROM workspaces WHERE platform_id = ?').all(platformId)
  }

  /** Adds an account, or brings back and refreshes the one that is known. */
  save(url: string, answer: WorkspaceAnswer): WorkspaceRecord {
    const platform = answer.platform_id ?? null
    const id = this.findAccount(answer.id, url, platform)?.id ?? this.#newId({ platformId: answer.id, url })
    this.#database
      .prepare(
        `INSERT INTO workspaces (id, platform_id, url, name, catalog, deployment, member_id, member_name, role, capabilities, max_envelope_bytes, added_at, connected_at, platform)
         VALUES (@id, @platformId, @url, @name, @catalog, @deployment, @memberId, @memberName, @role, @capabilities, @maxEnvelopeBytes, @now, @now, @platform)
         ON CONFLICT (id) DO UPDATE SET url = excluded.url, name = excluded.name, catalog = excluded.catalog, deployment = excluded.deployment,
           member_id = excluded.member_id, member_name = excluded.member_name, role = excluded.role, capabilities = excluded.capabilities,
           max_envelope_bytes = excluded.max_envelope_bytes, connected_at = excluded.connected_at, removed_at = NULL,
           platform = ifnull(excluded.platform, platform)`,
      )
      .run({
        id,
        platformId: answer.id,
        url,
        name: cutLetters(answer.name, NAME_MAX_LETTERS),
        catalog: answer.catalog,
        deployment: answer.deployment,
        memberId: answer.member.id,
        memberName: cutLetters(answer.member.name, NAME_MAX_LETTERS),
        role: answer.member.role,
        capabilities: JSON.stringify(answer.capabilities),
        maxEnvelopeBytes: answer.max_envelope_bytes,
        now: this.#clock.now(),
        platform,
      })
    this.#records = this.#load()
    const record = this.#records.get(id)
    if (!record) throw new Error(`Workspace ${id} was saved and cannot be read back`)
    return record
  }

  /**
   * Puts back an account whose row was lost, under the id that its writes name; what else there is to know of it, its platform
   * says. Answers whether it was missing: one that a person removed stays so.
   */
  reinstate(id: string, account: Account): boolean {
    const { changes } = this.#database
      .prepare(
        `INSERT INTO workspaces (id, platform_id, url, name, catalog, deployment, member_name, role, capabilities, max_envelope_bytes, added_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
      )
      .run(
        id,
        account.platformId,
        account.url,
        UNHEARD.name,
        UNHEARD.catalog,
        UNHEARD.deployment,
        UNHEARD.memberName,
        UNHEARD.role,
        JSON.stringify(UNHEARD.capabilities),
        MAX_ENVELOPE_BYTES,
        this.#clock.now(),
      )
    this.#records = this.#load()
    return changes > 0
  }

  remove(id: string): void {
    this.#database.transaction(() => {
      this.#database.prepare('DELETE FROM checkouts WHERE workspace_id = ?').run(id)
      this.#database.prepare('UPDATE workspaces SET removed_at = ?, device_registered_at = NULL WHERE id = ?').run(this.#clock.now(), id)
    })()
    this.#records = this.#load()
  }

  /** From now on this computer is another device there. */
  replaceDevice(id: string): void {
    this.#database.prepare('UPDATE workspaces SET device_id = ?, device_registered_at = NULL WHERE id = ?').run(randomUUID(), id)
    this.#records = this.#load()
  }

  /** @param at null: the platform may not know this device (any more). */
  setDeviceRegistered(id: string, at: number | null): void {
    this.#database.prepare('UPDATE workspaces SET device_registered_at = ? WHERE id = ?').run(at, id)
    this.#records = this.#load()
  }

  #newId(account: Account): string {
    const id = accountId(account)
    // Taken only by another account, whose row says so: then this one is told apart by chance, as all were before.
    return this.#database.prepare('SELECT 1 FROM workspaces WHERE id = ?').get(id) === undefined ? id : randomUUID()
  }

  #load(): Map<string, WorkspaceRecord> {
    const records = new Map<string, WorkspaceRecord>()
    for (const raw of this.#database.prepare('SELECT * FROM workspaces ORDER BY added_at, id').all()) {
      const parsed = row.safeParse(raw)
      // A row that cannot be read is left where it is (its queue is still exported and salvaged) and not used.
      if (parsed.success && !parsed.data.removed) records.set(parsed.data.record.id, parsed.data.record)
    }
    return records
  }
}

type AccountRow = { id: string; url: string; name: string; platform: string | null; removed_at: number | null }

/** On loopback the port does not count. */
function isSameAddress(left: string, right: string): boolean {
  return left === right || (isLoopbackHost(new URL(left).hostname) && isLoopbackHost(new URL(right).hostname))
}

/** On loopback neither port nor spelling counts, as with `findAccount`. */
export function accountId({ platformId, url }: Account): string {
  return uuidV5(`${platformId} ${isLoopbackHost(new URL(url).hostname) ? 'loopback' : url}`, NAMESPACE)
}
