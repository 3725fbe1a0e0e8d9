/** The keys in memory while the vault is unlocked. Nothing outside this file keeps one. */
import { timingSafeEqual } from 'node:crypto'
import {
  createMemoryRefs,
  deriveAuthenticationSecret,
  deriveFingerprint,
  deriveMemoryRefKey,
  deriveSealingKey,
  type MemoryRefs,
  type SealingKey,
} from './derivation.ts'
import { VaultLockedError } from '../errors.ts'

/** Deriving takes 60 µs, sealing a small envelope 10: the keys of the agents at work are kept. */
const MAX_DERIVED = 256

export class KeyRing {
  #masterKey: Buffer | null = null
  #memoryRefs: MemoryRefs | null = null
  readonly #derived = new Map<string, SealingKey>()
  /** The one that was asked for last for each sub-key: nearly always the one that is asked for next. */
  readonly #last = new Map<string, SealingKey>()

  get unlocked(): boolean {
    return this.#masterKey !== null
  }

  /** Takes the key over: the caller's copy may be zeroed. */
  load(masterKey: Uint8Array): void {
    this.clear()
    this.#masterKey = Buffer.from(masterKey)
    this.#memoryRefs = createMemoryRefs(deriveMemoryRefKey(this.#masterKey))
  }

  /** Overwrites the keys with zeros; the derived ones are overwritten by OpenSSL as they are let go. */
  clear(): void {
    this.#masterKey?.fill(0)
    this.#derived.clear()
    this.#last.clear()
    this.#masterKey = null
    this.#memoryRefs?.wipe()
    this.#memoryRefs = null
  }

  holds(masterKey: Uint8Array): boolean {
    return this.#masterKey !== null && timingSafeEqual(this.#masterKey, masterKey)
  }

  /** A copy for the one moment in which it is written to the secret store or a backup; the caller zeroes it. */
  copyMasterKey(): Buffer {
    return Buffer.from(this.#master())
  }

  sealingKey(subKeyId: string, salt: Buffer): SealingKey {
    const last = this.#last.get(subKeyId)
    if (last?.salt.equals(salt)) return last
    const key = this.#derive(subKeyId, salt)
    if (this.#last.size >= MAX_DERIVED) this.#last.clear()
    this.#last.set(subKeyId, key)
    return key
  }

  #derive(subKeyId: string, salt: Buffer): SealingKey {
    const name = `${subKeyId}/${salt.toString('latin1')}`
    const known = this.#derived.get(name)
    if (known) return known
    const derived = deriveSealingKey(this.#master(), salt)
    const oldest = this.#derived.size >= MAX_DERIVED ? this.#derived.keys().next().value : undefined
    if (oldest !== undefined) this.#derived.delete(oldest)
    this.#derived.set(name, derived)
    return derived
  }

  authenticationSecret(salt: Buffer): Buffer {
    return deriveAuthenticationSecret(this.#master(), salt)
  }

  memoryRef(subKeyId: string | null, memoryId: string): string {
    if (!this.#memoryRefs) throw new VaultLockedError()
    return this.#memoryRefs.of(subKeyId, memoryId)
  }

  fingerprint(): Buffer {
    return deriveFingerprint(this.#master())
  }

  #master(): Buffer {
    if (!this.#masterKey) throw new VaultLockedError()
    return this.#masterKey
  }
}
