/**
 * The vault: one master key, kept in the host's secret store and, while unlocked, in memory. Locked, everything goes on
 * that needs no key: reading sealed envelopes, delivering them, billing. Only sealing and opening throw.
 */
import type { z } from 'zod'
import type { vaultStatus } from '../../../shared/contract/console/vault.ts'
import type { SecretStore } from '../../bridge/messages.ts'
import type { Clock } from '../base/clock.ts'
import { ConsoleFailure } from '../base/failure.ts'
import type { Database } from '../store/database.ts'
import { IMPORT_KEY_ID, MASTER_KEY_BYTES, SALT_BYTES, deriveFingerprint } from './keys/derivation.ts'
import { type EnvelopeFront, type SealedContent, openEnvelope, openFront, sealEnvelope, sealedSize } from './envelopes/envelope-format.ts'
import { readKeyName } from './envelopes/envelope-header.ts'
import { DamagedKeyError, KeyBackupError, VaultLockedError } from './errors.ts'
import { readKeyBackup, writeKeyBackup } from './keys/key-backup.ts'
import { KeyRing } from './keys/key-ring.ts'
import { MASTER_KEY_SECRET, type MasterKeyRecord, makeMasterKeyRecord, openMasterKeyRecord, parseMasterKeyRecord } from './keys/master-key-record.ts'
import type { RandomBytes } from './keys/passphrase.ts'
import { type PortableSubKey, type SubKeys, createSubKeys } from './keys/sub-keys.ts'
import { createVaultRecords } from './keys/vault-records.ts'

export type VaultState = 'empty' | 'locked' | 'unlocked'
export type VaultStatus = z.infer<typeof vaultStatus>
/** What names a workspace on every computer: the platform's own id of it, and the platform's URL. */
export type WorkspaceAddress = { platformId: string; platformUrl: string }

export type VaultOptions = {
  secrets: SecretStore
  /** outbox.db: sub-keys, salts. */
  db: Database
  clock: Clock
  randomBytes: RandomBytes
  /** `vault.changed` */
  emit: (status: VaultStatus) => void
  /** Whether any envelope of this computer exists: then a missing key is a loss to be mended, not a first start. */
  hasEnvelopes: () => boolean | Promise<boolean>
  /** How many envelopes still have to be delivered (or are held). */
  undeliveredCount: () => number
  addressOf: (workspaceId: string) => WorkspaceAddress | null
  workspaceAt: (address: WorkspaceAddress) => string | null
}

export type SealRequest = {
  envelopeId: string
  memoryRef: string
  revision: number
  subKeyId: string | null
  memoryId: string
  contentType: string
  bytes: Uint8Array
  /** As which device it is written, and the ids of the versions of this memory that it replaces. */
  deviceId: string
  replaces: readonly string[]
}

export type Vault = {
  state(): VaultState
  status(): VaultStatus
  /** Once at start: loads the key, or makes one when this computer never had any. */
  initialise(): Promise<void>
  /** @throws WrongPassphraseError, DamagedKeyError, VaultLockedError when there is no key at all. */
  unlock(passphrase: string): Promise<void>
  lock(): void
  /** Null takes the passphrase off. @throws WrongPassphraseError when `current` is not the one that is set. */
  setPassphrase(passphrase: string | null, current: string | null): Promise<void>
  /** @throws VaultLockedError */
  memoryRef(subKeyId: string | null, memoryId: string): string
  /** @throws VaultLockedError, UnknownSubKeyError */
  seal(request: SealRequest): Uint8Array
  /** @throws VaultLockedError, OtherKeyError, TamperedEnvelopeError */
  open(envelopeId: string, memoryRef: string, revision: number, sealed: Uint8Array): SealedContent
  /** Name, writer and replaced versions, without opening the content; null: format 1 has none apart. @throws as `open` */
  front(envelopeId: string, memoryRef: string, revision: number, sealed: Uint8Array): EnvelopeFront | null
  /** Bytes of the sealed envelope. */
  sealedSize(bytesLength: number, memoryId: string, contentType: string, replacesCount?: number): number
  /** @throws VaultLockedError */
  exportBackup(passphrase: string): Promise<{ fileName: string; text: string }>
  /** @throws KeyBackupError, WrongPassphraseError. Answers how many sub-keys are new here. */
  importBackup(text: string, passphrase: string): Promise<{ subKeys: number }>
  readonly subKeys: SubKeys
}

export function createVault(options: VaultOptions): Vault {
  const { secrets, db, clock, randomBytes, emit } = options
  const keys = new KeyRing()
  const records = createVaultRecords(db)
  const subKeys = createSubKeys({ db, clock, randomBytes, keys })
  let record: MasterKeyRecord | null = null
  let damage: DamagedKeyError | null = null
  let importSalt: Buffer | null = null
  const salts = new Map<string, Buffer>()
  const nonces = createNonces(randomBytes)
  let queue: Promise<unknown> = Promise.resolve()

  const state = (): VaultState => (keys.unlocked ? 'unlocked' : record === null && damage === null ? 'empty' : 'locked')
  const status = (): VaultStatus => ({
    state: state(),
    passphrase: record?.protection === 'passphrase',
    protectedBy: secrets.protectedBy,
    backedUpAt: records.readInteger('backed_up_at'),
  })

  /** One change of the key at a time: scrypt and the secret store let others in between. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = queue.then(work, work)
    queue = turn.catch(() => undefined)
    return turn
  }

  function load(masterKey: Buffer): void {
    keys.load(masterKey)
    records.writeBytes('key_fingerprint', keys.fingerprint())
    masterKey.fill(0)
    // Now, not at the first seal: that runs inside the queue's transaction, and a rollback would take the salt along.
    saltFor(null)
    emit(status())
  }

  /** Reads it back: a key that the store only pretended to keep would be gone at the next start, and every envelope with it. */
  async function keep(masterKey: Buffer, passphrase: string | null): Promise<void> {
    const text = await makeMasterKeyRecord(masterKey, passphrase, randomBytes)
    await secrets.set(MASTER_KEY_SECRET, text)
    if ((await secrets.get(MASTER_KEY_SECRET)) !== text) {
      throw new ConsoleFailure(
        'secret_store',
        'The secret store of this computer did not keep the key.',
        'Check the keyring or the rights of the data folder, then start again.',
      )
    }
    record = parseMasterKeyRecord(text)
    damage = null
  }

  function saltFor(subKeyId: string | null): Buffer {
    if (subKeyId === null) {
      importSalt ??= records.readBytes('import_salt')
      if (importSalt) return importSalt
      const made = Buffer.from(randomBytes(SALT_BYTES))
      records.writeBytes('import_salt', made)
      importSalt = made
      return made
    }
    const known = salts.get(subKeyId)
    if (known) return known
    const found = subKeys.saltOf(subKeyId)
    salts.set(subKeyId, found)
    return found
  }

  async function refuseOverwriting(masterKey: Buffer): Promise<void> {
    const fingerprint = records.readBytes('key_fingerprint')
    const same = keys.holds(masterKey) || fingerprint?.equals(deriveFingerprint(masterKey)) === true
    // Without a key here there is nothing to overwrite: the backup is the remedy.
    if (same || record === null) return
    const undelivered = options.undeliveredCount()
    if (undelivered === 0) return
    throw new KeyBackupError(
      'backup_other_key',
      `This backup has another key than this computer, and ${undelivered === 1 ? 'one envelope' : `${undelivered} envelopes`} sealed with the key of this computer ${undelivered === 1 ? 'is' : 'are'} not delivered yet.`,
      'Back up the key of this computer first, then deliver or discard what waits in the Outbox, then import again.',
    )
  }

  return {
    state,
    status,

    initialise: () =>
      inTurn(async () => {
        const text = await secrets.get(MASTER_KEY_SECRET)
        if (text === null) {
          if (await options.hasEnvelopes()) return emit(status())
          const masterKey = Buffer.from(randomBytes(MASTER_KEY_BYTES))
          await keep(masterKey, null)
          return load(masterKey)
        }
        try {
          record = parseMasterKeyRecord(text)
          if (record.protection === 'host') load(await openMasterKeyRecord(record, ''))
          else emit(status())
        } catch (error) {
          // A damaged record must not keep the console from starting: delivery and billing need no key.
          if (!(error instanceof DamagedKeyError)) throw error
          damage = error
          record = null
          emit(status())
        }
      }),

    unlock: (passphrase) =>
      inTurn(async () => {
        if (damage) throw damage
        if (!record) throw new VaultLockedError()
        load(await openMasterKeyRecord(record, passphrase))
      }),

    lock() {
      keys.clear()
      emit(status())
    },

    setPassphrase: (passphrase, current) =>
      inTurn(async () => {
        if (damage) throw damage
        if (!record) throw new VaultLockedError()
        const masterKey = await openMasterKeyRecord(record, current ?? '')
        try {
          await keep(masterKey, passphrase)
        } finally {
          masterKey.fill(0)
        }
        emit(status())
      }),

    memoryRef: (subKeyId, memoryId) => keys.memoryRef(subKeyId, memoryId),

    seal({ envelopeId, memoryRef, revision, subKeyId, memoryId, contentType, bytes, deviceId, replaces }) {
      if (!keys.unlocked) throw new VaultLockedError()
      const keyId = subKeyId ?? IMPORT_KEY_ID
      return sealEnvelope(
        keys.sealingKey(keyId, saltFor(subKeyId)),
        keyId,
        { envelopeId, memoryRef, revision },
        { memoryId, deviceId, replaces },
        { contentType, bytes },
        { front: nonces.next(), content: nonces.next() },
      )
    },

    front(envelopeId, memoryRef, revision, sealed) {
      if (!keys.unlocked) throw new VaultLockedError()
      const { subKeyId, salt } = readKeyName(sealed)
      return openFront(keys.sealingKey(subKeyId, salt), { envelopeId, memoryRef, revision }, sealed)
    },

    open(envelopeId, memoryRef, revision, sealed) {
      if (!keys.unlocked) throw new VaultLockedError()
      const { subKeyId, salt } = readKeyName(sealed)
      return openEnvelope(keys.sealingKey(subKeyId, salt), { envelopeId, memoryRef, revision }, sealed)
    },

    sealedSize,

    exportBackup: (passphrase) =>
      inTurn(async () => {
        const masterKey = keys.copyMasterKey()
        try {
          const list = subKeys.exportAll().map((key): PortableSubKey => {
            const address = key.workspaceId === null ? null : options.addressOf(key.workspaceId)
            return { ...key, platformId: address?.platformId ?? key.platformId, platformUrl: address?.platformUrl ?? key.platformUrl }
          })
          const now = clock.now()
          const text = await writeKeyBackup({ masterKey, subKeys: list }, passphrase, now, randomBytes)
          records.writeInteger('backed_up_at', now)
          emit(status())
          return { fileName: `tidemark-key-${new Date(now).toISOString().slice(0, 10)}.json`, text }
        } finally {
          masterKey.fill(0)
        }
      }),

    importBackup: (text, passphrase) =>
      inTurn(async () => {
        const backup = await readKeyBackup(text, passphrase)
        try {
          await refuseOverwriting(backup.masterKey)
          // A vault that asks for a passphrase goes on asking for one: from now on the backup's.
          if (!keys.holds(backup.masterKey) || record === null) await keep(backup.masterKey, record?.protection === 'passphrase' ? passphrase : null)
          const added = subKeys.importAll(backup.subKeys.map((key) => placed(key, options)))
          records.writeInteger('backed_up_at', clock.now())
          load(backup.masterKey)
          return { subKeys: added }
        } finally {
          backup.masterKey.fill(0)
        }
      }),

    subKeys,
  }
}

const NONCE_BYTES = 12
const NONCES_AT_ONCE = 256

/** Random nonces, drawn for many envelopes at once: asking the system for each takes as long as the AES. None is given twice. */
function createNonces(randomBytes: RandomBytes): { next(): Uint8Array } {
  let pool: Uint8Array = new Uint8Array(0)
  let used = 0
  return {
    next() {
      if (used >= pool.length) {
        pool = randomBytes(NONCE_BYTES * NONCES_AT_ONCE)
        used = 0
      }
      used += NONCE_BYTES
      return pool.subarray(used - NONCE_BYTES, used)
    },
  }
}

/** Workspace ids differ from computer to computer; the address does not. What has no workspace here yet waits for `adopt`. */
function placed(key: PortableSubKey, options: Pick<VaultOptions, 'workspaceAt' | 'addressOf'>): PortableSubKey {
  if (key.platformId === null || key.platformUrl === null) return key
  const workspaceId = options.workspaceAt({ platformId: key.platformId, platformUrl: key.platformUrl })
  return workspaceId === null ? { ...key, workspaceId: null } : { ...key, workspaceId, platformId: null, platformUrl: null }
}
