import { describe, expect, it } from 'vitest'
import type { Answer } from '../../../../main/engine/sync/client/answer.ts'
import { testVault } from '../fixture.ts'

const ok = async (): Promise<Answer<unknown>> => ({ kind: 'ok', status: 200, value: {} })
const offline = async (): Promise<Answer<unknown>> => ({ kind: 'unreachable', reason: 'network', message: 'ECONNREFUSED' })
const refused = async (): Promise<Answer<unknown>> => ({
  kind: 'error',
  status: 402,
  retryAfterMs: null,
  error: { code: 'api_sub_keys_exceeded', message: 'Limit reached (2/2).', _suggestion: 'Upgrade to Pro.' },
})
const unknownThere = async (): Promise<Answer<unknown>> => ({ kind: 'error', status: 404, retryAfterMs: null, error: null })
const W = 'workspace-1'

async function unlocked() {
  const made = testVault()
  await made.vault.initialise()
  return { ...made, subKeys: made.vault.subKeys, rows: () => made.db.prepare('SELECT * FROM sub_keys').all() }
}

describe('creating a sub-key', () => {
  it('registers the id before the secret is shown, and stores of the secret its hash only', async () => {
    const { subKeys, db } = await unlocked()
    let shownTo = ''
    const { subKey, secret } = await subKeys.create(W, 'Writer', async (workspaceId, id) => {
      shownTo = `${workspaceId}/${id}`
      return ok()
    })
    expect(shownTo).toBe(`${W}/${subKey.id}`)
    expect(secret).toMatch(/^tmk_[0-9a-f]{32}_[A-Za-z0-9_-]{43}$/)
    expect(subKeys.authenticate(secret)).toEqual({ subKeyId: subKey.id, workspaceId: W })
    const bytes = Buffer.from(secret.split('_').slice(2).join('_'), 'base64url')
    const dump = Buffer.concat(
      db
        .prepare<[], { salt: Buffer; auth_hash: Buffer }>('SELECT salt, auth_hash FROM sub_keys')
        .all()
        .flatMap((row) => [row.salt, row.auth_hash]),
    )
    expect(dump.includes(bytes)).toBe(false)
  })

  it('shows nothing and keeps nothing when the platform refuses', async () => {
    const { subKeys, rows } = await unlocked()
    await expect(subKeys.create(W, 'Writer', refused)).rejects.toMatchObject({ code: 'api_sub_keys_exceeded', suggestion: 'Upgrade to Pro.' })
    await expect(subKeys.create(W, 'Writer', async () => ({ kind: 'no_token' }))).rejects.toMatchObject({ code: 'signed_out' })
    expect(rows()).toEqual([])
  })

  it('takes back what the platform may have registered although no answer came', async () => {
    const { subKeys, rows } = await unlocked()
    await expect(subKeys.create(W, 'Writer', offline)).rejects.toMatchObject({ code: 'offline' })
    expect(subKeys.list(W)).toEqual([])
    await subKeys.settle(null, offline)
    expect(rows()).toHaveLength(1)
    const asked: string[] = []
    await subKeys.settle(null, async (workspaceId, id) => {
      asked.push(`${workspaceId}/${id}`)
      return unknownThere()
    })
    expect(asked).toHaveLength(1)
    expect(rows()).toEqual([])
  })

  it('is not taken back by a settle that runs while the platform is asked', async () => {
    const { subKeys } = await unlocked()
    let revoked = 0
    const { secret } = await subKeys.create(W, 'Writer', async () => {
      await subKeys.settle(null, async () => {
        revoked += 1
        return ok()
      })
      return ok()
    })
    expect(revoked).toBe(0)
    expect(subKeys.authenticate(secret)).not.toBeNull()
  })

  it('needs the key', async () => {
    const { vault, subKeys, rows } = await unlocked()
    vault.lock()
    await expect(subKeys.create(W, 'Writer', ok)).rejects.toMatchObject({ code: 'vault_locked' })
    expect(rows()).toEqual([])
  })
})

describe('authentication', () => {
  it('works while the vault is locked', async () => {
    const { vault, subKeys } = await unlocked()
    const { secret, subKey } = await subKeys.create(W, 'Writer', ok)
    vault.lock()
    expect(subKeys.authenticate(secret)?.subKeyId).toBe(subKey.id)
  })

  it('refuses wrong secrets, other forms, unregistered and revoked keys', async () => {
    const { subKeys, db } = await unlocked()
    const one = await subKeys.create(W, 'One', ok)
    const two = await subKeys.create(W, 'Two', ok)
    const mixed = one.secret.slice(0, 37) + two.secret.slice(37)
    const unknown = `tmk_${'0'.repeat(32)}${one.secret.slice(36)}`
    for (const bad of ['', 'tmk_', mixed, unknown, `${one.secret}x`, one.secret.slice(0, -1), one.secret.toUpperCase(), `Bearer ${one.secret}`])
      expect(subKeys.authenticate(bad)).toBeNull()
    await subKeys.revoke(W, one.subKey.id, ok)
    expect(subKeys.authenticate(one.secret)).toBeNull()
    db.prepare('UPDATE sub_keys SET confirmed_at = NULL WHERE id = ?').run(two.subKey.id)
    expect(subKeys.authenticate(two.secret)).toBeNull()
  })
})

describe('names, revocation, last writes', () => {
  it('renames here only, within its workspace', async () => {
    const { subKeys } = await unlocked()
    const { subKey } = await subKeys.create(W, 'Writer', ok)
    subKeys.rename(W, subKey.id, 'Reader')
    expect(subKeys.find(subKey.id)?.name).toBe('Reader')
    expect(() => subKeys.rename('other', subKey.id, 'x')).toThrow(/does not have/)
  })

  it('refuses a revoked key at once although the platform is away, and tells it later', async () => {
    const { subKeys } = await unlocked()
    const { subKey, secret } = await subKeys.create(W, 'Writer', ok)
    await expect(subKeys.revoke(W, subKey.id, offline)).rejects.toMatchObject({ code: 'offline' })
    expect(subKeys.authenticate(secret)).toBeNull()
    const told: string[] = []
    const tell = async (_: string, id: string) => {
      told.push(id)
      return ok()
    }
    await subKeys.settle('other workspace', tell)
    expect(told).toEqual([])
    await subKeys.settle(W, tell)
    await subKeys.settle(W, tell)
    expect(told).toEqual([subKey.id])
    expect(subKeys.list(W)[0]?.revokedAt).not.toBeNull()
  })

  it('revokes a key of another device through the platform alone', async () => {
    const { subKeys } = await unlocked()
    await subKeys.revoke(W, '11111111-2222-4333-8444-555555555555', ok)
    await expect(subKeys.revoke(W, '11111111-2222-4333-8444-555555555555', offline)).rejects.toMatchObject({ code: 'offline' })
  })

  it('shows the last write before and after it was saved', async () => {
    const { subKeys, rows } = await unlocked()
    const { subKey } = await subKeys.create(W, 'Writer', ok)
    subKeys.noteWrite(subKey.id, 5000)
    expect(subKeys.list(W)[0]?.lastWriteAt).toBe(5000)
    subKeys.saveLastWrites()
    expect(rows()).toMatchObject([{ last_write_at: 5000 }])
  })

  it('finds what a start must settle by an index', async () => {
    const { db } = await unlocked()
    const plan = db
      .prepare(
        'EXPLAIN QUERY PLAN SELECT * FROM sub_keys WHERE confirmed_at IS NULL OR (revoked_at IS NOT NULL AND platform_revoked_at IS NULL) ORDER BY created_at',
      )
      .all()
    expect(JSON.stringify(plan)).toContain('sub_keys_unsettled')
    const list = db.prepare("EXPLAIN QUERY PLAN SELECT * FROM sub_keys WHERE workspace_id = 'w' AND confirmed_at IS NOT NULL ORDER BY created_at, id").all()
    expect(JSON.stringify(list)).toContain('sub_keys_by_workspace')
  })
})
