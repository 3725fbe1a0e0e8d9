/**
 * The smallest schemas, which every slice of the two contracts is built from: first those of the wire (HTTP), then
 * those of the bridge. Nothing of ours is imported here, so that no slice can close a circle.
 */
import { z } from 'zod'

// ── the wire: snake_case, ISO 8601 UTC times, integers, -1 for unlimited ──────────────────────────────────────

export const isoTime = z.iso.datetime({ offset: false })
export const uuid = z.uuid()
/** Lower-case hex of 32 bytes: a SHA-256 or an HMAC-SHA256. */
export const hash256 = z.string().regex(/^[0-9a-f]{64}$/)
/** A whole number of at least 0: a count, an amount of money in minor units, a size in bytes. Both contracts use it. */
export const count = z.int().nonnegative()
/** A limit on the wire: -1 is unlimited. */
export const wireLimit = z.int().min(-1)
/** Identifier of a meter, plan, booster: lower-case letters, digits, `_`, `-`, `.`. */
export const identifier = z.string().regex(/^[a-z][a-z0-9_.-]{0,63}$/)
/** Half-open: the end belongs to the next period. */
export const period = z.looseObject({ start: isoTime, end: isoTime })

// ── the bridge: camelCase, epoch milliseconds, null for unlimited ─────────────────────────────────────────────

export const id = z.string().min(1).max(128)
export const epochMs = z.int().nonnegative()
export const bytes = z.int().nonnegative()
/** Whether a meter's bytes are shown in steps of 1024 (MiB) or of 1000 (MB). */
export const byteBase = z.enum(['binary', 'decimal'])
/** `null` is unlimited. */
export const limit = count.nullable()
export const nothing = z.strictObject({})
export const done = z.strictObject({})
/** The input of every call that is about one workspace. */
export const inWorkspace = z.strictObject({ workspaceId: z.uuid() })
