/** Sub-keys: one for each agent of this computer. Names and secrets stay here; the platform knows the ids and their number. */
import { timingSafeEqual } from 'node:crypto'
import { v4 as uuidV4 } from 'uuid'
import { z } from 'zod'
import type { Clock } from '../../base/clock.ts'
import { ConsoleFailure } from '../../base/failure.ts'
import type { Database } from '../../store/database.ts'
import type { Answer } from '../../sync/client/answer.ts'
import { SALT_BYTES, hashSecret } from './derivation.ts'
import { UnknownSubKeyError, VaultLockedError } from '../errors.ts'
import type { KeyRing } from './key-ring.ts'
import type { RandomBytes } from './passphrase.ts'

export type SubKey = { id: string; workspaceId: string; name: string; createdAt: number; revokedAt: number | null; lastWriteAt: number | null }
/** A sub-key as a key backup carries it. `platformId` and `platformUrl` find its workspace again on another computer. */
export type PortableSubKey = {
  id: string
  workspaceId: string | null
  platformId: string | null
  platformUrl: string | null
  name: string
  salt: Buffer
  authHash: Buffer
  createdAt: number
  revokedAt: number | null
}
export type Authenticated = { subKeyId: string; workspaceId: string }
/** What the platform is asked; the composition binds it to the client. */
export type AskPlatform = (workspaceId: string, subKeyId: string) => Promise<Answer<unknown>>

export type SubKeys = {
  /** @throws ConsoleFailure `offline` or the platform's own code; VaultLockedError. The secret is answered here and never again. */
  create(workspaceId: string, name: string, register: AskPlatform): Promise<{ subKey: SubKey; secret: string }>
  /** Local only. @throws UnknownSubKeyError */
  rename(workspaceId: string, id: string, name: string): void
  /** Refused by the intake from this moment; the platform is told now, or by `settle`. Also for keys of other devices. */
  revoke(workspaceId: string, id: string, revokeAtPlatform: AskPlatform): Promise<void>
  /** Registered ones, oldest first, revoked ones too. */
  list(workspaceId: string): SubKey[]
  find(id: string): SubKey | null
  /** `bearer` is what follows "Bearer ". Also while the vault is locked. */
  authenticate(bearer: string): Authenticated | null
  /** When the agent last wrote; kept in memory until `saveLastWrites`. */
  noteWrite(id: string, at: number): void
  saveLastWrites(): void
  /**
   * Finishes what an interruption left: unregistered keys are dropped (nobody saw their secret), revocations are told.
   * For every start, and when a workspace is online again. `workspaceId` null: all of them.
   */
  settle(workspaceId: string | null, revokeAtPlatform: AskPlatform): Promise<void>
  /** Gives restored keys of this account to the workspace that was just added. */
  adopt(workspaceId: string, platformId: string, platformUrl: string): number
  /** @throws UnknownSubKeyError */
  saltOf(id: string): Buffer
  exportAll(): PortableSubKey[]
  /** Those that are here already stay as they are. Returns how many are new. */
  importAll(keys: readonly PortableSubKey[]): number
}

const row = z.object({
  id: z.uuid(),
  workspace_id: z.string().nullable(),
  platform_id: z.string().nullable(),
  platform_url: z.string().nullable(),
  name: z.string(),
  salt: z.instanceof(Buffer).refine((salt) => salt.length === SALT_BYTES),
  auth_hash: z.instanceof(Buffer).refine((hash) => hash.length === 32),
  created_at: z.int(),
  confirmed_at: z.int().nullable(),
  revoked_at: z.int().nullable(),
  last_write_at: z.int().nullable(),
})
type Row = z.infer<typeof row>

/** `tmk_<id without dashes>_<base64url of 32 bytes>` */
const SECRET_PATTERN = /^tmk_([0-9a-f]{32})_([A-Za-z0-9_-]{43})$/
/** Compared with when there is no such key, so that an unknown id takes as long as a wrong secret. */
const NO_HASH = Buffer.alloc(32)

export function createSubKeys({ db, clock, randomBytes, keys }: { db: Database; clock: Clock; randomBytes: RandomBytes; keys: KeyRing }): SubKeys {
  const selectOne = db.prepare<[string], unknown>('SELECT * FROM sub_keys WHERE id = ?')
  const selectOfWorkspace = db.prepare<[string], unknown>('SELECT * FROM sub_keys WHERE workspace_id = ? AND confirmed_at IS NOT NULL ORDER BY created_at, id')
  const selectUnsettled = db.prepare<[], unknown>(
    'SELECT * FROM sub_keys WHERE confirmed_at IS NULL OR (revoked_at IS NOT NULL AND platform_revoked_at IS NULL) ORDER BY created_at',
  )
  const insert = db.prepare(
    `INSERT INTO sub_keys (id, workspace_id, platform_id, platform_url, name, salt, auth_hash, created_at, confirmed_at, revoked_at, platform_revoked_at)
     VALUES (@id, @workspaceId, @platformId, @platformUrl, @name, @salt, @authHash, @createdAt, @confirmedAt, @revokedAt, @revokedAt) ON CONFLICT (id) DO NOTHING`,
  )
  const confirm = db.prepare<[number, string]>('UPDATE sub_keys SET confirmed_at = ? WHERE id = ?')
  const drop = db.prepare<[string]>('DELETE FROM sub_keys WHERE id = ? AND confirmed_at IS NULL')
  const setName = db.prepare<[string, string, string]>('UPDATE sub_keys SET name = ? WHERE id = ? AND workspace_id = ?')
  const markRevoked = db.prepare<[number, string]>('UPDATE sub_keys SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL')
  const markTold = db.prepare<[number, string]>('UPDATE sub_keys SET platform_revoked_at = ? WHERE id = ?')
  const setLastWrite = db.prepare<[number, string]>('UPDATE sub_keys SET last_write_at = max(coalesce(last_write_at, 0), ?) WHERE id = ?')
  const setWorkspace = db.prepare<[string, string, string]>(
    'UPDATE sub_keys SET workspace_id = ?, platform_id = NULL, platform_url = NULL WHERE workspace_id IS NULL AND platform_id = ? AND platform_url = ?',
  )
  const lastWrites = new Map<string, number>()
  /** A settle beside a creation under way would drop the key that is just being registered. */
  const beingCreated = new Set<string>()

  const read = (id: string): Row | null => row.safeParse(selectOne.get(id)).data ?? null
  const readAll = (rows: unknown[]): Row[] => rows.flatMap((found) => row.safeParse(found).data ?? [])
  const shown = (found: Row & { workspace_id: string }): SubKey => ({
    id: found.id,
    workspaceId: found.workspace_id,
    name: found.name,
    createdAt: found.created_at,
    revokedAt: found.revoked_at,
    lastWriteAt: lastWrites.get(found.id) ?? found.last_write_at,
  })

  return {
    async create(workspaceId, name, register) {
      if (!keys.unlocked) throw new VaultLockedError()
      // Random through and through: the platform learns ids, and this one tells it not even a time.
      const id = uuidV4({ random: randomBytes(16) })
      const salt = Buffer.from(randomBytes(SALT_BYTES))
      const secret = keys.authenticationSecret(salt)
      const createdAt = clock.now()
      beingCreated.add(id)
      try {
        // Before the platform hears of it: a crash in between must leave a row that says what to take back.
        insert.run({
          id,
          workspaceId,
          platformId: null,
          platformUrl: null,
          name,
          salt,
          authHash: hashSecret(secret),
          createdAt,
          confirmedAt: null,
          revokedAt: null,
        })
        const answer = await register(workspaceId, id)
        if (answer.kind !== 'ok') {
          // Refused for certain: nothing to take back. Unknown outcome: the row stays until `settle` has asked.
          if (answer.kind === 'no_token' || (answer.kind === 'error' && answer.status < 500)) drop.run(id)
          throw refusal(answer)
        }
        confirm.run(clock.now(), id)
        const subKey: SubKey = { id, workspaceId, name, createdAt, revokedAt: null, lastWriteAt: null }
        return { subKey, secret: `tmk_${id.replaceAll('-', '')}_${secret.toString('base64url')}` }
      } finally {
        beingCreated.delete(id)
        secret.fill(0)
      }
    },

    rename(workspaceId, id, name) {
      if (setName.run(name, id, workspaceId).changes === 0) throw new UnknownSubKeyError()
    },

    async revoke(workspaceId, id, revokeAtPlatform) {
      const known = read(id)
      if (known && known.workspace_id !== workspaceId) throw new UnknownSubKeyError()
      if (known) markRevoked.run(clock.now(), id)
      const answer = await revokeAtPlatform(workspaceId, id)
      if (answer.kind === 'ok' || isUnknownThere(answer)) {
        if (known) markTold.run(clock.now(), id)
        return
      }
      const failure = refusal(answer)
      if (!known) throw failure
      throw new ConsoleFailure(
        failure.code,
        'This computer refuses the sub-key from now on, but the platform could not be told yet.',
        'It is told by itself when the platform answers again.',
      )
    },

    list: (workspaceId) => readAll(selectOfWorkspace.all(workspaceId)).flatMap((found) => (hasWorkspace(found) ? shown(found) : [])),

    find(id) {
      const found = read(id)
      return found && hasWorkspace(found) ? shown(found) : null
    },

    authenticate(bearer) {
      const match = SECRET_PATTERN.exec(bearer)
      if (!match?.[1] || !match[2]) return null
      const hex = match[1]
      const found = read(`${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`)
      // Hashed first, then compared in constant time: what an attacker can vary never meets what is stored.
      const same = timingSafeEqual(hashSecret(Buffer.from(match[2], 'base64url')), found?.auth_hash ?? NO_HASH)
      if (!same || !found || !hasWorkspace(found) || found.revoked_at !== null || found.confirmed_at === null) return null
      return { subKeyId: found.id, workspaceId: found.workspace_id }
    },

    noteWrite(id, at) {
      lastWrites.set(id, at)
    },

    saveLastWrites() {
      if (lastWrites.size === 0) return
      db.transaction(() => {
        for (const [id, at] of lastWrites) setLastWrite.run(at, id)
      })()
      lastWrites.clear()
    },

    async settle(workspaceId, revokeAtPlatform) {
      for (const found of readAll(selectUnsettled.all())) {
        if (!hasWorkspace(found) || beingCreated.has(found.id) || (workspaceId !== null && found.workspace_id !== workspaceId)) continue
        const answer = await revokeAtPlatform(found.workspace_id, found.id)
        if (answer.kind !== 'ok' && !isUnknownThere(answer)) continue
        if (found.confirmed_at === null) drop.run(found.id)
        else markTold.run(clock.now(), found.id)
      }
    },

    adopt: (workspaceId, platformId, platformUrl) => setWorkspace.run(workspaceId, platformId, platformUrl).changes,

    saltOf(id) {
      const found = read(id)
      if (!found) throw new UnknownSubKeyError()
      return found.salt
    },

    exportAll() {
      return readAll(db.prepare('SELECT * FROM sub_keys WHERE confirmed_at IS NOT NULL ORDER BY created_at, id').all()).map((found) => ({
        id: found.id,
        workspaceId: found.workspace_id,
        platformId: found.platform_id,
        platformUrl: found.platform_url,
        name: found.name,
        salt: found.salt,
        authHash: found.auth_hash,
        createdAt: found.created_at,
        revokedAt: found.revoked_at,
      }))
    },

    importAll(list) {
      return db.transaction(() => list.reduce((sum, key) => sum + insert.run({ ...key, confirmedAt: clock.now() }).changes, 0))()
    },
  }
}

function hasWorkspace(found: Row): found is Row & { workspace_id: string } {
  return found.workspace_id !== null
}

/** Never registered there, or gone: it counts no more. */
function isUnknownThere(answer: Answer<unknown>): boolean {
  return answer.kind === 'error' && (answer.status === 404 || answer.status === 410)
}

function refusal(answer: Exclude<Answer<unknown>, { kind: 'ok' }>): ConsoleFailure {
  switch (answer.kind) {
    case 'no_token':
      return new ConsoleFailure('signed_out', 'This workspace is signed out.', 'Sign in again, then repeat this.')
    case 'not_serialisable':
      return new ConsoleFailure('not_serialisable', `Nothing was sent: ${answer.message}`, 'This is a mistake of the console. Nothing was changed.')
    case 'unreachable':
      return new ConsoleFailure('offline', 'The platform cannot be reached, and sub-keys need its answer.', 'Try again when the connection is back.')
    case 'error':
      return new ConsoleFailure(
        answer.error?.code ?? 'platform_error',
        answer.error?.message ?? `The platform answered ${answer.status}.`,
        answer.error?._suggestion ?? 'Try again in a while.',
      )
  }
}
