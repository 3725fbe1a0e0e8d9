/** The audit log on the wire. (seed: truss, "Audit Logging") */
import { z } from 'zod'
import { count, hash256, isoTime } from '../primitives.ts'

/**
 * One entry. `sequence` counts a workspace's entries from 1 without a gap, and `created_at` never goes back with it.
 * `hash` is the SHA-256 over canonical JSON (RFC 8785) of `action, actor, created_at, id, metadata, target` and
 * `previous_hash`, the hash of the entry before (64 zeros before the first).
 */
export const auditEntry = z
  .looseObject({
    /** The sequence as text. */
    id: z.string(),
    sequence: z.int().positive(),
    action: z.string(),
    /** Who did it: a member's id, or `system`. */
    actor: z.string(),
    /** What it was done to: kind and id of a resource. */
    target: z.string(),
    metadata: z.record(z.string(), z.unknown()),
    created_at: isoTime,
    hash: hash256,
  })
  .refine(({ id, sequence }) => id === String(sequence), 'An entry’s id is its sequence')
export type AuditEntry = z.output<typeof auditEntry>

/** Where the chain begins after retention removed what was before: the last removed entry, its hash, how many were removed. */
export const auditCheckpoint = z.looseObject({ last_sequence: count, hash: hash256, count })
export type AuditCheckpoint = z.output<typeof auditCheckpoint>

/** A date (the whole day, UTC) or an instant. */
const dayOrInstant = z.union([z.iso.date(), z.iso.datetime({ offset: true })])

/** The query of `GET /api/billing/audit-logs`. Numbers come as text. */
export const auditLogsQuery = z.object({
  limit: z.coerce.number().int().min(1).max(500).optional(),
  offset: z.coerce.number().int().min(0).max(1_000_000_000).optional(),
  action: z.string().max(64).optional(),
  /** From this day on, or from this instant on. */
  from: dayOrInstant.optional(),
  /** Up to the end of this day, or until just before this instant. */
  to: dayOrInstant.optional(),
  search: z.string().max(200).optional(),
})

export const auditLogsResponse = z.looseObject({ entries: z.array(auditEntry), total: count, limit: count, offset: count })
