import { describe, expect, it } from 'vitest'
import {
  DamagedKeyError,
  OtherKeyError,
  TamperedEnvelopeError,
  UnknownSubKeyError,
  VaultLockedError,
  WrongPassphraseError,
} from '../../../main/engine/vault/errors.ts'
import { memorySecrets, testVault } from './fixture.ts'

const at = { envelopeId: '0198c0de-0000-7000-8000-000000000001', revision: 1 }
const request = (memoryRef: string, subKeyId: string | null = null) => ({
  ...at,
  memoryRef,
  subKeyId,
  memoryId: 'm',
  contentType: 'text/plain',
  bytes: Buffer.from('canary'),
  deviceId: '22222222-0000-4000-8000-000000000001',
  replaces: [],
})

describe('the first start', () => {
  it('makes a key, keeps it in the secret store and is unlocked', async () => {
    const { vault, secrets, seen } = testVault()
    expect(vault.state()).toBe('empty')
    await vault.initialise()
    expect(vault.status()).toEqual({ state: 'unlocked', passphrase: false, protectedBy: 'the test', backedUpAt: null })
    expect(JSON.parse(secrets.values.get('master-key') ?? '')).toMatchObject({ format: 'tidemark-master-key', version: 1, protection: 'host' })
    expect(seen.at(-1)?.state).toBe('unlocked')
  })

  it('makes no key where envelopes need one that is gone', async () => {
    const { vault, secrets } = testVault({ hasEnvelopes: () => true })
    await vault.initialise()
    expect(vault.state()).toBe('empty')
    expect(secrets.values.size).toBe(0)
    expect(() => vault.memoryRef(null, 'm')).toThrow(VaultLockedError)
    await expect(vault.unlock('anything')).rejects.toThrow(VaultLockedError)
  })

  it('does not go on with a key that the secret store did not keep', async () => {
    const secrets = { ...memorySecrets(), set: async () => undefined }
    const { vault } = testVault({ secrets })
    await expect(vault.initialise()).rejects.toMatchObject({ code: 'secret_store' })
    expect(vault.state()).toBe('empty')
  })

  it('makes no key when the secret store does not answer', async () => {
    const secrets = memorySecrets()
    secrets.get = async () => {
      throw new Error('keyring is busy')
    }
    const { vault } = testVault({ secrets })
    await expect(vault.initialise()).rejects.toThrow('keyring is busy')
    expect(secrets.values.size).toBe(0)
  })
})

describe('a later start', () => {
  it('loads the same key: what was sealed opens', async () => {
    const first = testVault()
    await first.vault.initialise()
    const ref = first.vault.memoryRef(null, 'm')
    const sealed = first.vault.seal(request(ref))
    expect(sealed.length).toBe(first.vault.sealedSize(6, 'm', 'text/plain'))
    const second = testVault({ secrets: first.secrets, db: first.db })
    await second.vault.initialise()
    expect(Buffer.from(second.vault.open(at.envelopeId, ref, 1, sealed).bytes).toString()).toBe('canary')
    expect(second.vault.memoryRef(null, 'm')).toBe(ref)
    expect(() => second.vault.open(at.envelopeId, ref, 2, sealed)).toThrow(TamperedEnvelopeError)
  })

  it('starts locked with a damaged record, leaves it as it is and names none of its content', async () => {
    const secrets = memorySecrets()
    secrets.values.set('master-key', '{"format":"tidemark-master-key","version":1,"protection":"host","key":"c2VjcmV0"}')
    const { vault } = testVault({ secrets })
    await vault.initialise()
    expect(vault.state()).toBe('locked')
    const error: unknown = await vault.unlock('x').catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(DamagedKeyError)
    expect(String(error)).not.toContain('c2VjcmV0')
    expect(secrets.values.get('master-key')).toContain('c2VjcmV0')
  })
})

describe('locking', () => {
  it('takes sealing and opening away, and a lock without passphrase opens again', async () => {
    const { vault } = testVault()
    await vault.initialise()
    const ref = vault.memoryRef(null, 'm')
    const sealed = vault.seal(request(ref))
    vault.lock()
    expect(vault.state()).toBe('locked')
    expect(() => vault.seal(request(ref))).toThrow(VaultLockedError)
    expect(() => vault.open(at.envelopeId, ref, 1, sealed)).toThrow(VaultLockedError)
    expect(() => vault.memoryRef(null, 'm')).toThrow(VaultLockedError)
    await vault.unlock('')
    expect(Buffer.from(vault.open(at.envelopeId, ref, 1, sealed).bytes).toString()).toBe('canary')
  })

  it('gives each of 1,000 envelopes a nonce of its own', async () => {
    const { vault } = testVault()
    await vault.initialise()
    const ref = vault.memoryRef(null, 'm')
    const nonces = new Set(Array.from({ length: 1000 }, () => Buffer.from(vault.seal(request(ref)).subarray(62, 74)).toString('hex')))
    expect(nonces.size).toBe(1000)
  })

  it('seals for known sub-keys only', async () => {
    const { vault } = testVault()
    await vault.initialise()
    expect(() => vault.seal(request('ab'.repeat(32), '11111111-2222-4333-8444-555555555555'))).toThrow(UnknownSubKeyError)
  })

  it('does not open what another computer sealed', async () => {
    const [one, other] = [testVault(), testVault()]
    await one.vault.initialise()
    await other.vault.initialise()
    const ref = one.vault.memoryRef(null, 'm')
    const sealed = one.vault.seal(request(ref))
    expect(() => other.vault.open(at.envelopeId, ref, 1, sealed)).toThrow(OtherKeyError)
  })
})

describe('the passphrase', () => {
  it('is asked for at the next start, refused when wrong, changed and taken off with the current one only', async () => {
    const first = testVault()
    await first.vault.initialise()
    const ref = first.vault.memoryRef(null, 'm')
    await first.vault.setPassphrase('correct horse', null)
    expect(first.vault.status()).toMatchObject({ state: 'unlocked', passphrase: true })
    expect(first.secrets.values.get('master-key')).not.toContain('"key"')

    const { vault } = testVault({ secrets: first.secrets, db: first.db })
    await vault.initialise()
    expect(vault.state()).toBe('locked')
    await expect(vault.unlock('wrong horse')).rejects.toThrow(WrongPassphraseError)
    expect(vault.state()).toBe('locked')
    await expect(vault.setPassphrase(null, 'wrong horse')).rejects.toThrow(WrongPassphraseError)
    await expect(vault.setPassphrase(null, null)).rejects.toThrow(WrongPassphraseError)
    await vault.unlock('correct horse')
    expect(vault.memoryRef(null, 'm')).toBe(ref)
    await vault.setPassphrase(null, 'correct horse')
    expect(vault.status().passphrase).toBe(false)
    vault.lock()
    await vault.unlock('')
    expect(vault.memoryRef(null, 'm')).toBe(ref)
  })
})
