import { ConsoleFailure } from '../base/failure.ts'

/** No key, or its passphrase was not given. Billing, review and delivery go on without it. */
export class VaultLockedError extends ConsoleFailure {
  constructor() {
    super('vault_locked', 'The vault is locked.', 'Unlock it on the Honesty page, then try again. What is sealed already is delivered meanwhile.')
  }
}

export class WrongPassphraseError extends ConsoleFailure {
  constructor() {
    super('wrong_passphrase', 'This passphrase does not open the key.', 'Check capitals and keyboard layout, then try again.')
  }
}

/** The secret store has a key record that this program cannot read; it is left as it is. */
export class DamagedKeyError extends ConsoleFailure {
  constructor(detail: string) {
    super('key_damaged', `The key record of this computer cannot be read: ${detail}.`, 'Import the key backup to put the key back.')
  }
}

/** The sealed bytes, or what they are bound to (id, memory, revision), are not what was sealed. */
export class TamperedEnvelopeError extends ConsoleFailure {
  constructor(detail: string) {
    super('envelope_tampered', `The envelope is not what was sealed: ${detail}.`, 'Keep the file and fetch the envelope from the platform again.')
  }
}

/** Sealed under another master key than the one that is loaded. */
export class OtherKeyError extends ConsoleFailure {
  constructor() {
    super('other_key', 'The envelope was sealed with another key.', 'Import the key backup of the computer that sealed it.')
  }
}

export class UnknownSubKeyError extends ConsoleFailure {
  constructor() {
    super('unknown_sub_key', 'This computer does not have that sub-key.', 'Create a new sub-key for this agent.')
  }
}

/** Why a key backup was not taken over. Nothing was changed. */
export class KeyBackupError extends ConsoleFailure {
  constructor(code: 'backup_not_ours' | 'backup_from_the_future' | 'backup_damaged' | 'backup_other_key', message: string, suggestion: string) {
    super(code, message, suggestion)
  }
}

/** How a call to LanceDB ended otherwise than it should: with its own error, with a panic of its library, or not at all. */
export type StoreTrouble = 'error' | 'panic' | 'no answer'

/** The LanceDB table cannot be read or written. The engine goes on; the store is mended in the background. Foreign words stay in `cause`. */
export class EnvelopeStoreError extends ConsoleFailure {
  readonly trouble: StoreTrouble

  constructor(message: string, trouble: StoreTrouble, cause?: unknown) {
    super('envelope_store', message, 'Nothing has to be done: the store is checked and mended by itself.')
    this.trouble = trouble
    this.cause = cause
  }
}

/** The newest revision of this memory is known, and its sealed bytes cannot be read here. */
export class UnreadableMemoryError extends ConsoleFailure {
  constructor(mayComeBack: boolean) {
    super(
      mayComeBack ? 'memory_unreadable' : 'memory_damaged',
      mayComeBack
        ? 'This memory cannot be read just now: the store of envelopes is being mended.'
        : 'The sealed bytes of this memory are damaged, or not on this computer any more.',
      mayComeBack ? 'Try again in a minute.' : 'Restore it from the platform (Settings, this workspace, “Restore envelopes”), or write it again.',
    )
  }
}
