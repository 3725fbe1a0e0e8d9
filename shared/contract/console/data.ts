/** The bridge's calls about what lies on this computer, and about workspaces as this computer calls them. */
import { z } from 'zod'
import { call } from '../call.ts'
import { bytes, done, epochMs, inWorkspace, nothing } from '../primitives.ts'

const copyName = z.string().regex(/^outbox-\d{8}T\d{9}Z\.db$/)

export const dataCalls = {
  /** A name of this computer's own; null: the one that the platform gives. It never leaves this computer. */
  'workspaces.rename': call(inWorkspace.extend({ name: z.string().trim().min(1).max(80).nullable() }), done, 'action'),
  'workspaces.members': call(inWorkspace, z.array(z.strictObject({ id: z.string(), name: z.string(), role: z.string(), you: z.boolean() })), {
    topics: ['member', 'plans', 'workspace'],
  }),
  /** Forgets what can be fetched again, of every workspace, and fetches it. Queue, envelopes and keys stay. */
  'data.clearCache': call(nothing, done, 'action'),
  /** Facts for a support request: versions, sizes, states. No key, token, name, address or content. */
  'data.diagnostics': call(nothing, z.strictObject({ fileName: z.string(), text: z.string() }), 'action'),
  /** Copies of outbox.db on this computer, newest first. */
  'backups.list': call(nothing, z.array(z.strictObject({ name: z.string(), at: epochMs, sizeBytes: bytes })), { topics: ['backups'] }),
  'backups.create': call(nothing, z.strictObject({ name: z.string() }), 'action'),
  /** The copy takes the place of the outbox at the next start; null takes that back. */
  'backups.restore': call(z.strictObject({ name: copyName.nullable() }), done, 'action'),
  'backups.planned': call(nothing, z.strictObject({ name: z.string().nullable() }), { topics: ['backups'] }),
} as const

export const dataEvents = {
  /** A copy was made, or another one is to be restored. */
  'backups.changed': nothing,
} as const
