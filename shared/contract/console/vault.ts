/** The keys of this computer on the bridge: lock, passphrase, backup, and the restore that they make possible. */
import { z } from 'zod'
import { call } from '../call.ts'
import { count, done, epochMs, inWorkspace, nothing } from '../primitives.ts'

export const vaultStatus = z.strictObject({
  state: z.enum(['empty', 'locked', 'unlocked']),
  /** A passphrase must be given at each start. */
  passphrase: z.boolean(),
  /** What protects the key on this computer, in words. */
  protectedBy: z.string(),
  /** True: this desktop has no keyring, so nothing but the file's own permissions protects the key until a passphrase is set. */
  withoutKeyring: z.boolean().optional(),
  /** When the key was last backed up; null: never. */
  backedUpAt: epochMs.nullable(),
})

export const progress = z.strictObject({
  state: z.enum(['idle', 'running', 'done', 'failed']),
  done: count,
  total: count.nullable(),
  detail: z.string().nullable(),
})

export const vaultCalls = {
  'vault.status': call(nothing, vaultStatus, { topics: ['vault'] }),
  'vault.setPassphrase': call(z.strictObject({ passphrase: z.string().min(8).max(1024).nullable(), current: z.string().max(1024).nullable() }), done, 'action'),
  'vault.unlock': call(z.strictObject({ passphrase: z.string().max(1024) }), done, 'action'),
  'vault.lock': call(nothing, done, 'action'),
  /** The backup is encrypted with the passphrase (scrypt) and may be kept anywhere. */
  'vault.exportBackup': call(z.strictObject({ passphrase: z.string().min(8).max(1024) }), z.strictObject({ fileName: z.string(), text: z.string() }), 'action'),
  'vault.importBackup': call(
    z.strictObject({ text: z.string().max(4_000_000), passphrase: z.string().max(1024) }),
    z.strictObject({ subKeys: count }),
    'action',
  ),
  /** Brings every envelope of the workspace back to this computer; progress comes as `restore.progress`. */
  'vault.restore': call(inWorkspace, done, 'action'),
} as const

export const vaultEvents = {
  'vault.changed': vaultStatus,
  'restore.progress': z.strictObject({ workspaceId: z.uuid(), progress }),
} as const
