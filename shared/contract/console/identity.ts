/** Sub-keys of agents and devices of the account, on the bridge. */
import { z } from 'zod'
import { call } from '../call.ts'
import { bytes, count, done, epochMs, id, inWorkspace } from '../primitives.ts'

export const subKey = z.strictObject({
  id,
  name: z.string(),
  createdAt: epochMs,
  revokedAt: epochMs.nullable(),
  /** False: it belongs to another device, so this one has neither its name nor its secret. */
  onThisDevice: z.boolean(),
  heldCount: count,
  heldBytes: bytes,
  deliveredCount: count,
  deliveredBytes: bytes,
  lastWriteAt: epochMs.nullable(),
})
export const device = z.strictObject({
  id,
  name: z.string(),
  thisDevice: z.boolean(),
  createdAt: epochMs,
  revokedAt: epochMs.nullable(),
  lastSeenAt: epochMs.nullable(),
  sessionOpen: z.boolean(),
})

export const identityCalls = {
  'subKeys.list': call(inWorkspace, z.array(subKey), { topics: ['sub_key', 'outbox'] }),
  /** The secret is answered once, here, and never again. */
  'subKeys.create': call(inWorkspace.extend({ name: z.string().trim().min(1).max(80) }), z.strictObject({ subKey, secret: z.string() }), 'action'),
  'subKeys.rename': call(inWorkspace.extend({ id, name: z.string().trim().min(1).max(80) }), done, 'action'),
  'subKeys.revoke': call(inWorkspace.extend({ id }), done, 'action'),
  'devices.list': call(inWorkspace, z.array(device), { topics: ['device', 'workspace'] }),
  'devices.rename': call(inWorkspace.extend({ id, name: z.string().trim().min(1).max(80) }), done, 'action'),
  'devices.revoke': call(inWorkspace.extend({ id }), done, 'action'),
} as const
