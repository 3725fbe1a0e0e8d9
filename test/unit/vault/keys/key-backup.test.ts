import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { WrongPassphraseError } from '../../../../main/engine/vault/errors.ts'
import { testVault } from '../fixture.ts'

const here = { platformId: '99999999-0000-4000-8000-000000000001', platformUrl: 'https://platform.example' }
const registered = async () => ({ kind: 'ok' as const, status: 201, value: {} })

async function backedUp() {
  const made = testVault({ addressOf: () => here })
  await made.vault.initialise()
  const { subKey, secret } = await made.vault.subKeys.create('old-workspace', 'Writer', registered)
  const ref = made.vault.memoryRef(subKey.id, 'm')
  const sealed = made.vault.seal({
    envelopeId: '0198c0de-0000-7000-8000-000000000001',
    memoryRef: ref,
    revision: 1,
    subKeyId: subKey.id,
    memoryId: 'm',
    contentType: 'text/plain',
    bytes: Buffer.from('kept'),
    deviceId: '22222222-0000-4000-8000-000000000001',
    replaces: [],
  })
  const { text, fileName } = await made.vault.exportBackup('long passphrase')
  return { ...made, text, fileName, subKey, secret, ref, sealed }
}

/** One for the tests that only read it: each scrypt takes a second of a busy core. */
let shared: ReturnType<typeof backedUp> | null = null
const anyBackup = () => {
  shared ??= backedUp()
  return shared
}

describe('a key backup', () => {
  it('brings key and sub-keys to a new computer, where the workspace has another id', async () => {
    const old = await anyBackup()
    expect(old.fileName).toMatch(/^tidemark-key-\d{4}-\d\d-\d\d\.json$/)
    expect(old.vault.status().backedUpAt).toBe(1_800_000_000_000)
    for (const secret of ['Writer', old.secret, JSON.parse(old.secrets.values.get('master-key') ?? '').key]) expect(old.text).not.toContain(secret)

    const { vault, secrets } = testVault({ workspaceAt: (address) => (address.platformId === here.platformId ? 'new-workspace' : null) })
    await vault.initialise()
    expect(await vault.importBackup(old.text, 'long passphrase')).toEqual({ subKeys: 1 })
    expect(Buffer.from(vault.open('0198c0de-0000-7000-8000-000000000001', old.ref, 1, old.sealed).bytes).toString()).toBe('kept')
    expect(vault.subKeys.list('new-workspace').map((key) => key.name)).toEqual(['Writer'])
    expect(vault.subKeys.authenticate(old.secret)).toEqual({ subKeyId: old.subKey.id, workspaceId: 'new-workspace' })
    expect(secrets.values.get('master-key')).toBe(old.secrets.values.get('master-key'))
    expect(await vault.importBackup(old.text, 'long passphrase')).toEqual({ subKeys: 0 })
  })

  it('keeps the keys of a workspace that is not here yet until it is added', async () => {
    const old = await anyBackup()
    const { vault } = testVault()
    await vault.initialise()
    await vault.importBackup(old.text, 'long passphrase')
    expect(vault.subKeys.authenticate(old.secret)).toBeNull()
    expect(vault.subKeys.adopt('w', here.platformId, 'https://elsewhere.example')).toBe(0)
    expect(vault.subKeys.adopt('w', here.platformId, here.platformUrl)).toBe(1)
    expect(vault.subKeys.authenticate(old.secret)?.workspaceId).toBe('w')
  })

  it('refuses foreign, newer and damaged files and a wrong passphrase, and changes nothing', async () => {
    const { text } = await anyBackup()
    const { vault, secrets } = testVault()
    await vault.initialise()
    const before = secrets.values.get('master-key')
    const value = JSON.parse(text)
    const refused = (changed: string, passphrase = 'long passphrase') => vault.importBackup(changed, passphrase)
    await expect(refused('not json')).rejects.toMatchObject({ code: 'backup_not_ours' })
    await expect(refused('{"format":"other","version":1}')).rejects.toMatchObject({ code: 'backup_not_ours' })
    await expect(refused(JSON.stringify({ ...value, version: 2 }))).rejects.toMatchObject({ code: 'backup_from_the_future' })
    await expect(refused(text.slice(0, -20))).rejects.toMatchObject({ code: 'backup_not_ours' })
    const bent = { ...value, wrapped: { ...value.wrapped, nonce: Buffer.alloc(12).toString('base64') } }
    await expect(refused(JSON.stringify(bent))).rejects.toMatchObject({ code: 'backup_damaged' })
    await expect(refused(JSON.stringify({ ...value, extra: 1 }))).rejects.toMatchObject({ code: 'backup_damaged' })
    await expect(refused(text, 'another passphrase')).rejects.toThrow(WrongPassphraseError)
    expect(secrets.values.get('master-key')).toBe(before)
  })

  it('refuses a cost that would take all memory, and one that protects nothing', async () => {
    const value = JSON.parse((await anyBackup()).text)
    const { vault } = testVault()
    await vault.initialise()
    for (const n of [2 ** 30, 2 ** 10]) {
      const { r, p, salt } = value.wrapped.scrypt
      const checksum = createHash('sha256')
        .update(JSON.stringify([n, r, p, salt, value.wrapped.nonce, value.wrapped.sealed]))
        .digest('hex')
      const bent = { ...value, checksum, wrapped: { ...value.wrapped, scrypt: { ...value.wrapped.scrypt, n } } }
      await expect(vault.importBackup(JSON.stringify(bent), 'long passphrase')).rejects.toMatchObject({ code: 'backup_damaged' })
    }
  })

  it('does not replace another key while envelopes sealed with it wait, locked or not', async () => {
    const { text } = await anyBackup()
    const { vault, secrets } = testVault({ undeliveredCount: () => 3 })
    await vault.initialise()
    const before = secrets.values.get('master-key')
    await expect(vault.importBackup(text, 'long passphrase')).rejects.toMatchObject({
      code: 'backup_other_key',
      message: expect.stringContaining('3 envelopes'),
    })
    vault.lock()
    await expect(vault.importBackup(text, 'long passphrase')).rejects.toMatchObject({ code: 'backup_other_key' })
    expect(secrets.values.get('master-key')).toBe(before)
  })

  it('takes its own key back although envelopes wait, also when the passphrase was forgotten; the backup’s is asked from then on', async () => {
    const old = await backedUp()
    await old.vault.setPassphrase('forgotten one', null)
    const { vault } = testVault({ secrets: old.secrets, db: old.db, undeliveredCount: () => 3 })
    await vault.initialise()
    expect(vault.state()).toBe('locked')
    await vault.importBackup(old.text, 'long passphrase')
    expect(vault.status()).toMatchObject({ state: 'unlocked', passphrase: true })
    vault.lock()
    await expect(vault.unlock('forgotten one')).rejects.toThrow(WrongPassphraseError)
    await vault.unlock('long passphrase')
    expect(vault.memoryRef(old.subKey.id, 'm')).toBe(old.ref)
  })

  it('mends a computer whose secret store lost the key', async () => {
    const old = await backedUp()
    old.secrets.values.clear()
    const { vault } = testVault({ secrets: old.secrets, db: old.db, hasEnvelopes: () => true, undeliveredCount: () => 3 })
    await vault.initialise()
    expect(vault.state()).toBe('empty')
    await vault.importBackup(old.text, 'long passphrase')
    expect(vault.memoryRef(old.subKey.id, 'm')).toBe(old.ref)
  })

  it('is not made while the vault is locked', async () => {
    const { vault } = testVault()
    await vault.initialise()
    vault.lock()
    await expect(vault.exportBackup('long passphrase')).rejects.toMatchObject({ code: 'vault_locked' })
  })
})
